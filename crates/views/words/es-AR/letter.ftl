letter-registration-key-subject = Su clave transitoria de { $brand }
letter-already-registered-subject = Ya tiene usuario en { $brand }
letter-recovery-steps-subject = Pasos para elegir otra clave en { $brand }
letter-key-too-late-subject = Su mensaje de { $brand } salió tarde
letter-password-changed-subject = Su clave de { $brand } es nueva

letter-never-ask = No comparta sus claves. Nadie de { $brand } se las va a pedir, ni por teléfono ni por correo.
letter-contact = ¿Necesita ayuda? Hable con nosotros:
letter-key-is = Su clave transitoria es:
letter-key-expires = Vence { $at }, hora de Argentina.
letter-link-name = Elegir mi clave definitiva
letter-recover-name = Pedir una clave nueva
letter-not-me-key = Sin esta clave nadie puede entrar.

letter-registration-asked = Pidió registrarse en el portal de { $brand } con el documento { $document }.
letter-registration-type-it = Cópiela en la página donde se registró.
letter-or-link = O use este enlace, que hace lo mismo:

letter-already-asked = Pidieron registrar otra vez el documento { $document } en el portal de { $brand }.
letter-already-user = Usted ya tiene usuario: es su número de documento.
letter-already-no-need = No hace falta registrarse de nuevo. Ingrese con la clave que eligió.
letter-already-forgot = ¿No la recuerda? Pida una nueva:
letter-not-me-already = Su cuenta sigue igual.

letter-recovery-asked = Pidió otra clave para el usuario { $document } en el portal de { $brand }.
letter-recovery-steps = Siga estos pasos:
letter-step-open = Vuelva a la página donde escribió su usuario. Si la cerró, está acá:
letter-step-page-name = Escribir la clave transitoria
letter-step-type = Escriba esta clave transitoria:
letter-step-choose = Elija su clave definitiva y presione «Guardar».
letter-step-sign-in = Ingrese con su usuario y su clave nueva.
letter-recovery-link = O use este enlace, que lo lleva directo al paso 3:

letter-key-too-late-asked = Ayer pidió una clave transitoria para el documento { $document } en el portal de { $brand }.
letter-key-too-late-why = Nuestro correo no funcionó y el mensaje no pudo salir a tiempo. Le pedimos disculpas. Aquella clave ya no sirve.
letter-key-too-late-again = Si todavía la necesita, pídala de nuevo:
letter-key-too-late-name = Pedir otra clave
letter-key-too-late-else = Si ya entró, o no la pidió, no tiene que hacer nada.

letter-changed = Se eligió una clave definitiva para el usuario { $document } en el portal de { $brand }. Fue { $at }, hora de Argentina.
letter-changed-you = Si fue usted, no tiene que hacer nada.
letter-changed-not-you = ¿No fue usted?
letter-changed-recover = Presione «No fui yo», más abajo: esa clave deja de servir en el momento. Después pida una nueva:
letter-changed-call = Si no fue usted, avísenos también a nosotros.
