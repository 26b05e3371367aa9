skip-to-content = Skip to the content
demo-notice = This is a demonstration: its people and policies are invented.
demo-mailbox = Read the letters in the mailbox
nav-label = More pages
nav-help = Help
nav-guide = Picture guide
nav-privacy = Your personal data
error-prefix = Error:
footer-ssn = Registered with the Superintendencia de Seguros de la Nación: { $number }.
footer-policyholder-service = This insurer has a service for policyholders' complaints (Servicio de Atención al Asegurado).
# The text of the law's own legend: it stays in Spanish in every language.
footer-personal-data = El titular de los datos personales tiene la facultad de ejercer el derecho de acceso a los mismos en forma gratuita a intervalos no inferiores a seis meses, salvo que se acredite un interés legítimo al efecto conforme lo establecido en el artículo 14, inciso 3 de la Ley N.º 25.326. La Agencia de Acceso a la Información Pública, Órgano de Control de la Ley N.º 25.326, tiene la atribución de atender las denuncias y reclamos que interpongan quienes resulten afectados en sus derechos por incumplimiento de las normas vigentes en materia de protección de datos personales.

contact-heading = Would you rather talk to a person?
contact-call = Call
contact-write = Write to

date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
moment = on { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $hour ->
   *[other] at
} { $time }

step = Step { $n } of 3
summary-heading = { $n ->
    [one] There is one thing to correct
   *[other] There are { $n } things to correct
}
save = Save
continue = Continue
register = Register
sign-in = Sign in
sign-out = Sign out
forgot-password = Forgot your password?

document-label = Document number
user-label = User name
user-hint = It is your document number.
email-label = E-mail address
email-did-you-mean = Did you mean { $suggestion }?
email-take-suggestion = Yes, use { $suggestion }
email-insist = If { $typed } is right, press the button below.
