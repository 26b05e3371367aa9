set-password-heading = Elija su clave definitiva
set-password-lead = Con ella va a ingresar siempre.
set-password-user = Su usuario
set-password-label = Clave definitiva
set-password-hint = { $n ->
    [one] Al menos { $n } letra, número o signo. Lo más fácil: tres o cuatro palabras.
   *[other] Al menos { $n } letras, números o signos. Lo más fácil: tres o cuatro palabras.
}
show-password = Mostrar la clave
strength-short = Todavía es corta.
strength-repeats = Repite mucho lo mismo. Cambie una parte.
strength-own = Usa datos fáciles de averiguar. Elija otras palabras.
strength-series = Hay series fáciles de adivinar, como 1234. Cámbielas.
strength-fair = Tal vez no alcance. Sume otra palabra.
strength-good = Parece buena. Al guardarla la revisamos.
good-password-heading = Cómo es una buena clave
good-password-words = Tres o cuatro palabras que solo usted juntaría.
good-password-anything = Valen espacios, tildes, signos y emojis. Nada es obligatorio.
good-password-not-yours = Sin su nombre, su documento, su póliza ni su correo.
good-password-write-down = Puede anotarla en un papel y guardarlo en casa.
password-label = Clave
password-taken = Elija otra clave, menos usual.

sign-in-heading = Ingreso
sign-in-password-empty = Escriba su clave.
sign-in-wrong = El usuario y la clave no coinciden
sign-in-wrong-text = Revise los dos y pruebe otra vez. Si no recuerda la clave:
sign-in-wrong-link = elija una nueva
sign-in-too-many = No hace falta esperar.
sign-in-too-many-link = Elija una clave nueva: eso funciona ahora mismo.
sign-in-password-set = Su clave quedó guardada.
sign-in-password-set-text = Ingrese con ella.
sign-in-signed-out = Salió del portal.
sign-in-first = Ingrese para seguir.
sign-in-first-text = Si estaba adentro, la sesión se cerró para cuidar sus datos.
sign-in-register = Es mi primera vez: registrarse

recover-lead = Escriba su usuario. Le enviamos por correo los pasos para elegir otra clave.
recover-send = Enviar
recover-remembered = La recordé: ingresar

home-heading = Sus pólizas
home-document = Usuario { $document }
home-number = Número
home-dates = Vigencia
policy-in-force = Vigente
policy-expired = Vencida
policy-cancelled = Anulada
policy-from-to = Del { $from } al { $to }
policy-from = Desde el { $from }
policy-to = Hasta el { $to }
home-no-policies = Hoy no figuran pólizas con su documento.
home-no-policies-text = Si compró una hace poco, puede tardar dos días en aparecer. Su usuario sigue siendo el mismo.
