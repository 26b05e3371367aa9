set-password-heading = Elegí tu clave definitiva
set-password-lead = Con ella vas a ingresar siempre.
set-password-user = Tu usuario
set-password-label = Clave definitiva
set-password-hint = { $n ->
    [one] Al menos { $n } letra, número o signo. Lo más fácil: tres o cuatro palabras.
   *[other] Al menos { $n } letras, números o signos. Lo más fácil: tres o cuatro palabras.
}
show-password = Mostrar la clave
strength-short = Todavía es corta.
strength-repeats = Repite mucho lo mismo. Cambiá una parte.
strength-own = Usa datos fáciles de averiguar. Elegí otras palabras.
strength-series = Hay series fáciles de adivinar, como 1234. Cambialas.
strength-fair = Tal vez no alcance. Sumá otra palabra.
strength-good = Parece buena. Al guardarla la revisamos.
good-password-heading = Cómo es una buena clave
good-password-words = Tres o cuatro palabras que solo vos juntarías.
good-password-anything = Valen espacios, tildes, signos y emojis. Nada es obligatorio.
good-password-not-yours = Sin tu nombre, tu documento, tu póliza ni tu correo.
good-password-write-down = Podés anotarla en un papel y guardarlo en casa.
password-label = Clave
password-taken = Elegí otra clave, menos usual.

sign-in-heading = Ingreso
sign-in-password-empty = Escribí tu clave.
sign-in-wrong = El usuario y la clave no coinciden
sign-in-wrong-text = Revisá los dos y probá otra vez. Si no recordás la clave:
sign-in-wrong-link = elegí una nueva
sign-in-too-many = No hace falta esperar.
sign-in-too-many-link = Elegí una clave nueva: eso funciona ahora mismo.
sign-in-password-set = Tu clave quedó guardada.
sign-in-password-set-text = Ingresá con ella.
sign-in-signed-out = Saliste del portal.
sign-in-first = Ingresá para seguir.
sign-in-first-text = Si estabas adentro, la sesión se cerró para cuidar tus datos.
sign-in-register = Es mi primera vez: registrarme

recover-lead = Escribí tu usuario. Te enviamos por correo los pasos para elegir otra clave.
recover-send = Enviar
recover-remembered = La recordé: ingresar

home-heading = Tus pólizas
home-document = Usuario { $document }
home-number = Número
home-dates = Vigencia
policy-in-force = Vigente
policy-expired = Vencida
policy-cancelled = Anulada
policy-from-to = Del { $from } al { $to }
policy-from = Desde el { $from }
policy-to = Hasta el { $to }
home-no-policies = Hoy no figuran pólizas con tu documento.
home-no-policies-text = Si compraste una hace poco, puede tardar dos días en aparecer. Tu usuario sigue siendo el mismo.
