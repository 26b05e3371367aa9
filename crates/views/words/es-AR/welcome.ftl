welcome-heading = Sus pólizas, a mano
welcome-lead = El portal de { $brand }. Vea sus pólizas cuando quiera, desde el teléfono o la computadora.
welcome-sign-in = Ingresar a la aplicación
welcome-first-time = ¿Es la primera vez?
welcome-first-time-text = Cree su usuario en tres pasos. Tenga a mano su póliza.
welcome-guide = Ver la guía con imágenes
