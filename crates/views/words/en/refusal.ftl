document-empty = Type the document number.
document-repeated = The document came twice. Type it again.
document-too-short = There are digits missing in the document. It has seven or eight; very old ones, six.
document-one-digit-too-many = There is one digit too many in the document. It has seven or eight.
document-too-long = There are too many digits in the document. It has seven or eight; the CUIT, eleven.
document-wrong-check-digit = One of the digits of the CUIT or CUIL is not right. Usually one is changed, or two are swapped.
document-looks-like-procedure-number = That looks like the “número de trámite”. Type the document number, which is higher up on the DNI card.
document-looks-like-plate = That looks like a licence plate. Type the document number.
document-looks-like-email = That looks like an e-mail address. Type the document number.
document-letter-for-digit = There is a letter in the document. Did you mean { $suggestion }?
document-not-a-document = That does not look like a document. Type only the digits, like 12.345.678.

email-empty = Type your e-mail address.
email-repeated = The address came twice. Type it again.
email-too-long = That address is too long. Check it.
email-no-at = The @ is missing in the address. It is written like ana@ejemplo.com.
email-no-domain = What comes after the @ is missing, such as gmail.com.
email-no-ending = The end of the address is missing, such as .com or .com.ar.
email-two-addresses = There is more than one address. Leave only one.
email-bad-character = An e-mail address has no “{ $character }”. Remove it or change it.
email-blank-inside = The address has a space in the middle. Remove it.
email-invisible-character = The address has a sign that cannot be seen. Delete it and type it again.
email-looks-like-document = That looks like your document. Type your e-mail address.

policy-empty = Type the policy number.
policy-repeated = The policy number came twice. Type it again.
policy-too-long = That policy number is too long. Copy it from your policy.
policy-no-digits = There is no digit in it. Copy the number from your policy.
policy-bad-character = A policy number has no “{ $character }”. Remove it.
policy-invisible-character = The number has a sign that cannot be seen. Delete it and type it again.

line-empty = Choose what you have insured. If in doubt, choose “I don’t know”.
line-repeated = The choice came twice. Choose again what you have insured.
line-unknown = That is not on the list. Choose again what you have insured.

key-empty = Type the temporary key. It is in the letter that you got.
key-repeated = The key came twice. Type it again.
key-wrong-length = { $has ->
    [one] The temporary key has { $wanted } letters and digits, and there is one. Copy all of it.
   *[other] The temporary key has { $wanted } letters and digits, and there are { $has }. Copy all of it.
}
key-bad-character = The temporary key has no “{ $character }”. Copy it from the letter.
key-invisible-character = There is a sign that cannot be seen. Delete the key and type it again.

password-empty = Type the password that you chose.
password-repeated = The password came twice. Type it again.
password-too-short = { $has ->
    [one] That password is short: it has one sign and needs { $min }. Add a word.
   *[other] That password is short: it has { $has } signs and needs { $min }. Add a word.
}
password-too-long = That password is too long. Leave fewer words.
password-common = That password is on the lists of stolen ones. Choose another, of three or four words.
password-breached = That password is among those stolen from other sites. Choose another, and change it wherever else you use it.
password-has-document = Your document is easy to find out. Choose a password that does not use it.
password-has-email = Your mail address is easy to find out. Choose a password that does not use it.
password-has-name = Your name is easy to find out. Choose a password that does not use it.
password-has-policy-number = Your policy number is easy to find out. Choose a password that does not use it.
password-has-brand = The company’s name is the first thing to be tried. Choose a password that does not use it.
password-repetitive = That password repeats the same over and over. Choose three or four different words.
password-guessable = That password is easy to guess. Add one or two words that nobody expects.

seems-plate = What you typed as the policy number looks like a licence plate.
seems-cuit = What you typed as the policy number looks like a CUIT or CUIL.
seems-procedure-number = What you typed as the policy number looks like the “número de trámite” of the DNI card.
seems-claim = What you typed as the policy number looks like that of a claim.
