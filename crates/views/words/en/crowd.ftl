crowd-heading = Many people are signing in
crowd-lead = { $n ->
    [one] Your browser will try again by itself in one second.
   *[other] Your browser will try again by itself in { $n } seconds.
}
crowd-then = Leave this page open. When there is room you will see your user name filled in, and you will only have to type your password again.
crowd-nothing-lost = This try does not count.
crowd-now = Try now
sign-in-room-again = There is room now.
sign-in-room-again-text = Type your password to sign in.
