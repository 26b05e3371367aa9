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

key-held-heading = Tu clave sale { $at }
key-held-lead = Va a { $email }. No hace falta que esperes en esta página.
key-held-why = En tu póliza figura otra dirección de correo. Para cuidar tu cuenta, primero avisamos ahí.
key-held-sooner = ¿La querés antes?
key-held-yes = Si todavía leés ese otro correo, buscá nuestro mensaje y presioná «Sí, fui yo». La clave sale en el momento.
key-held-other-address = También podés registrarte con ese otro correo:
key-held-call = O llamanos.
key-held-label = El correo que figura en tu póliza
key-held-hint = Si es ese, enviamos la clave ya.
key-held-send = Usar este correo
key-held = Tu clave todavía no salió. Arriba dice cuándo sale.
key-on-file = Para cuidar tu cuenta, enviamos la clave al correo que figura en tu póliza. No usamos el que escribiste. ¿Ya no leés ese correo? Llamanos.

register-no-address-heading = No podemos enviarte la clave por correo
register-no-address-text = En tu póliza no figura ninguna dirección de correo. Hablá con nosotros para sumarla.

letter-registration-held-subject = ¿Pediste vos un usuario en { $brand }?
letter-registration-told-subject = Pidieron un usuario con tu documento en { $brand }
letter-held-asked = Pidieron un usuario en el portal de { $brand } con el documento { $document }. Escribieron otra dirección de correo: { $typed }.
letter-held-waits = Para cuidar tu cuenta, la clave espera. Sale { $at }, hora de Argentina, si vos no decís nada.
letter-held-not-you = ¿No fuiste vos? Frenalo ya. Así la clave no sale:
letter-held-you = ¿Fuiste vos? Entonces podés tener tu clave ahora mismo:
letter-told-sent = La clave ya salió para ese correo.
letter-told-not-you = ¿No fuiste vos? Frenalo ya:
letter-disown = ¿Vos no pediste nada de esto? Avisanos acá:
letter-disown-name = No fui yo
letter-release-name = Sí, fui yo

disown-heading = ¿No fuiste vos?
disown-lead = Presioná el botón y lo frenamos. Podés hacerlo con tranquilidad: no se pierde nada tuyo.
disown-what-key = Te enviamos una clave para crear un usuario. Si seguís, esa clave deja de servir.
disown-what-registration = Pidieron un usuario con tu documento y otro correo. Si seguís, esa clave no sirve más.
disown-what-account = Si seguís, las claves y los enlaces que enviamos dejan de servir. También se cierran todas las sesiones.
disown-what-password = Si seguís, la clave nueva deja de servir y se cierran todas las sesiones. Después, vos elegís otra.
disown-button = No fui yo
disown-do-nothing = Si fuiste vos, cerrá esta página. Todo sigue igual.
disown-done-heading = Listo, lo frenamos
disown-already-heading = Ya lo habíamos frenado
disown-done-key = Esa clave ya no sirve. Tampoco enviamos otra a este correo, para ese documento, en las próximas 24 horas.
disown-done-registration = Nadie puede usar esa clave. Si querés tu propio usuario, registrate con este correo.
disown-done-account = Esas claves y enlaces ya no sirven. Cerramos todas las sesiones.
disown-done-locked = Con esa clave ya no entra nadie. Cerramos todas las sesiones. Ahora elegí una clave nueva.
disown-done-taken = Alguien ya había creado un usuario con tu documento. Ya no puede usarlo: ese usuario es tuyo. Ahora elegí una clave nueva.
disown-choose = Elegir una clave nueva
disown-next-sign-in = ¿Usás la misma clave en otros sitios? Cambiala ahí también.
disown-old-heading = Este mensaje es de hace mucho
disown-old-text = El botón funciona por treinta días. Si algo te preocupa, llamanos.
disown-unknown-heading = Este enlace no funciona
disown-unknown-text = Puede estar cortado. Abrilo otra vez desde el mensaje. Si algo te preocupa, llamanos.

release-heading = ¿Fuiste vos?
release-lead = Presioná el botón y enviamos la clave ya a { $email }.
release-button = Sí, fui yo
release-not-you = ¿Ese correo no es tuyo? No presiones el botón. Volvé al mensaje y elegí «No fui yo».
release-done-heading = La clave va en camino
release-done-text = Buscá el mensaje en { $email }. Trae la clave y los pasos a seguir.
release-left-heading = La clave ya salió
release-left-text = No hay nada más que hacer. Si no llegó, pedí otra.
release-stopped-heading = Esa clave ya no sirve
release-stopped-text = La frenaron, o la cambiaron por otra. Podés empezar de nuevo.
