welcome-heading = Tus pólizas, a mano
welcome-lead = El portal de { $brand }. Mirá tus pólizas cuando quieras, desde el teléfono o la computadora.
welcome-sign-in = Ingresar a la aplicación
welcome-first-time = ¿Es la primera vez?
welcome-first-time-text = Creá tu usuario en tres pasos. Tené a mano tu póliza.
welcome-guide = Ver la guía con imágenes
