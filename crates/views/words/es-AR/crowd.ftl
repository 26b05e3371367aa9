crowd-heading = Hay muchas personas ingresando
crowd-lead = { $n ->
    [one] Su navegador volverá a intentar solo en un segundo.
   *[other] Su navegador volverá a intentar solo en { $n } segundos.
}
crowd-then = Deje esta página abierta. Cuando haya lugar aparece el formulario con su usuario ya escrito: solo falta la clave.
crowd-nothing-lost = Este intento no cuenta.
crowd-now = Intentar ahora
sign-in-room-again = Ya hay lugar.
sign-in-room-again-text = Escriba su clave para ingresar.
