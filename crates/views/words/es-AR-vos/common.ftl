skip-to-content = Ir al contenido
demo-notice = Esto es una demostración: las personas y las pólizas son inventadas.
demo-mailbox = Leer los mensajes en el buzón
nav-label = Más páginas
nav-help = Ayuda
nav-guide = Guía con imágenes
nav-privacy = Tus datos personales
error-prefix = Error:
footer-ssn = Inscripción en la Superintendencia de Seguros de la Nación: { $number }.
footer-policyholder-service = La entidad aseguradora dispone de un Servicio de Atención al Asegurado.
# The text of the law's own legend: it stays as it is in every voice.
footer-personal-data = El titular de los datos personales tiene la facultad de ejercer el derecho de acceso a los mismos en forma gratuita a intervalos no inferiores a seis meses, salvo que se acredite un interés legítimo al efecto conforme lo establecido en el artículo 14, inciso 3 de la Ley N.º 25.326. La Agencia de Acceso a la Información Pública, Órgano de Control de la Ley N.º 25.326, tiene la atribución de atender las denuncias y reclamos que interpongan quienes resulten afectados en sus derechos por incumplimiento de las normas vigentes en materia de protección de datos personales.

contact-heading = ¿Preferís hablar con una persona?
contact-call = Llamá al
contact-write = Escribí a

date = { $day } de { $month ->
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
} de { $year }
moment = el { $day } de { $month ->
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
} { $hour ->
    [1] a la
   *[other] a las
} { $time }

step = Paso { $n } de 3
summary-heading = { $n ->
    [one] Hay un dato para corregir
   *[other] Hay { $n } datos para corregir
}
save = Guardar
continue = Continuar
register = Registrarme
sign-in = Ingresar
sign-out = Salir
forgot-password = ¿Olvidaste tu contraseña?

document-label = Número de documento
user-label = Usuario
user-hint = Es tu número de documento.
email-label = Dirección de correo electrónico
email-did-you-mean = ¿Quisiste decir { $suggestion }?
email-take-suggestion = Sí, usar { $suggestion }
email-insist = Si { $typed } está bien, presioná el botón de abajo.
