home-my-account = Mi cuenta: clave, correo, sesiones y datos
back-to-my-account = Volver a mi cuenta

present-password-label = Tu clave de hoy
present-password-empty = Escribí la clave con la que ingresás.
present-password-wrong = Esa no es tu clave. Revisala y probá otra vez.
new-password-label = Clave nueva

my-account-heading = Mi cuenta
my-account-email = Correo
my-account-policies = Ver mis pólizas
my-account-happened = Qué pasó en tu cuenta
my-account-nothing-happened = Todavía no pasó nada.
my-account-not-you = ¿Algo de esto no lo hiciste vos?
my-account-password-changed = Tu clave nueva quedó guardada.
my-account-password-changed-text = Cerramos las otras sesiones y te enviamos un aviso por correo.
my-account-email-changed = Tu dirección de correo cambió.
my-account-email-changed-text = Avisamos también a la dirección de antes.

prove-heading = Escribí tu clave otra vez
prove-lead = Lo que sigue es delicado. Así cuidamos que seas vos.

change-password-heading = Cambiar la clave
change-password-lead = Al guardarla se cierran las sesiones en otros navegadores.

email-change-heading = Cambiar la dirección de correo
email-change-lead = Enviamos una clave transitoria a la dirección nueva. Con ella confirmás que es tuya.
email-change-now = Ahora
email-change-new = Nueva
email-change-label = Dirección de correo nueva
email-change-same = Esa ya es tu dirección. Escribí la nueva.
email-change-waiting = Falta confirmar { $email }.
email-change-type-key = Escribir la clave transitoria
email-change-on-its-way = El mensaje va en camino.
email-change-on-its-way-text = Trae la clave para confirmar.
email-change-key-lead = Copiá la clave que enviamos a tu dirección nueva.
email-change-until-then = Hasta que la confirmes, todo sigue igual.
email-change-again = Corregir la dirección o pedir otra clave
email-change-no-tries-left = Se terminaron los intentos para esa clave. Pedí otra.

my-sessions-link = Ver dónde está abierta tu cuenta
my-sessions-heading = Dónde está abierta tu cuenta
my-sessions-lead = Estos navegadores ingresaron y no salieron.
my-sessions-this = Es este navegador
my-sessions-seen = Último uso
my-sessions-opened = Ingreso
my-sessions-end = Cerrar la de { $browser }
my-sessions-end-others = Cerrar todas las otras
my-sessions-no-others = No hay otras sesiones abiertas.
my-sessions-ended = La sesión quedó cerrada.
my-sessions-unknown = ¿No reconocés alguno? Cerrá esa sesión y elegí otra clave:

my-data-link = Ver, descargar o corregir tus datos
my-data-heading = Tus datos
my-data-lead = Esto es todo lo que el portal guarda de vos.
my-data-download = Descargar mis datos
my-data-term = La ley da diez días corridos para responder. Acá los tenés ya, sin cargo.
my-data-account = Tu cuenta
my-data-opened = Abierta
my-data-password = Guardada en secreto: nadie la ve
my-data-earlier-email = Correo de antes
my-data-until = hasta { $when }
my-data-book = Tus pólizas
my-data-book-text = Vienen del padrón de la compañía. Acá solo se muestran.
my-data-name = Nombre
my-data-browsers = Tus navegadores
my-data-devices = Navegadores que ya conocemos
my-data-seen = último uso: { $when }
my-data-letters = Mensajes que te enviamos
my-data-happened-text = El número junto a la hora es la dirección de internet desde donde se hizo.
my-data-happened-show = { $n ->
    [one] Ver lo que pasó
   *[other] Ver las últimas { $n } cosas que pasaron
}
my-data-close = También podés pedir que borremos todo:

correction-heading = Pedir una corrección
correction-text = Si un dato está mal, decinos cuál. Es gratis. Lo corregimos en { $n } días hábiles: si lo pedís hoy, hasta el { $date }.
correction-label = Qué hay que corregir
correction-hint = Por ejemplo: mi apellido se escribe con hache.
correction-send = Pedir la corrección
correction-asked = Anotamos tu pedido.
correction-asked-text = Lo respondemos en { $n } días hábiles. Abajo está la fecha.
correction-asked-at = Lo pediste { $when }.
correction-due = Lo respondemos hasta el { $date }.
correction-answered-at = Respondido { $when }.
correction-empty = Contanos qué hay que corregir.
correction-repeated = El pedido llegó dos veces. Escribilo de nuevo.
correction-too-long = Ese pedido es muy largo. Dejá hasta { $most } letras.
correction-too-many = Ya tenés varios pedidos sin responder. Esperá la respuesta o llamanos.

close-account-heading = Cerrar mi cuenta
close-account-lead = Se cierra en el momento y para siempre.
close-account-goes = Borramos tu clave, tu correo, tus sesiones y los mensajes guardados.
close-account-policies = Tus pólizas siguen igual: cerrar la cuenta no las anula.
close-account-trail = La ley nos pide guardar el registro de lo que pasó en la cuenta.
close-account-again = Podés registrarte otra vez cuando quieras.
close-account-at-once = La ley da cinco días hábiles para borrar. Lo hacemos en el momento.
close-account-button = Cerrar mi cuenta ahora
close-account-keep = No, volver a mi cuenta
sign-in-account-closed = Tu cuenta quedó cerrada.
sign-in-account-closed-text = Te enviamos un mensaje que lo confirma.

when-today = hoy { $hour ->
    [1] a la
   *[other] a las
} { $time }
when-yesterday = ayer { $hour ->
    [1] a la
   *[other] a las
} { $time }
when-other-year = el { $date } { $hour ->
    [1] a la
   *[other] a las
} { $time }
ago-moment = recién
ago-minutes = { $n ->
    [one] hace un minuto
   *[other] hace { $n } minutos
}
ago-hours = { $n ->
    [one] hace una hora
   *[other] hace { $n } horas
}

happened-from = desde { $browser }
happened-registration-asked = Pidieron un usuario con tu documento
happened-registration-refused = Probaron con tu documento una póliza que no coincide
happened-key-held = Una clave transitoria quedó en espera
happened-hold-released = La clave que esperaba salió
happened-recovery-asked = Pidieron los pasos para elegir otra clave
happened-key-issued = Enviamos una clave transitoria
happened-letter-dropped = No enviamos un mensaje: ya había muchos en tu correo
happened-key-refused = Escribieron mal una clave transitoria
happened-account-opened = Se abrió la cuenta
happened-password-set = Se eligió otra clave, con una transitoria
happened-password-changed = Se cambió la clave
happened-signed-in = Ingresaste
happened-sign-in-refused = Probaron una clave que no era
happened-signed-out = Saliste
happened-sessions-ended = Se cerraron sesiones
happened-email-change-asked = Se pidió cambiar la dirección de correo
happened-email-changed = Cambió la dirección de correo
happened-email-restored = Volvió la dirección de correo de antes
happened-disowned = Nos avisaron «No fui yo» desde un mensaje
happened-account-locked = La clave dejó de servir, para cuidar la cuenta
happened-account-unlocked = La compañía volvió a abrir la cuenta
happened-account-closed = Se cerró la cuenta
happened-data-shown = Se miraron todos los datos
happened-correction-asked = Se pidió una corrección
happened-correction-answered = La compañía respondió un pedido
happened-proof-refused = Se escribió mal la clave, ya adentro
happened-data-looked-up = La compañía consultó los datos
happened-book-switched = Se renovó el padrón de pólizas
happened-restored = Se recuperó el portal desde una copia de seguridad

letter-about-registration-key = La clave para registrarse
letter-about-already-registered = Aviso de que ya tenías usuario
letter-about-recovery-steps = Los pasos para elegir otra clave
letter-about-password-changed = Aviso de clave nueva
letter-about-registration-held = Aviso de un registro con otro correo, en espera
letter-about-registration-told = Aviso de un registro con otro correo
letter-about-new-browser = Aviso de un ingreso desde otro navegador
letter-about-email-change-key = La clave para confirmar otra dirección
letter-about-email-change-asked = Aviso de que se pidió otra dirección
letter-about-email-changed = Aviso de que cambió la dirección
letter-about-account-closed = Aviso de que se cerró la cuenta

letter-email-change-key-subject = Confirmá tu dirección de correo en { $brand }
letter-email-change-key-asked = Pediste que los mensajes del usuario { $document } en el portal de { $brand } lleguen a esta dirección.
letter-email-change-key-type-it = Copiala en la página donde la pediste:
letter-not-me-email-change-key = Si no lo pediste, ignorá este mensaje. Sin esta clave nada cambia.
letter-email-change-asked-subject = Pidieron cambiar tu correo en { $brand }
letter-email-change-asked = Pidieron que los mensajes del usuario { $document } en el portal de { $brand } lleguen a { $email }. Fue { $at }, hora de Argentina.
letter-email-change-until-then = Mientras no lo confirmen desde la otra dirección, todo sigue igual.
letter-email-change-recover = Alguien sabe tu clave. Pedí ya una nueva, así la otra deja de servir:
letter-email-changed-subject = Tu correo en { $brand } cambió
letter-email-changed = Los mensajes del usuario { $document } en el portal de { $brand } llegan ahora a { $email }. Se cambió { $at }, hora de Argentina.
letter-email-changed-way-back = Tenés { $n } horas para volver a esta dirección. Presioná «No fui yo» o llamanos.
letter-account-closed-subject = Cerramos tu cuenta en { $brand }
letter-account-closed = Cerramos la cuenta del usuario { $document } en el portal de { $brand }. Fue { $at }, hora de Argentina.
letter-account-closed-goes = Borramos tu clave, tu correo y tus sesiones. Tus pólizas siguen igual.
letter-account-closed-again = Podés registrarte otra vez cuando quieras:
letter-not-me-account-closed = Llamanos y lo vemos juntos.

disown-what-new-address = Te enviamos una clave para usar este correo en una cuenta. Si seguís, esa clave deja de servir.
disown-done-new-address = Esa clave ya no sirve. Este correo no queda en esa cuenta.
disown-what-address-asked = Si seguís, el correo de tu cuenta no cambia. La clave de ahora deja de servir y se cierran todas las sesiones.
disown-what-old-address = Si seguís, los mensajes vuelven a este correo. La clave de ahora deja de servir y se cierran todas las sesiones.
disown-done-old-address = Los mensajes vuelven a este correo. Con la clave de antes ya no entra nadie. Ahora elegí una clave nueva.
disown-what-closed = La cuenta ya está cerrada. Si seguís, anotamos que no fuiste vos.
disown-done-closed = Lo anotamos. Llamanos y lo vemos juntos. También podés registrarte otra vez.
