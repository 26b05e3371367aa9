set-password-heading = Choose your password
set-password-lead = You will always sign in with it.
set-password-user = Your user name
set-password-label = Password
set-password-hint = { $n ->
    [one] At least { $n } letter, digit or sign. The easiest: three or four words.
   *[other] At least { $n } letters, digits or signs. The easiest: three or four words.
}
show-password = Show the password
strength-short = Still too short.
strength-repeats = It repeats itself. Change a part of it.
strength-own = It uses what is easy to find out. Choose other words.
strength-series = It has series that are easy to guess, such as 1234. Change them.
strength-fair = Perhaps not enough. Add another word.
strength-good = It looks good. We check it when you save it.
good-password-heading = What a good password is like
good-password-words = Three or four words that only you would put together.
good-password-anything = Spaces, accents, signs and emojis are welcome. Nothing is compulsory.
good-password-not-yours = Without your name, your document, your policy or your mail.
good-password-write-down = You may write it on paper and keep it at home.
password-label = Password
password-taken = Choose another password, a less usual one.

sign-in-heading = Sign in
sign-in-password-empty = Type your password.
sign-in-wrong = User name and password do not match
sign-in-wrong-text = Check both and try again. If you do not remember the password:
sign-in-wrong-link = choose a new one
sign-in-too-many = There is no need to wait.
sign-in-too-many-link = Choose a new password: that works right now.
sign-in-password-set = Your password is saved.
sign-in-password-set-text = Sign in with it.
sign-in-signed-out = You signed out of the portal.
sign-in-first = Sign in to go on.
sign-in-first-text = If you were in, the session was closed to keep your data safe.
sign-in-register = This is my first time: register

recover-lead = Type your user name. We will mail you the steps to choose another password.
recover-send = Send
recover-remembered = I remembered it: sign in

home-heading = Your policies
home-document = User { $document }
home-number = Number
home-dates = Period
policy-in-force = In force
policy-expired = Expired
policy-cancelled = Cancelled
policy-from-to = From { $from } to { $to }
policy-from = From { $from }
policy-to = Until { $to }
home-no-policies = Today there are no policies under your document.
home-no-policies-text = If you bought one recently, it may take two days to appear. Your user stays the same.
