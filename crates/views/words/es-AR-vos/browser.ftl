letter-new-browser-subject = Ingreso nuevo en { $brand }
letter-new-browser = El usuario { $document } ingresó al portal de { $brand } desde un navegador nuevo: { $browser }. Fue { $at }, hora de Argentina.
letter-new-browser-you = Si fuiste vos, no tenés que hacer nada.
letter-new-browser-recover = Alguien conoce tu clave. Pedí ya una nueva, así la otra deja de servir:
browser-on-system = { $program } en { $system }
browser-of-system = un navegador en { $system }
browser-unknown = un navegador que no se identifica
