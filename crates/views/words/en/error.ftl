error-bad-request = We did not understand the request
error-bad-request-text = Something came in cut short. Go back to the page before and try again.
error-cross-site = We could not take the form
error-cross-site-text = It seems to come from another site. Enter the portal again and fill it in here.
error-not-found = This page does not exist
error-not-found-text = The address may have a mistake or may have changed.
error-method-not-allowed = This page is not reached that way
error-method-not-allowed-text = Go back to the start and go on from there.
error-too-large = Too much text came in
error-too-large-text = Go back to the page before and write less.
error-not-a-form = We could not read the form
error-not-a-form-text = Go back to the page before and send it again.
error-too-slow = The form took too long to come in
error-too-slow-text = Your connection may be slow. Go back to the page before and send it again.
error-wrong-host = This is not the address of the portal
error-wrong-host-text = Enter by the usual address:
error-too-many = There were many tries in a row
error-too-many-seconds = { $n ->
    [one] Wait one second and try again.
   *[other] Wait { $n } seconds and try again.
}
error-too-many-minutes = { $n ->
    [one] Wait one minute and try again.
   *[other] Wait { $n } minutes and try again.
}
error-too-many-hours = { $n ->
    [one] Wait one hour and try again.
   *[other] Wait { $n } hours and try again.
}
too-many-not-you = Perhaps it was somebody else: the portal slows tries down to keep your account safe.
error-fault = Something failed on our side
error-fault-text = It is not your fault. Wait a moment and try again.
error-incident = If it happens again, tell us this number:
error-busy = Many people are here at once
error-busy-text = { $n ->
    [one] Wait one second and try again. Nothing was lost.
   *[other] Wait { $n } seconds and try again. Nothing was lost.
}
error-unavailable = The portal does not work for the moment
error-unavailable-text = It is our problem, not yours. Wait some minutes and try again. What you did last may not have been kept.
error-home = Go to the start
