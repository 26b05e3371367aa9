error-bad-request = No entendimos el pedido
error-bad-request-text = Algo llegó cortado. Vuelva a la página anterior y pruebe otra vez.
error-cross-site = No pudimos recibir el formulario
error-cross-site-text = Parece enviado desde otro sitio. Entre al portal de nuevo y complételo acá.
error-not-found = Esta página no existe
error-not-found-text = Puede que la dirección tenga un error o haya cambiado.
error-method-not-allowed = A esta página no se llega así
error-method-not-allowed-text = Vuelva al comienzo y siga desde ahí.
error-too-large = Llegó demasiado texto
error-too-large-text = Vuelva a la página anterior y escriba menos.
error-not-a-form = No pudimos leer el formulario
error-not-a-form-text = Vuelva a la página anterior y envíelo otra vez.
error-too-slow = El formulario tardó mucho en llegar
error-too-slow-text = Puede que su conexión ande lenta. Vuelva a la página anterior y envíelo otra vez.
error-wrong-host = Esta no es la dirección del portal
error-wrong-host-text = Entre por la dirección de siempre:
error-too-many = Hubo muchos intentos seguidos
error-too-many-seconds = { $n ->
    [one] Espere un segundo y pruebe otra vez.
   *[other] Espere { $n } segundos y pruebe otra vez.
}
error-too-many-minutes = { $n ->
    [one] Espere un minuto y pruebe otra vez.
   *[other] Espere { $n } minutos y pruebe otra vez.
}
error-too-many-hours = { $n ->
    [one] Espere una hora y pruebe otra vez.
   *[other] Espere { $n } horas y pruebe otra vez.
}
too-many-not-you = Tal vez fue otra persona: el portal frena los intentos para cuidarle la cuenta.
error-fault = Algo falló de nuestro lado
error-fault-text = No es culpa suya. Espere un momento y pruebe otra vez.
error-incident = Si vuelve a pasar, díganos este número:
error-busy = Hay mucha gente a la vez
error-busy-text = { $n ->
    [one] Espere un segundo y pruebe otra vez. No se perdió nada.
   *[other] Espere { $n } segundos y pruebe otra vez. No se perdió nada.
}
error-unavailable = El portal no anda por un momento
error-unavailable-text = Es un problema nuestro, no suyo. Espere unos minutos y pruebe otra vez. Tal vez no se guardó lo último que hizo.
error-home = Ir al comienzo
