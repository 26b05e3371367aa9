document-empty = Escriba el número de documento.
document-repeated = El documento llegó dos veces. Escríbalo de nuevo.
document-too-short = Faltan números en el documento. Tiene siete u ocho; los muy antiguos, seis.
document-one-digit-too-many = Sobra un número en el documento. Tiene siete u ocho.
document-too-long = Sobran números en el documento. Tiene siete u ocho; el CUIT, once.
document-wrong-check-digit = Uno de los números del CUIT o CUIL no está bien. Suele ser uno cambiado, o dos al revés.
document-looks-like-procedure-number = Ese parece el número de trámite. Escriba el número de documento, que está más arriba en el DNI.
document-looks-like-plate = Esa parece una patente. Escriba el número de documento.
document-looks-like-email = Esa parece una dirección de correo. Escriba el número de documento.
document-letter-for-digit = Hay una letra en el documento. ¿Quiso escribir { $suggestion }?
document-not-a-document = Eso no parece un documento. Escriba solo los números, como 12.345.678.

email-empty = Escriba su dirección de correo.
email-repeated = La dirección llegó dos veces. Escríbala de nuevo.
email-too-long = Esa dirección es demasiado larga. Revísela.
email-no-at = Falta la arroba en la dirección. Se escribe como ana@ejemplo.com.
email-no-domain = Falta lo que va después de la arroba, como gmail.com.
email-no-ending = Falta el final de la dirección, como .com o .com.ar.
email-two-addresses = Hay más de una dirección. Deje una sola.
email-bad-character = Una dirección de correo no lleva «{ $character }». Quítelo o cámbielo.
email-blank-inside = La dirección tiene un espacio en el medio. Quítelo.
email-invisible-character = La dirección tiene un signo que no se ve. Bórrela y escríbala de nuevo.
email-looks-like-document = Ese parece su documento. Escriba su dirección de correo.

policy-empty = Escriba el número de póliza.
policy-repeated = El número de póliza llegó dos veces. Escríbalo de nuevo.
policy-too-long = Ese número de póliza es demasiado largo. Cópielo de su póliza.
policy-no-digits = Ahí no hay ningún número. Copie el número de su póliza.
policy-bad-character = Un número de póliza no lleva «{ $character }». Quítelo.
policy-invisible-character = El número tiene un signo que no se ve. Bórrelo y escríbalo de nuevo.

line-empty = Elija qué tiene asegurado. Si tiene dudas, elija «No sé».
line-repeated = La elección llegó dos veces. Elija de nuevo qué tiene asegurado.
line-unknown = Eso no está en la lista. Elija de nuevo qué tiene asegurado.

key-empty = Escriba la clave transitoria. Está en el mensaje que recibió.
key-repeated = La clave llegó dos veces. Escríbala de nuevo.
key-wrong-length = { $has ->
    [one] La clave transitoria tiene { $wanted } letras y números, y ahí hay uno. Cópiela entera.
   *[other] La clave transitoria tiene { $wanted } letras y números, y ahí hay { $has }. Cópiela entera.
}
key-bad-character = La clave transitoria no lleva «{ $character }». Cópiela del mensaje.
key-invisible-character = Hay un signo que no se ve. Borre la clave y escríbala de nuevo.

password-empty = Escriba la clave que eligió.
password-repeated = La clave llegó dos veces. Escríbala de nuevo.
password-too-short = { $has ->
    [one] Esa clave es corta: tiene un signo y hacen falta { $min }. Agregue una palabra.
   *[other] Esa clave es corta: tiene { $has } signos y hacen falta { $min }. Agregue una palabra.
}
password-too-long = Esa clave es demasiado larga. Deje menos palabras.
password-common = Esa clave está en las listas de claves robadas. Elija otra, de tres o cuatro palabras.
password-breached = Esa clave está entre las que robaron en otros sitios. Elija otra, y cámbiela donde más la use.
password-has-document = Su documento es fácil de averiguar. Elija una clave que no lo use.
password-has-email = Su correo es fácil de averiguar. Elija una clave que no lo use.
password-has-name = Su nombre es fácil de averiguar. Elija una clave que no lo use.
password-has-policy-number = Su número de póliza es fácil de averiguar. Elija una clave que no lo use.
password-has-brand = El nombre de la compañía es lo primero que se prueba. Elija una clave que no lo use.
password-repetitive = Esa clave repite siempre lo mismo. Elija tres o cuatro palabras distintas.
password-guessable = Esa clave es fácil de adivinar. Sume una o dos palabras que nadie espere.

seems-plate = Lo que escribió como número de póliza parece una patente.
seems-cuit = Lo que escribió como número de póliza parece un CUIT o CUIL.
seems-procedure-number = Lo que escribió como número de póliza parece el número de trámite del DNI.
seems-claim = Lo que escribió como número de póliza parece el de un siniestro.
