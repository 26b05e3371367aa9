weekday = { $n ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
month-name = { $n ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
coming-today = today { $hour ->
   *[other] at
} { $time }
coming-tomorrow = tomorrow, { $weekday }, { $hour ->
   *[other] at
} { $time }
coming-later = on { $weekday } { $day } { $month } { $hour ->
   *[other] at
} { $time }

key-held-heading = Your key leaves { $at }
key-held-lead = It goes to { $email }. You need not wait on this page.
key-held-why = Your policy has another e-mail address. To keep your account safe, we tell that one first.
key-held-sooner = Do you want it sooner?
key-held-yes = If you still read that other mailbox, look for our letter and press “Yes, it was me”. The key leaves at once.
key-held-other-address = You can also register with that other address:
key-held-call = Or call us.
key-held-label = The e-mail address on your policy
key-held-hint = If it is that one, we send the key now.
key-held-send = Use this address
key-held = Your key has not left yet. It says above when it does.
key-on-file = To keep your account safe, we send the key to the address on your policy, and not to the one that you typed. Do you no longer read it? Call us.

register-no-address-heading = We cannot send you the key by mail
register-no-address-text = Your policy has no e-mail address. Talk to us to add one.

letter-registration-held-subject = Did you ask for a user at { $brand }?
letter-registration-told-subject = Somebody asked for a user with your document at { $brand }
letter-held-asked = Somebody asked for a user at the portal of { $brand } with document { $document }. They typed another e-mail address: { $typed }.
letter-held-waits = To keep your account safe, the key waits. It leaves { $at }, Argentine time, if you say nothing.
letter-held-not-you = Was it not you? Stop it now, and the key does not leave:
letter-held-you = Was it you? Then you can have your key right now:
letter-told-sent = The key has left for that address already.
letter-told-not-you = Was it not you? Stop it now:
letter-disown = Did you not ask for any of this? Tell us here:
letter-disown-name = It was not me
letter-release-name = Yes, it was me

disown-heading = Was it not you?
disown-lead = Press the button and we stop it. You can do it with no worry: nothing of yours is lost.
disown-what-key = We sent you a key to make a user. If you go on, that key stops working.
disown-what-registration = Somebody asked for a user with your document and another address. If you go on, that key stops working.
disown-what-account = If you go on, the keys and links that we sent stop working. All sessions end too.
disown-what-password = If you go on, the new password stops working and all sessions end. Then you choose another.
disown-button = It was not me
disown-do-nothing = If it was you, close this page. Everything stays as it is.
disown-done-heading = Done, we stopped it
disown-already-heading = We had stopped it already
disown-done-key = That key no longer works. Nor do we send another to this address, for that document, in the next 24 hours.
disown-done-registration = Nobody can use that key. If you want a user of your own, register with this address.
disown-done-account = Those keys and links no longer work. We ended all sessions.
disown-done-locked = Nobody gets in with that password any more. We ended all sessions. Now choose a new one.
disown-done-taken = Somebody had made a user with your document already. They cannot use it any more: that user is yours. Now choose a new password.
disown-choose = Choose a new password
disown-next-sign-in = Do you use the same password elsewhere? Change it there too.
disown-old-heading = This letter is old
disown-old-text = The button works for thirty days. If you are worried, call us.
disown-unknown-heading = This link does not work
disown-unknown-text = It may be cut short. Open it again from the letter. If you are worried, call us.

release-heading = Was it you?
release-lead = Press the button and we send the key to { $email } now.
release-button = Yes, it was me
release-not-you = Is that address not yours? Do not press the button. Go back to the letter and choose “It was not me”.
release-done-heading = The key is on its way
release-done-text = Look for the letter in { $email }. It has the key and the steps to follow.
release-left-heading = The key has left already
release-left-text = There is nothing more to do. If it did not come, ask for another.
release-stopped-heading = That key no longer works
release-stopped-text = Somebody stopped it, or another took its place. You can begin again.
