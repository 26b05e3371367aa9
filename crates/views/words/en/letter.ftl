letter-registration-key-subject = Your temporary key from { $brand }
letter-already-registered-subject = You already have a user at { $brand }
letter-recovery-steps-subject = Steps to choose another password at { $brand }
letter-key-too-late-subject = Your letter from { $brand } left late
letter-password-changed-subject = Your password at { $brand } is new

letter-never-ask = Do not share your keys. Nobody from { $brand } will ask you for them, by telephone or by mail.
letter-contact = Do you need help? Talk to us:
letter-key-is = Your temporary key is:
letter-key-expires = It expires { $at }, Argentine time.
letter-link-name = Choose my password
letter-recover-name = Ask for a new key
letter-not-me-key = Nobody can get in without this key.

letter-registration-asked = You asked to register at the portal of { $brand } with document { $document }.
letter-registration-type-it = Copy it into the page where you registered.
letter-or-link = Or use this link, which does the same:

letter-already-asked = Somebody asked to register document { $document } again at the portal of { $brand }.
letter-already-user = You already have a user: it is your document number.
letter-already-no-need = There is no need to register again. Sign in with the password that you chose.
letter-already-forgot = Do you not remember it? Ask for a new one:
letter-not-me-already = Your account stays the same.

letter-recovery-asked = You asked for another password for user { $document } at the portal of { $brand }.
letter-recovery-steps = Follow these steps:
letter-step-open = Go back to the page where you typed your user name. If you closed it, it is here:
letter-step-page-name = Type the temporary key
letter-step-type = Type this temporary key:
letter-step-choose = Choose your password and press “Save”.
letter-step-sign-in = Sign in with your user name and your new password.
letter-recovery-link = Or use this link, which takes you straight to step 3:

letter-key-too-late-asked = Yesterday you asked for a temporary key for document { $document } at the portal of { $brand }.
letter-key-too-late-why = Our mail did not work and the letter could not leave in time. We are sorry. That key does not work any more.
letter-key-too-late-again = If you still need one, ask for it again:
letter-key-too-late-name = Ask for another key
letter-key-too-late-else = If you got in already, or did not ask for it, there is nothing to do.

letter-changed = A password was chosen for user { $document } at the portal of { $brand }. It was { $at }, Argentine time.
letter-changed-you = If it was you, there is nothing to do.
letter-changed-not-you = Was it not you?
letter-changed-recover = Press “It was not me” below: that password stops working at once. Then ask for a new key:
letter-changed-call = If it was not you, tell us as well.
