document-empty = Escribí el número de documento.
document-repeated = El documento llegó dos veces. Escribilo de nuevo.
document-too-short = Faltan números en el documento. Tiene siete u ocho; los muy antiguos, seis.
document-one-digit-too-many = Sobra un número en el documento. Tiene siete u ocho.
document-too-long = Sobran números en el documento. Tiene siete u ocho; el CUIT, once.
document-wrong-check-digit = Uno de los números del CUIT o CUIL no está bien. Suele ser uno cambiado, o dos al revés.
document-looks-like-procedure-number = Ese parece el número de trámite. Escribí el número de documento, que está más arriba en el DNI.
document-looks-like-plate = Esa parece una patente. Escribí el número de documento.
document-looks-like-email = Esa parece una dirección de correo. Escribí el número de documento.
document-letter-for-digit = Hay una letra en el documento. ¿Quisiste escribir { $suggestion }?
document-not-a-document = Eso no parece un documento. Escribí solo los números, como 12.345.678.

email-empty = Escribí tu dirección de correo.
email-repeated = La dirección llegó dos veces. Escribila de nuevo.
email-too-long = Esa dirección es demasiado larga. Revisala.
email-no-at = Falta la arroba en la dirección. Se escribe como ana@ejemplo.com.
email-no-domain = Falta lo que va después de la arroba, como gmail.com.
email-no-ending = Falta el final de la dirección, como .com o .com.ar.
email-two-addresses = Hay más de una dirección. Dejá una sola.
email-bad-character = Una dirección de correo no lleva «{ $character }». Quitalo o cambialo.
email-blank-inside = La dirección tiene un espacio en el medio. Quitalo.
email-invisible-character = La dirección tiene un signo que no se ve. Borrala y escribila de nuevo.
email-looks-like-document = Ese parece tu documento. Escribí tu dirección de correo.

policy-empty = Escribí el número de póliza.
policy-repeated = El número de póliza llegó dos veces. Escribilo de nuevo.
policy-too-long = Ese número de póliza es demasiado largo. Copialo de tu póliza.
policy-no-digits = Ahí no hay ningún número. Copiá el número de tu póliza.
policy-bad-character = Un número de póliza no lleva «{ $character }». Quitalo.
policy-invisible-character = El número tiene un signo que no se ve. Borralo y escribilo de nuevo.

line-empty = Elegí qué tenés asegurado. Si tenés dudas, elegí «No sé».
line-repeated = La elección llegó dos veces. Elegí de nuevo qué tenés asegurado.
line-unknown = Eso no está en la lista. Elegí de nuevo qué tenés asegurado.

key-empty = Escribí la clave transitoria. Está en el mensaje que recibiste.
key-repeated = La clave llegó dos veces. Escribila de nuevo.
key-wrong-length = { $has ->
    [one] La clave transitoria tiene { $wanted } letras y números, y ahí hay uno. Copiala entera.
   *[other] La clave transitoria tiene { $wanted } letras y números, y ahí hay { $has }. Copiala entera.
}
key-bad-character = La clave transitoria no lleva «{ $character }». Copiala del mensaje.
key-invisible-character = Hay un signo que no se ve. Borrá la clave y escribila de nuevo.

password-empty = Escribí la clave que elegiste.
password-repeated = La clave llegó dos veces. Escribila de nuevo.
password-too-short = { $has ->
    [one] Esa clave es corta: tiene un signo y hacen falta { $min }. Agregá una palabra.
   *[other] Esa clave es corta: tiene { $has } signos y hacen falta { $min }. Agregá una palabra.
}
password-too-long = Esa clave es demasiado larga. Dejá menos palabras.
password-common = Esa clave está en las listas de claves robadas. Elegí otra, de tres o cuatro palabras.
password-breached = Esa clave está entre las que robaron en otros sitios. Elegí otra, y cambiala donde más la uses.
password-has-document = Tu documento es fácil de averiguar. Elegí una clave que no lo use.
password-has-email = Tu correo es fácil de averiguar. Elegí una clave que no lo use.
password-has-name = Tu nombre es fácil de averiguar. Elegí una clave que no lo use.
password-has-policy-number = Tu número de póliza es fácil de averiguar. Elegí una clave que no lo use.
password-has-brand = El nombre de la compañía es lo primero que se prueba. Elegí una clave que no lo use.
password-repetitive = Esa clave repite siempre lo mismo. Elegí tres o cuatro palabras distintas.
password-guessable = Esa clave es fácil de adivinar. Sumá una o dos palabras que nadie espere.

seems-plate = Lo que escribiste como número de póliza parece una patente.
seems-cuit = Lo que escribiste como número de póliza parece un CUIT o CUIL.
seems-procedure-number = Lo que escribiste como número de póliza parece el número de trámite del DNI.
seems-claim = Lo que escribiste como número de póliza parece el de un siniestro.
