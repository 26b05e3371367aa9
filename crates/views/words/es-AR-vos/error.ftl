error-bad-request = No entendimos el pedido
error-bad-request-text = Algo llegó cortado. Volvé a la página anterior y probá otra vez.
error-cross-site = No pudimos recibir el formulario
error-cross-site-text = Parece enviado desde otro sitio. Entrá al portal de nuevo y completalo acá.
error-not-found = Esta página no existe
error-not-found-text = Puede que la dirección tenga un error o haya cambiado.
error-method-not-allowed = A esta página no se llega así
error-method-not-allowed-text = Volvé al comienzo y seguí desde ahí.
error-too-large = Llegó demasiado texto
error-too-large-text = Volvé a la página anterior y escribí menos.
error-not-a-form = No pudimos leer el formulario
error-not-a-form-text = Volvé a la página anterior y envialo otra vez.
error-too-slow = El formulario tardó mucho en llegar
error-too-slow-text = Puede que tu conexión ande lenta. Volvé a la página anterior y envialo otra vez.
error-wrong-host = Esta no es la dirección del portal
error-wrong-host-text = Entrá por la dirección de siempre:
error-too-many = Hubo muchos intentos seguidos
error-too-many-seconds = { $n ->
    [one] Esperá un segundo y probá otra vez.
   *[other] Esperá { $n } segundos y probá otra vez.
}
error-too-many-minutes = { $n ->
    [one] Esperá un minuto y probá otra vez.
   *[other] Esperá { $n } minutos y probá otra vez.
}
error-too-many-hours = { $n ->
    [one] Esperá una hora y probá otra vez.
   *[other] Esperá { $n } horas y probá otra vez.
}
too-many-not-you = Tal vez fue otra persona: el portal frena los intentos para cuidarte la cuenta.
error-fault = Algo falló de nuestro lado
error-fault-text = No es culpa tuya. Esperá un momento y probá otra vez.
error-incident = Si vuelve a pasar, decinos este número:
error-busy = Hay mucha gente a la vez
error-busy-text = { $n ->
    [one] Esperá un segundo y probá otra vez. No se perdió nada.
   *[other] Esperá { $n } segundos y probá otra vez. No se perdió nada.
}
error-unavailable = El portal no anda por un momento
error-unavailable-text = Es un problema nuestro, no tuyo. Esperá unos minutos y probá otra vez. Tal vez no se guardó lo último que hiciste.
error-home = Ir al comienzo
