crowd-heading = Hay muchas personas ingresando
crowd-lead = { $n ->
    [one] Tu navegador volverá a intentar solo en un segundo.
   *[other] Tu navegador volverá a intentar solo en { $n } segundos.
}
crowd-then = Dejá esta página abierta. Cuando haya lugar aparece el formulario con tu usuario ya escrito: solo falta la clave.
crowd-nothing-lost = Este intento no cuenta.
crowd-now = Intentar ahora
sign-in-room-again = Ya hay lugar.
sign-in-room-again-text = Escribí tu clave para ingresar.
