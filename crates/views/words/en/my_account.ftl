home-my-account = My account: password, e-mail, sessions and data
back-to-my-account = Back to my account

present-password-label = Your password today
present-password-empty = Type the password that you sign in with.
present-password-wrong = That is not your password. Check it and try again.
new-password-label = New password

my-account-heading = My account
my-account-email = E-mail
my-account-policies = See my policies
my-account-happened = What happened in your account
my-account-nothing-happened = Nothing happened yet.
my-account-not-you = Was some of this not you?
my-account-password-changed = Your new password is saved.
my-account-password-changed-text = We ended the other sessions and sent you a note by e-mail.
my-account-email-changed = Your e-mail address is changed.
my-account-email-changed-text = We told the address from before too.

prove-heading = Type your password again
prove-lead = What comes next is delicate. This is how we make sure that it is you.

change-password-heading = Change the password
change-password-lead = Saving it ends the sessions in other browsers.

email-change-heading = Change the e-mail address
email-change-lead = We send a temporary key to the new address. With it you confirm that it is yours.
email-change-now = Now
email-change-new = New
email-change-label = New e-mail address
email-change-same = That is your address already. Type the new one.
email-change-waiting = { $email } is still to be confirmed.
email-change-type-key = Type the temporary key
email-change-on-its-way = The message is on its way.
email-change-on-its-way-text = It brings the key to confirm with.
email-change-key-lead = Copy the key that we sent to your new address.
email-change-until-then = Until you confirm it, all stays as it is.
email-change-again = Correct the address or ask for another key
email-change-no-tries-left = There are no tries left for that key. Ask for another.

my-sessions-link = See where your account is open
my-sessions-heading = Where your account is open
my-sessions-lead = These browsers signed in and did not sign out.
my-sessions-this = It is this browser
my-sessions-seen = Last used
my-sessions-opened = Signed in
my-sessions-end = End the one of { $browser }
my-sessions-end-others = End all the others
my-sessions-no-others = No other session is open.
my-sessions-ended = The session is ended.
my-sessions-unknown = You do not know one of them? End that session and choose another password:

my-data-link = See, download or correct your data
my-data-heading = Your data
my-data-lead = This is all that the portal holds of you.
my-data-download = Download my data
my-data-term = The law gives ten calendar days to answer. Here you have them at once, free of charge.
my-data-account = Your account
my-data-opened = Opened
my-data-password = Kept in a way that nobody can read
my-data-earlier-email = E-mail before
my-data-until = until { $when }
my-data-book = Your policies
my-data-book-text = They come from the insurer's policy book. Here they are only shown.
my-data-name = Name
my-data-browsers = Your browsers
my-data-devices = Browsers that we know already
my-data-seen = last used: { $when }
my-data-letters = Messages that we sent you
my-data-happened-text = The number beside the time is the internet address from which it was done.
my-data-happened-show = { $n ->
    [one] See what happened
   *[other] See the last { $n } things that happened
}
my-data-close = You can also ask us to delete everything:

correction-heading = Ask for a correction
correction-text = If something is wrong, tell us what. It is free. We correct it within { $n } business days: if you ask today, by { $date }.
correction-label = What is to be corrected
correction-hint = For example: my surname is written with an h.
correction-send = Ask for the correction
correction-asked = We wrote your request down.
correction-asked-text = We answer within { $n } business days. The date is below.
correction-asked-at = You asked { $when }.
correction-due = We answer by { $date }.
correction-answered-at = Answered { $when }.
correction-empty = Tell us what is to be corrected.
correction-repeated = The request came twice. Type it again.
correction-too-long = That request is very long. Leave up to { $most } letters.
correction-too-many = Several requests of yours wait for an answer. Wait for it or call us.

close-account-heading = Close my account
close-account-lead = It closes right now and cannot be undone.
close-account-goes = We delete your password, your e-mail, your sessions and the messages we keep.
close-account-policies = Your policies stay as they are: closing the account does not cancel them.
close-account-trail = The law asks us to keep the record of what happened in the account.
close-account-again = You can register again whenever you like.
close-account-at-once = The law gives five business days to delete. We do it at once.
close-account-button = Close my account now
close-account-keep = No, back to my account
sign-in-account-closed = Your account is closed.
sign-in-account-closed-text = We sent you a message that confirms it.

when-today = today at { $hour ->
   *[other] { $time }
}
when-yesterday = yesterday at { $hour ->
   *[other] { $time }
}
when-other-year = on { $date } at { $hour ->
   *[other] { $time }
}
ago-moment = just now
ago-minutes = { $n ->
    [one] a minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] an hour ago
   *[other] { $n } hours ago
}

happened-from = from { $browser }
happened-registration-asked = Somebody asked for a user with your document
happened-registration-refused = Somebody tried your document with a policy that does not match
happened-key-held = A temporary key was put on hold
happened-hold-released = The key on hold was sent
happened-recovery-asked = Somebody asked for the steps to choose another password
happened-key-issued = We sent a temporary key
happened-letter-dropped = We did not send a message: your mailbox had many already
happened-key-refused = Somebody typed a temporary key wrong
happened-account-opened = The account was opened
happened-password-set = Another password was chosen, with a temporary key
happened-password-changed = The password was changed
happened-signed-in = You signed in
happened-sign-in-refused = Somebody tried a wrong password
happened-signed-out = You signed out
happened-sessions-ended = Sessions were ended
happened-email-change-asked = A change of the e-mail address was asked for
happened-email-changed = The e-mail address was changed
happened-email-restored = The e-mail address from before came back
happened-disowned = We were told “It was not me” from a message
happened-account-locked = The password stopped working, to protect the account
happened-account-unlocked = The insurer opened the account again
happened-account-closed = The account was closed
happened-data-shown = All the data were looked at
happened-correction-asked = A correction was asked for
happened-correction-answered = The insurer answered a request
happened-proof-refused = The password was typed wrong, once inside
happened-data-looked-up = The insurer looked at the data
happened-book-switched = The policy book was renewed
happened-restored = The portal was put back from a backup

letter-about-registration-key = The key to register with
letter-about-already-registered = Note that you had a user already
letter-about-recovery-steps = The steps to choose another password
letter-about-password-changed = Note of a new password
letter-about-registration-held = Note of a registration with another address, on hold
letter-about-registration-told = Note of a registration with another address
letter-about-new-browser = Note of a sign-in from another browser
letter-about-email-change-key = The key to confirm another address
letter-about-email-change-asked = Note that another address was asked for
letter-about-email-changed = Note that the address was changed
letter-about-account-closed = Note that the account was closed

letter-email-change-key-subject = Confirm your e-mail address at { $brand }
letter-email-change-key-asked = You asked that the messages of user { $document } in the portal of { $brand } come to this address.
letter-email-change-key-type-it = Copy it into the page where you asked for it:
letter-not-me-email-change-key = If you did not ask for it, ignore this message. Without this key nothing changes.
letter-email-change-asked-subject = Somebody asked to change your e-mail at { $brand }
letter-email-change-asked = Somebody asked that the messages of user { $document } in the portal of { $brand } go to { $email }. It was { $at }, Argentine time.
letter-email-change-until-then = While it is not confirmed from there, all stays as it is.
letter-email-change-recover = Somebody knows your password. Ask for a new one now, so that the other stops working:
letter-email-changed-subject = Your e-mail at { $brand } was changed
letter-email-changed = The messages of user { $document } in the portal of { $brand } now go to { $email }. It was changed { $at }, Argentine time.
letter-email-changed-way-back = You have { $n } hours to go back to this address. Press “It was not me” or call us.
letter-account-closed-subject = We closed your account at { $brand }
letter-account-closed = We closed the account of user { $document } in the portal of { $brand }. It was { $at }, Argentine time.
letter-account-closed-goes = We deleted your password, your e-mail and your sessions. Your policies stay as they are.
letter-account-closed-again = You can register again whenever you like:
letter-not-me-account-closed = Call us and we will look at it together.

disown-what-new-address = We sent you a key to use this e-mail address in an account. If you go on, that key stops working.
disown-done-new-address = That key does not work any more. This address does not stay with that account.
disown-what-address-asked = If you go on, the e-mail address of your account does not change. The present password stops working and all sessions end.
disown-what-old-address = If you go on, the messages come back to this address. The present password stops working and all sessions end.
disown-done-old-address = The messages come back to this address. Nobody gets in with the password from before. Now choose a new one.
disown-what-closed = The account is closed already. If you go on, we note that it was not you.
disown-done-closed = We noted it. Call us and we will look at it together. You can also register again.
