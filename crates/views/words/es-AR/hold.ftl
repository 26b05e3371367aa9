weekday = { $n ->
    [1] lunes
    [2] martes
    [3] miércoles
    [4] jueves
    [5] viernes
    [6] sábado
   *[7] domingo
}
month-name = { $n ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
coming-today = hoy { $hour ->
    [1] a la
   *[other] a las
} { $time }
coming-tomorrow = mañana { $weekday } { $hour ->
    [1] a la
   *[other] a las
} { $time }
coming-later = el { $weekday } { $day } de { $month } { $hour ->
    [1] a la
   *[other] a las
} { $time }

key-held-heading = Su clave sale { $at }
key-held-lead = Va a { $email }. No hace falta que espere en esta página.
key-held-why = En su póliza figura otra dirección de correo. Para cuidar su cuenta, primero avisamos ahí.
key-held-sooner = ¿La quiere antes?
key-held-yes = Si todavía lee ese otro correo, busque nuestro mensaje y presione «Sí, fui yo». La clave sale en el momento.
key-held-other-address = También puede registrarse con ese otro correo:
key-held-call = O llámenos.
key-held-label = El correo que figura en su póliza
key-held-hint = Si es ese, enviamos la clave ya.
key-held-send = Usar este correo
key-held = Su clave todavía no salió. Arriba dice cuándo sale.
key-on-file = Para cuidar su cuenta, enviamos la clave al correo que figura en su póliza. No usamos el que escribió. ¿Ya no lee ese correo? Llámenos.

register-no-address-heading = No podemos enviarle la clave por correo
register-no-address-text = En su póliza no figura ninguna dirección de correo. Hable con nosotros para sumarla.

letter-registration-held-subject = ¿Pidió usted un usuario en { $brand }?
letter-registration-told-subject = Pidieron un usuario con su documento en { $brand }
letter-held-asked = Pidieron un usuario en el portal de { $brand } con el documento { $document }. Escribieron otra dirección de correo: { $typed }.
letter-held-waits = Para cuidar su cuenta, la clave espera. Sale { $at }, hora de Argentina, si usted no dice nada.
letter-held-not-you = ¿No fue usted? Frénelo ya. Así la clave no sale:
letter-held-you = ¿Fue usted? Entonces puede tener su clave ahora mismo:
letter-told-sent = La clave ya salió para ese correo.
letter-told-not-you = ¿No fue usted? Frénelo ya:
letter-disown = ¿Usted no pidió nada de esto? Avísenos acá:
letter-disown-name = No fui yo
letter-release-name = Sí, fui yo

disown-heading = ¿No fue usted?
disown-lead = Presione el botón y lo frenamos. Puede hacerlo con tranquilidad: no se pierde nada suyo.
disown-what-key = Le enviamos una clave para crear un usuario. Si sigue, esa clave deja de servir.
disown-what-registration = Pidieron un usuario con su documento y otro correo. Si sigue, esa clave no sirve más.
disown-what-account = Si sigue, las claves y los enlaces que enviamos dejan de servir. También se cierran todas las sesiones.
disown-what-password = Si sigue, la clave nueva deja de servir y se cierran todas las sesiones. Después, usted elige otra.
disown-button = No fui yo
disown-do-nothing = Si fue usted, cierre esta página. Todo sigue igual.
disown-done-heading = Listo, lo frenamos
disown-already-heading = Ya lo habíamos frenado
disown-done-key = Esa clave ya no sirve. Tampoco enviamos otra a este correo, para ese documento, en las próximas 24 horas.
disown-done-registration = Nadie puede usar esa clave. Si quiere su propio usuario, regístrese con este correo.
disown-done-account = Esas claves y enlaces ya no sirven. Cerramos todas las sesiones.
disown-done-locked = Con esa clave ya no entra nadie. Cerramos todas las sesiones. Ahora elija una clave nueva.
disown-done-taken = Alguien ya había creado un usuario con su documento. Ya no puede usarlo: ese usuario es suyo. Ahora elija una clave nueva.
disown-choose = Elegir una clave nueva
disown-next-sign-in = ¿Usa la misma clave en otros sitios? Cámbiela ahí también.
disown-old-heading = Este mensaje es de hace mucho
disown-old-text = El botón funciona por treinta días. Si algo le preocupa, llámenos.
disown-unknown-heading = Este enlace no funciona
disown-unknown-text = Puede estar cortado. Ábralo otra vez desde el mensaje. Si algo le preocupa, llámenos.

release-heading = ¿Fue usted?
release-lead = Presione el botón y enviamos la clave ya a { $email }.
release-button = Sí, fui yo
release-not-you = ¿Ese correo no es suyo? No presione el botón. Vuelva al mensaje y elija «No fui yo».
release-done-heading = La clave va en camino
release-done-text = Busque el mensaje en { $email }. Trae la clave y los pasos a seguir.
release-left-heading = La clave ya salió
release-left-text = No hay nada más que hacer. Si no llegó, pida otra.
release-stopped-heading = Esa clave ya no sirve
release-stopped-text = La frenaron, o la cambiaron por otra. Puede empezar de nuevo.
