letter-new-browser-subject = New sign-in at { $brand }
letter-new-browser = User { $document } signed in to the { $brand } portal from a new browser: { $browser }. It was { $at }, Argentine time.
letter-new-browser-you = If it was you, there is nothing to do.
letter-new-browser-recover = Somebody knows your password. Ask for a new one now, so that the other stops working:
browser-on-system = { $program } on { $system }
browser-of-system = a browser on { $system }
browser-unknown = a browser that does not say what it is
