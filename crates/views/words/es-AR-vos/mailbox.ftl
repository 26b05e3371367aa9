mailbox-heading = Buzón de la demostración
mailbox-lead = Acá se leen los mensajes que el portal envió en esta demostración. Ninguno salió a la calle.
mailbox-to = Para { $to }, { $at }
mailbox-empty = Todavía no hay mensajes. Pedí una clave y volvé.
