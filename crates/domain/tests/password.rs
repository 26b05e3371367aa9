//! Passwords: which are taken, which are refused and why, and that nothing of them is changed or shown.

use proptest::prelude::*;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::password::{Password, PasswordRefusal, PasswordRules, PersonalWord, PersonalWords};

#[expect(clippy::unwrap_used, reason = "a step of tests, and only tests run it")]
fn personal() -> PersonalWords {
    PersonalWords {
        document: Document::Person(28_456_789),
        email: Some(EmailAddress::read("jperezcasas81@gmail.com").unwrap()),
        names: vec!["PÉREZ CASAS, JUANA NOEMÍ".to_owned()],
        policy_numbers: vec!["59/0137418".to_owned()],
        brand: "Seguros del Río".to_owned(),
    }
}

fn accept(typed: &str) -> Result<Password, PasswordRefusal> {
    Password::accept(typed, &PasswordRules::default(), &personal())
}

/// The same, where the operator asks for eight characters only.
fn accept_of_eight(typed: &str) -> Result<Password, PasswordRefusal> {
    Password::accept(typed, &PasswordRules { min_length: 8 }, &personal())
}

#[expect(clippy::panic, reason = "a step of tests, and only tests run it")]
fn assert_accepted(typed: &str) {
    if let Err(refusal) = accept(typed) {
        panic!("{typed:?}: {refusal:?}");
    }
}

fn assert_refused(typed: &str, refusal: PasswordRefusal) {
    assert_eq!(accept(typed).err(), Some(refusal), "{typed:?}");
}

#[test]
fn phrases_of_three_or_four_words_are_welcome() {
    for typed in [
        "tres cuatro palabras",
        "mi perro come pasto",
        "la casa de mi abuela",
        "el gato duerme al sol",
        "Mañana llueve en Tandil",
        "ñandú pingüino cigüeña",
        "mate amargo y facturas",
        "LA LUNA SOBRE EL MAR",
        "correcto-caballo-pila-grapa",
        "primavera de gatos y hamacas",
        "hoy vi 3 benteveos!",
        "vuelve el tren de las ocho menos diez a la estación",
    ] {
        assert_accepted(typed);
    }
}

#[test]
fn what_managers_make_and_every_alphabet_are_welcome() {
    for typed in [
        "x7#Kq9!vTz2m",
        "hV3-tPq8-Lw2z",
        "🐶🌵🚲🍋🎈🧉🏔🌧🐙🎲🪁🥐",
        "солнце и дождь",
        "雨が降っています今日は暑い",
        "\tzeta uno\u{0}qilm",
    ] {
        assert_accepted(typed);
    }
}

#[test]
fn a_long_password_is_taken_whole() {
    let long = "una frase que no se acaba nunca y sigue ".repeat(3) + &"ñandú ".repeat(110);
    let password = accept(&long).unwrap();
    assert_eq!(password.as_bytes(), long.as_bytes());
    let words = (0..400).map(|n| (n * 7_919).to_string()).collect::<Vec<_>>().concat();
    assert!(accept(&words[..1_024]).is_ok());
    assert_refused(&words[..1_025], PasswordRefusal::TooLong);
    assert_refused(&"é".repeat(600), PasswordRefusal::TooLong);
    assert_refused(&"x".repeat(10_000), PasswordRefusal::TooLong);
}

#[test]
fn nothing_is_trimmed_and_case_is_kept() {
    let typed = "  Dos Espacios adelante y atrás  ";
    assert_eq!(accept(typed).unwrap().as_bytes(), typed.as_bytes());
}

#[test]
fn composed_and_decomposed_accents_are_one_password() {
    let composed = accept("mañana será otro día").unwrap();
    let decomposed = Password::attempt("man\u{0303}ana sera\u{0301} otro di\u{0301}a");
    assert_eq!(composed.as_bytes(), decomposed.as_bytes());
    assert_ne!(
        Password::attempt("ﬁn").as_bytes(),
        Password::attempt("fin").as_bytes(),
        "compatible is not the same"
    );
}

#[test]
fn each_character_counts_one() {
    assert_refused("ñandú 🧉 ó", PasswordRefusal::TooShort { min: 12, has: 9 });
    assert_refused("n\u{0303}andu\u{0301} 🧉 o\u{0301}", PasswordRefusal::TooShort { min: 12, has: 9 });
    assert_refused(" ", PasswordRefusal::TooShort { min: 12, has: 1 });
    assert_refused("", PasswordRefusal::Empty);
    assert_eq!(accept_of_eight("x7#Kq9!").err(), Some(PasswordRefusal::TooShort { min: 8, has: 7 }));
    assert!(accept_of_eight("x7#Kq9!vT").is_ok());
}

#[test]
fn common_passwords_are_refused_whatever_their_case_accents_and_separators() {
    for typed in [
        "123456789012",
        "qwertyuiop[]",
        "PASSWORD1234",
        "passwordpassword",
        "pass-word-1234",
        "P á s s w o r d 1 2",
        "iloveyou1234",
        "1q2w3e4r5t6y",
        "unbelievable",
        "thunderbird7!",
    ] {
        let refusal = accept(typed).err();
        assert!(
            matches!(refusal, Some(PasswordRefusal::Common | PasswordRefusal::Repetitive)),
            "{typed:?}: {refusal:?}"
        );
    }
    for typed in [
        "12345678",
        "password",
        "PassWord",
        "qwerty123",
        "iloveyou",
        "liverpool",
        "contraseña",
        "11223344",
        "Password1!",
    ] {
        assert_eq!(accept_of_eight(typed).err(), Some(PasswordRefusal::Common), "{typed}");
    }
}

#[test]
fn words_that_argentina_makes_passwords_of_are_refused_with_little_more() {
    for typed in [
        "Contraseña123",
        "Argentina2026",
        "argentina1978!",
        "BocaJuniors12",
        "boca juniors 1905",
        "riverplate 86",
        "clave definitiva",
        "Buenos Aires 24",
        "mar del plata!",
        "teamomucho123",
    ] {
        assert_refused(typed, PasswordRefusal::Common);
    }
    assert_accepted("argentina y su mar azul");
    assert_accepted("un gato de boca grande");
}

#[test]
fn what_is_known_of_the_person_is_refused_with_fewer_than_six_characters_more() {
    for (typed, word) in [
        ("28.456.789 ya", PersonalWord::Document),
        ("DNI 28456789", PersonalWord::Document),
        ("mi28456789dni", PersonalWord::Document),
        ("jperezcasas81", PersonalWord::Email),
        ("JPerezCasas81@gmail.com", PersonalWord::Email),
        ("jperezcasas81!2026", PersonalWord::Email),
        ("juana perez casas", PersonalWord::Name),
        ("JuanaPérez1981", PersonalWord::Name),
        ("Noemi Casas 81", PersonalWord::Name),
        ("59/0137418 --x", PersonalWord::PolicyNumber),
        ("poliza 59137418", PersonalWord::PolicyNumber),
        ("juana perez argentina", PersonalWord::Name),
        ("SegurosDelRio1", PersonalWord::Brand),
        ("seguros del río!", PersonalWord::Brand),
        ("juana28456789", PersonalWord::Document),
    ] {
        assert_refused(typed, PasswordRefusal::Personal(word));
    }
    for typed in ["juana cultiva tomates", "28456789 lechuzas verdes", "el perro de perez ladra"] {
        assert_accepted(typed);
    }
}

#[test]
fn a_companys_own_number_is_known_of_it_too() {
    let company = PersonalWords { document: Document::Company(30_701_234_568), ..personal() };
    let refusal = |typed| Password::accept(typed, &PasswordRules::default(), &company).err();
    for typed in ["30-70123456-8", "30701234568 x", "70123456 clave"] {
        assert_eq!(refusal(typed), Some(PasswordRefusal::Personal(PersonalWord::Document)), "{typed}");
    }
}

#[test]
fn short_and_missing_data_refuse_nothing() {
    let sparse = PersonalWords {
        document: Document::Person(123_456),
        email: Some(EmailAddress::read("a@b.co").unwrap()),
        names: vec![String::new(), "D'A, O".to_owned()],
        policy_numbers: vec!["7".to_owned(), String::new()],
        brand: String::new(),
    };
    for typed in ["tres cuatro palabras", "7 u 8 dados al aire"] {
        assert!(Password::accept(typed, &PasswordRules::default(), &sparse).is_ok(), "{typed}");
    }
}

#[test]
fn a_few_characters_over_and_over_are_refused() {
    for typed in [
        "aaaaaaaaaaaa",
        "123412341234",
        "12341234123412",
        "abababababab",
        "aabbaabababb",
        "            ",
        "hola hola hola hola",
        "xKq9!xKq9!xKq9!",
        "XkQxKqXKQxkqxkq",
        "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂",
        "ñañañañañaña",
    ] {
        assert_refused(typed, PasswordRefusal::Repetitive);
    }
    assert_refused(&"tres ojos ".repeat(100), PasswordRefusal::Repetitive);
    assert_accepted("mi perro come pasto mi perro come pasto");
}

#[test]
fn what_is_easily_guessed_for_another_reason_is_refused() {
    for typed in ["fghijklmnopqr", "98765432109876", "dragonmonkey1", "valentina2012", "perroperrogato"] {
        assert_refused(typed, PasswordRefusal::Guessable);
    }
}

#[test]
fn a_strong_beginning_or_a_strong_end_makes_a_long_password_strong() {
    assert_accepted(&("mi perro come pasto ".to_owned() + &"abc".repeat(60)));
    assert_accepted(&("abc".repeat(12) + " mi perro come pasto"));
}

#[test]
fn nothing_of_a_password_is_printed() {
    assert_eq!(format!("{:?}", accept("mi perro come pasto").unwrap()), "Password(…)");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_on_any_text(typed in ".{0,200}", name in ".{0,20}", number in ".{0,20}", brand in ".{0,20}") {
        let strange = PersonalWords { names: vec![name], policy_numbers: vec![number], brand, ..personal() };
        let _ = Password::accept(&typed, &PasswordRules { min_length: 8 }, &strange);
    }

    #[test]
    fn what_is_accepted_signs_in_as_it_was_typed(typed in "\\PC{12,40}") {
        if let Ok(password) = accept(&typed) {
            let attempt = Password::attempt(&typed);
            prop_assert_eq!(password.as_bytes(), attempt.as_bytes());
        }
    }

    #[test]
    fn a_random_password_of_twelve_is_accepted(typed in "[a-zA-Z0-9]{12}") {
        prop_assert!(accept(&typed).is_ok(), "{}", typed);
    }

    #[test]
    fn the_document_with_up_to_five_characters_more_is_never_accepted(before in "[a-z]{0,2}", behind in "[a-z ]{2,3}") {
        let typed = format!("{before}28.456.789{behind}");
        prop_assert!(accept(&typed).is_err(), "{}", typed);
    }
}
