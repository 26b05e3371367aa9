key-heading = Check your mail
key-heading-elsewhere = Type your key
key-lead = The letter brings your temporary key. Copy it here. Do not close this page.
key-lead-elsewhere = Type your document and the temporary key that came by mail.
key-asked-document = Document
key-asked-email = Mail
key-label = Temporary key
key-hint = It is eight letters and digits, like this: 7KQM-2F9X. Capitals, small letters and the dash do not matter.
key-ask-again = Ask for another key
key-begin-again = Start again and ask for another key
key-sent-again = We are sending the letter again.
key-sent-again-text = It brings the same key, if that still works.
key-too-early = The last letter left only a moment ago.
key-too-early-text = Wait a little before you ask for another.
key-email-corrected = We corrected the address.
key-email-corrected-text = A letter with a new key is on its way. The old key no longer works.

recover-on-its-way = The letter is on its way.
recover-on-its-way-text = If that user exists, we are sending the steps to follow to the e-mail address that it has on file.

key-not-come = Did it not come?
key-not-come-wait = It may take a few minutes.
key-not-come-spam = Look in “Spam” or “Junk” too.
key-not-come-newest = If several came, use the newest.
key-not-come-user = If you already had a user, the letter goes to the address you gave that time.
recover-not-registered = Did you never register?
recover-other-email = Do you no longer use that mail? Talk to your insurance agent or to us.
key-ask-again-in = { $n ->
    [one] You can ask for it again in one second.
   *[other] You can ask for it again in { $n } seconds.
}
key-send-again = Send the letter again
key-correct = The address is misspelt
key-correct-label = Correct e-mail address
key-correct-hint = We will send a new key there. The old one stops working.
key-correct-send = Correct and send

key-wrong = { $left ->
    [one] That is not the key. One try is left. Copy it calmly from the letter.
   *[other] That is not the key. { $left } tries are left. Copy it calmly from the letter.
}
key-no-tries-left = There are no tries left to type that key. The link in the letter does work: open it.
key-expired = That key has expired. Ask for another.
key-already-used = That key was used, and you already have a password. Sign in with it.
key-does-not-open = We cannot go on with those data. Check the document and the key, or ask for another.

status-title = What happened to your letter
status-waiting = Your letter is about to leave
status-waiting-detail = This updates itself.
status-deferred = The letter is delayed
status-deferred-detail = The mail server has not taken it yet. We keep trying: there is nothing you need to do.
status-too-late = The key could not leave in time
status-too-late-detail = You asked for it more than a day ago, and it does not work any more. If you still need one, ask again.
status-accepted = Your letter left
status-accepted-detail = The mail server { $server } took it. You should see it within minutes.
status-no-such-mailbox = That address does not exist
status-no-such-mailbox-detail = So the mail server answers.
status-mailbox-full = That mailbox is full
status-mailbox-full-detail = Delete old letters and ask us to send it again, or use another address.
status-refused = The letter could not leave
status-refused-detail = Try another address. The mail server said:
status-correct = Correct the address
status-ask-again = You can now ask us to send it again.
status-ask-again-in = { $n ->
    [one] You can ask for it again in one second.
   *[other] You can ask for it again in { $n } seconds.
}

link-opens-heading = One last step
link-opens-text = Press the button to choose your password.
link-expired-heading = This link has expired
link-expired-text = Links work for a short time only, to keep your account safe. Ask for another.
link-used-heading = This link was used
link-used-text = You already have a password. Sign in with it.
link-unknown-heading = This link does not work
link-unknown-text = It may be cut short, or there is a newer letter. Look for the last letter. You can also type the key:
link-unknown-registering = Type the key to register with
link-unknown-recovering = Type the key I asked for because I forgot my password

key-needed-heading = The temporary key is missing
key-needed-text = To choose your password, first type the temporary key. It came by mail.
key-needed-have-one = Type the temporary key
key-needed-register = I have not registered yet
key-needed-expired-heading = The temporary key has expired
key-needed-expired-text = It expired before the password was saved. Ask for another.
key-needed-used-heading = Your password is already saved
key-needed-used-text = Sign in with user { $document } and your password.
