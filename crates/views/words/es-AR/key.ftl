key-heading = Revise su correo
key-heading-elsewhere = Escriba su clave
key-lead = El mensaje trae su clave transitoria. Cópiela acá. No cierre esta página.
key-lead-elsewhere = Escriba su documento y la clave transitoria que recibió por correo.
key-asked-document = Documento
key-asked-email = Correo
key-label = Clave transitoria
key-hint = Son ocho letras y números, así: 7KQM-2F9X. Da igual en mayúscula o minúscula, con guion o sin guion.
key-ask-again = Pedir otra clave
key-begin-again = Empezar de nuevo y pedir otra clave
key-sent-again = Enviamos el mensaje otra vez.
key-sent-again-text = Trae la misma clave, si todavía sirve.
key-too-early = El mensaje anterior salió hace muy poco.
key-too-early-text = Espere un momento antes de pedir otro.
key-email-corrected = Corregimos la dirección.
key-email-corrected-text = Un mensaje con una clave nueva va en camino. La clave anterior ya no sirve.

recover-on-its-way = El mensaje va en camino.
recover-on-its-way-text = Si ese usuario existe, enviamos los pasos a seguir a la dirección de correo que tiene guardada.

key-not-come = ¿No llegó?
key-not-come-wait = Puede tardar unos minutos.
key-not-come-spam = Busque también en «Spam» o «Correo no deseado».
key-not-come-newest = Si le llegaron varios, use el más nuevo.
key-not-come-user = Si ya tenía usuario, el mensaje va a la dirección que dio aquella vez.
recover-not-registered = ¿Nunca se registró?
recover-other-email = ¿Ya no usa ese correo? Hable con su productor de seguros o con nosotros.
key-ask-again-in = { $n ->
    [one] Podrá pedirlo de nuevo en un segundo.
   *[other] Podrá pedirlo de nuevo en { $n } segundos.
}
key-send-again = Enviar el mensaje otra vez
key-correct = La dirección está mal escrita
key-correct-label = Dirección de correo correcta
key-correct-hint = Enviamos ahí una clave nueva. La anterior deja de servir.
key-correct-send = Corregir y enviar

key-wrong = { $left ->
    [one] Esa no es la clave. Queda un intento. Cópiela con calma del mensaje.
   *[other] Esa no es la clave. Quedan { $left } intentos. Cópiela con calma del mensaje.
}
key-no-tries-left = Se terminaron los intentos para escribir esa clave. El enlace del mensaje sí funciona: ábralo.
key-expired = Esa clave venció. Pida otra.
key-already-used = Esa clave ya se usó, y usted ya tiene clave definitiva. Ingrese con ella.
key-does-not-open = Con esos datos no se puede seguir. Revise el documento y la clave, o pida otra.

status-title = Qué pasó con su mensaje
status-waiting = Su mensaje está por salir
status-waiting-detail = Esto se actualiza solo.
status-deferred = El mensaje sale con demora
status-deferred-detail = El servidor de correo todavía no lo tomó. Seguimos intentando: no hace falta que haga nada.
status-too-late = La clave no pudo salir a tiempo
status-too-late-detail = La pidió hace más de un día, y ya no sirve. Si todavía la necesita, pídala de nuevo.
status-accepted = Su mensaje salió
status-accepted-detail = Lo tomó el servidor de correo { $server }. En unos minutos debería verlo.
status-no-such-mailbox = Esa dirección no existe
status-no-such-mailbox-detail = Eso responde el servidor de correo.
status-mailbox-full = Ese correo está lleno
status-mailbox-full-detail = Borre mensajes viejos y pida otro envío, o use otra dirección.
status-refused = El mensaje no pudo salir
status-refused-detail = Pruebe con otra dirección. El servidor de correo dijo:
status-correct = Corregir la dirección
status-ask-again = Ya puede pedir que lo enviemos otra vez.
status-ask-again-in = { $n ->
    [one] Podrá pedirlo otra vez en un segundo.
   *[other] Podrá pedirlo otra vez en { $n } segundos.
}

link-opens-heading = Falta un solo paso
link-opens-text = Presione el botón para elegir su clave definitiva.
link-expired-heading = Este enlace venció
link-expired-text = Los enlaces sirven por poco tiempo, para cuidarle la cuenta. Pida otro.
link-used-heading = Este enlace ya se usó
link-used-text = Usted ya tiene clave definitiva. Ingrese con ella.
link-unknown-heading = Este enlace no funciona
link-unknown-text = Puede estar cortado, o hay un mensaje más nuevo. Busque el último mensaje. También puede escribir la clave:
link-unknown-registering = Escribir la clave de mi registro
link-unknown-recovering = Escribir la clave que pedí porque olvidé la mía

key-needed-heading = Falta la clave transitoria
key-needed-text = Para elegir su clave definitiva, primero escriba la transitoria. La recibió por correo.
key-needed-have-one = Escribir la clave transitoria
key-needed-register = Todavía no me registré
key-needed-expired-heading = La clave transitoria venció
key-needed-expired-text = Venció antes de guardar la definitiva. Pida otra.
key-needed-used-heading = Su clave ya está guardada
key-needed-used-text = Ingrese con el usuario { $document } y su clave definitiva.
