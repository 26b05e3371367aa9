letter-registration-key-subject = Tu clave transitoria de { $brand }
letter-already-registered-subject = Ya tenés usuario en { $brand }
letter-recovery-steps-subject = Pasos para elegir otra clave en { $brand }
letter-key-too-late-subject = Tu mensaje de { $brand } salió tarde
letter-password-changed-subject = Tu clave de { $brand } es nueva

letter-never-ask = No compartas tus claves. Nadie de { $brand } te las va a pedir, ni por teléfono ni por correo.
letter-contact = ¿Necesitás ayuda? Hablá con nosotros:
letter-key-is = Tu clave transitoria es:
letter-key-expires = Vence { $at }, hora de Argentina.
letter-link-name = Elegir mi clave definitiva
letter-recover-name = Pedir una clave nueva
letter-not-me-key = Sin esta clave nadie puede entrar.

letter-registration-asked = Pediste registrarte en el portal de { $brand } con el documento { $document }.
letter-registration-type-it = Copiala en la página donde te registraste.
letter-or-link = O usá este enlace, que hace lo mismo:

letter-already-asked = Pidieron registrar otra vez el documento { $document } en el portal de { $brand }.
letter-already-user = Vos ya tenés usuario: es tu número de documento.
letter-already-no-need = No hace falta registrarse de nuevo. Ingresá con la clave que elegiste.
letter-already-forgot = ¿No la recordás? Pedí una nueva:
letter-not-me-already = Tu cuenta sigue igual.

letter-recovery-asked = Pediste otra clave para el usuario { $document } en el portal de { $brand }.
letter-recovery-steps = Seguí estos pasos:
letter-step-open = Volvé a la página donde escribiste tu usuario. Si la cerraste, está acá:
letter-step-page-name = Escribir la clave transitoria
letter-step-type = Escribí esta clave transitoria:
letter-step-choose = Elegí tu clave definitiva y presioná «Guardar».
letter-step-sign-in = Ingresá con tu usuario y tu clave nueva.
letter-recovery-link = O usá este enlace, que te lleva directo al paso 3:

letter-key-too-late-asked = Ayer pediste una clave transitoria para el documento { $document } en el portal de { $brand }.
letter-key-too-late-why = Nuestro correo no funcionó y el mensaje no pudo salir a tiempo. Te pedimos disculpas. Aquella clave ya no sirve.
letter-key-too-late-again = Si todavía la necesitás, pedila de nuevo:
letter-key-too-late-name = Pedir otra clave
letter-key-too-late-else = Si ya entraste, o no la pediste, no tenés que hacer nada.

letter-changed = Se eligió una clave definitiva para el usuario { $document } en el portal de { $brand }. Fue { $at }, hora de Argentina.
letter-changed-you = Si fuiste vos, no tenés que hacer nada.
letter-changed-not-you = ¿No fuiste vos?
letter-changed-recover = Presioná «No fui yo», más abajo: esa clave deja de servir en el momento. Después pedí una nueva:
letter-changed-call = Si no fuiste vos, avisanos también a nosotros.
