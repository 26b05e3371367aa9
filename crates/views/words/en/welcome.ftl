welcome-heading = Your policies at hand
welcome-lead = The portal of { $brand }. See your policies whenever you like, on a telephone or a computer.
welcome-sign-in = Sign in to the application
welcome-first-time = Is this your first time?
welcome-first-time-text = Make your user in three steps. Have your policy at hand.
welcome-guide = See the picture guide
