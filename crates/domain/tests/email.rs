//! E-mail addresses: what is read, what is refused and why, and the slips that are asked about.

use proptest::prelude::*;
use std::collections::HashSet;
use zaguan_domain::email::{EmailAddress, EmailRefusal};

#[expect(clippy::panic, reason = "a step of tests, and only tests run it")]
fn email(text: &str) -> EmailAddress {
    EmailAddress::read(text).unwrap_or_else(|refusal| panic!("{text:?}: {refusal:?}"))
}

fn assert_refused(typed: &str, refusal: EmailRefusal) {
    assert_eq!(EmailAddress::read(typed), Err(refusal), "{typed:?}");
}

fn suggestion(typed: &str) -> Option<String> {
    email(typed).suggestion().map(|suggestion| suggestion.to_string())
}

#[test]
fn addresses_as_people_have_them_are_read() {
    for typed in [
        "ana@gmail.com",
        "Ana.Perez+seguro@Example.com.ar",
        "ana_perez-84@hotmail.com.ar",
        "o'higgins@example.com",
        "a@b.co",
        "1234@mail-2.example.travel",
        "ana@xn--espaa-rta.com.ar",
    ] {
        assert!(email(typed).as_str().eq_ignore_ascii_case(typed), "{typed}");
    }
}

#[test]
fn what_phones_and_clipboards_add_is_cleaned() {
    for typed in [
        " ana@gmail.com ",
        "ana@gmail.com\r\n",
        "\u{FEFF}ana@gmail.com\u{200B}",
        "ana\u{200B}@gmail.com",
        "\u{202A}ana@gmail.com\u{202C}",
        "ana＠gmail．com",
        "ana@gmail.com.",
    ] {
        assert_eq!(email(typed).as_str(), "ana@gmail.com", "{typed:?}");
    }
}

#[test]
fn the_local_part_is_kept_as_typed_and_the_domain_made_plain() {
    assert_eq!(email("Ana.PEREZ@GMail.COM").as_str(), "Ana.PEREZ@gmail.com");
    assert_eq!(email("ana@ESPAÑA.com.ar").as_str(), "ana@xn--espaa-rta.com.ar");
    assert_eq!(email("ana@espan\u{0303}a.com.ar").as_str(), "ana@xn--espaa-rta.com.ar");
}

#[test]
fn addresses_are_equal_when_their_canonical_forms_are() {
    assert_eq!(email("Ana@GMAIL.com"), email("ana@gmail.com"));
    assert_eq!(email("Ana@GMAIL.com").canonical(), "ana@gmail.com");
    assert_ne!(email("ana@gmail.com"), email("ana@gmail.com.ar"));
    assert_ne!(email("ana.perez@gmail.com"), email("anaperez@gmail.com"));
    assert_ne!(email("ana+1@gmail.com"), email("ana@gmail.com"));
    assert_eq!(HashSet::from([email("Ana@gmail.com"), email("ana@gmail.com")]).len(), 1);
}

#[test]
fn look_alikes_are_never_the_same_address() {
    for typed in [
        "аna@gmail.com",
        "anа@gmail.com",
        "ıvan@gmail.com",
        "ana@gmaıl.com",
        "ana@ɡmail.com",
        "ana@gmail.соm",
    ] {
        if let Ok(read) = EmailAddress::read(typed) {
            for real in ["ana@gmail.com", "ivan@gmail.com"] {
                assert_ne!(read, email(real), "{typed}");
            }
        }
    }
}

#[test]
fn each_fault_is_told() {
    for typed in ["", " ", "\u{200B}", "\t\r\n"] {
        assert_refused(typed, EmailRefusal::Empty);
    }
    for typed in ["ana", "ana gmail.com", "ana.gmail.com", "@gmail.com", "11 4444 5555"] {
        assert_refused(typed, EmailRefusal::NoAt);
    }
    for typed in ["ana@", "ana@."] {
        assert_refused(typed, EmailRefusal::NoDomain);
    }
    for typed in
        ["ana@gmail", "ana@gmail.", "ana@gmail.c", "ana@localhost", "ana@192.168.0.1", "ana@example.1com"]
    {
        assert_refused(typed, EmailRefusal::NoEnding);
    }
    for typed in ["12345678", "12.345.678", "20-12345678-6", "20-12345678-5", "123456789", "DNI 12345678"] {
        assert_refused(typed, EmailRefusal::LooksLikeDocument);
    }
}

#[test]
fn two_addresses_are_told_apart_from_one_at_sign_too_many() {
    for typed in [
        "ana@gmail.com;juan@gmail.com",
        "ana@gmail.com, juan@gmail.com",
        "ana@gmail.com/juan@gmail.com",
        "ana@gmail.com juan@gmail.com",
        "ana@gmail.com o juan@gmail.com",
        "Ana <ana@gmail.com>, Juan <juan@gmail.com>",
    ] {
        assert_refused(typed, EmailRefusal::TwoAddresses);
    }
    for typed in ["ana@@gmail.com", "ana@perez@gmail.com", "@@", "ana@gmail.com@"] {
        assert_refused(typed, EmailRefusal::BadCharacter { character: '@' });
    }
}

#[test]
fn a_character_that_cannot_stand_there_is_named() {
    for (typed, character) in [
        ("ana perez@gmail.com", ' '),
        ("ana@ gmail.com", ' '),
        ("ana\tperez@gmail.com", ' '),
        ("josé@gmail.com", 'é'),
        ("muñoz@gmail.com", 'ñ'),
        ("<ana@gmail.com>", '<'),
        ("ana@gmail.com,", ','),
        ("ana@gmail.com;", ';'),
        ("mailto:ana@gmail.com", ':'),
        ("\"ana\"@gmail.com", '"'),
        ("ana\u{0}@gmail.com", '\0'),
        ("ana@gmail.com\u{1B}", '\u{1B}'),
        ("ana(casa)@gmail.com", '('),
        ("ana@[10.0.0.1]", '['),
        ("ana..perez@gmail.com", '.'),
        (".ana@gmail.com", '.'),
        ("ana.@gmail.com", '.'),
        ("ana@gmail..com", '.'),
        ("ana@.com", '.'),
        ("ana@-gmail.com", '-'),
        ("ana@gmail_.com", '_'),
        ("ana@gmail.com/", '/'),
        ("🙂@gmail.com", '🙂'),
        ("ana@🙂.com", '🙂'),
        ("ana–luz@gmail.com", '–'),
    ] {
        assert_refused(typed, EmailRefusal::BadCharacter { character });
    }
}

#[test]
fn what_no_mail_server_takes_is_too_long() {
    let domain = format!("{}.com", ["a".repeat(60), "b".repeat(60), "c".repeat(60)].join("."));
    assert!(EmailAddress::read(&format!("{}@{domain}", "x".repeat(64))).is_ok());
    assert_refused(&format!("{}@gmail.com", "x".repeat(65)), EmailRefusal::TooLong);
    assert_refused(&format!("{}@{domain}", "x".repeat(64) + ".y"), EmailRefusal::TooLong);
    assert_refused(&format!("ana@{}.com", "x".repeat(64)), EmailRefusal::TooLong);
    assert_refused(&format!("{}@dd.{domain}.ar", "x".repeat(63)), EmailRefusal::TooLong);
    assert_refused(&format!("ana@{}", "a.".repeat(5_000)), EmailRefusal::TooLong);
}

#[test]
fn slips_in_the_domain_get_a_suggestion() {
    for (typed, meant) in [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@gmai.com", "ana@gmail.com"),
        ("ana@gamil.com", "ana@gmail.com"),
        ("ana@gnail.com", "ana@gmail.com"),
        ("ana@gmaill.com", "ana@gmail.com"),
        ("ana@gmail.con", "ana@gmail.com"),
        ("ana@gmail.cmo", "ana@gmail.com"),
        ("ana@gmail.co", "ana@gmail.com"),
        ("ana@gmail.cm", "ana@gmail.com"),
        ("ana@gmail.com.ar", "ana@gmail.com"),
        ("ana@gmail.com.com", "ana@gmail.com"),
        ("ana@gmail.es", "ana@gmail.com"),
        ("ana@gmal.con", "ana@gmail.com"),
        ("ana@hotmial.com", "ana@hotmail.com"),
        ("ana@hotmal.com", "ana@hotmail.com"),
        ("ana@htomail.com", "ana@hotmail.com"),
        ("ana@homtail.con", "ana@hotmail.com"),
        ("ana@hotmail.comar", "ana@hotmail.com.ar"),
        ("ana@hotmail.com.at", "ana@hotmail.com.ar"),
        ("ana@hotmail.ar", "ana@hotmail.com.ar"),
        ("ana@hotmail.co", "ana@hotmail.com"),
        ("ana@hormail.com.ar", "ana@hotmail.com.ar"),
        ("ana@yaho.com.ar", "ana@yahoo.com.ar"),
        ("ana@yahoo.com.arg", "ana@yahoo.com.ar"),
        ("ana@yahooo.com", "ana@yahoo.com"),
        ("ana@outlok.com", "ana@outlook.com"),
        ("ana@outloock.es", "ana@outlook.es"),
        ("ana@iclud.com", "ana@icloud.com"),
        ("ana@fibertel.com", "ana@fibertel.com.ar"),
        ("ana@fibertel.con.ar", "ana@fibertel.com.ar"),
        ("ana@fivertel.com.ar", "ana@fibertel.com.ar"),
        ("ana@speddy.com.ar", "ana@speedy.com.ar"),
        ("ana@ciudda.com.ar", "ana@ciudad.com.ar"),
        ("ana@lvie.com.ar", "ana@live.com.ar"),
        ("ana@estudio-perez.con", "ana@estudio-perez.com"),
        ("ana@estudio-perez.comar", "ana@estudio-perez.com.ar"),
        ("Ana.P@GMIAL.com", "Ana.P@gmail.com"),
    ] {
        assert_eq!(suggestion(typed).as_deref(), Some(meant), "{typed}");
    }
}

#[test]
fn domains_that_are_real_get_none() {
    for domain in [
        "gmail.com",
        "hotmail.com",
        "hotmail.com.ar",
        "outlook.com",
        "outlook.com.ar",
        "outlook.es",
        "live.com",
        "live.com.ar",
        "yahoo.com",
        "yahoo.com.ar",
        "icloud.com",
        "fibertel.com.ar",
        "arnet.com.ar",
        "speedy.com.ar",
        "ciudad.com.ar",
        "ymail.com",
        "gmx.com",
        "mail.com",
        "hotmail.es",
        "yahoo.es",
        "hotmail.co.uk",
        "yahoo.com.br",
        "live.cl",
        "outlook.it",
        "me.com",
        "msn.com",
        "proton.me",
        "email.com",
        "aol.com",
        "googlemail.com",
        "estudio-perez.com.ar",
        "uba.ar",
        "example.org",
        "vive.com.ar",
        "linea.com.ar",
        "gob.ar",
        "gaia.com",
        "fire.com",
    ] {
        assert_eq!(suggestion(&format!("ana@{domain}")), None, "{domain}");
    }
}

#[test]
fn a_masked_address_tells_its_holder_which_and_nobody_else() {
    for (typed, masked) in [
        ("ana@gmail.com", "a•••a@g•••.com"),
        ("maria.perez@estudio.com.ar", "m•••z@e•••.com.ar"),
        ("maria@correo.estudio.com.ar", "m•••a@c•••.com.ar"),
        ("jo@uba.ar", "j•••@u•••.ar"),
        ("x@example.org", "x•••@e•••.org"),
    ] {
        assert_eq!(email(typed).masked(), masked);
    }
    assert_eq!(format!("{:?}", email("ana@gmail.com")), "EmailAddress(a•••a@g•••.com)");
}

#[test]
fn what_is_stored_is_read_strictly() {
    for text in ["", "ana", " ana@gmail.com", "ana@GMAIL.com", "ana@españa.com.ar", "ana@gmail.com."] {
        assert!(EmailAddress::from_stored(text).is_none(), "{text}");
    }
    assert_eq!(EmailAddress::from_stored("Ana@gmail.com").unwrap().as_str(), "Ana@gmail.com");
}

/// Texts near the forms that are read, where a rule may slip.
fn nearly_an_address() -> impl Strategy<Value = String> {
    "[ -~áñ\u{200B}＠．]{0,12}@?[a-zA-Z0-9.ñ-]{0,16}(\\.[a-z]{1,4}){0,3}[ .]?"
}

proptest! {
    #[test]
    fn reading_never_panics(text in ".*") {
        let _ = EmailAddress::read(&text);
    }

    #[test]
    fn whatever_is_read_survives_storing_and_has_a_plain_form(text in nearly_an_address()) {
        if let Ok(read) = EmailAddress::read(&text) {
            let stored = EmailAddress::from_stored(read.as_str()).unwrap();
            prop_assert_eq!(stored.as_str(), read.as_str());
            prop_assert!(read.as_str().is_ascii() && read.as_str().len() <= 254);
            prop_assert_eq!(read.as_str().matches('@').count(), 1);
            prop_assert!(!read.as_str().contains(|c: char| c.is_whitespace() || c.is_control()));
            prop_assert_eq!(email(&read.canonical()), read);
        }
    }

    #[test]
    fn a_suggestion_is_another_address_of_the_same_name_and_needs_no_further_one(name in "[a-z]{2,9}", ending in "[a-z]{2,4}(\\.[a-z]{2,3})?") {
        if let Some(meant) = email(&format!("ana@{name}.{ending}")).suggestion() {
            prop_assert!(meant.as_str().starts_with("ana@"));
            prop_assert_ne!(meant.as_str(), format!("ana@{name}.{ending}"));
            prop_assert!(EmailAddress::from_stored(meant.as_str()).is_some());
        }
    }

    #[test]
    fn every_single_slip_in_the_most_used_domain_is_caught(place in 1_usize..5, slip in "[a-z]", kind in 0..3) {
        let mut name: Vec<char> = "gmail".chars().collect();
        match kind {
            0 => name.swap(place - 1, place),
            1 => name.insert(place, slip.chars().next().unwrap()),
            _ => {
                name.remove(place);
            }
        }
        let domain = format!("{}.com", name.iter().collect::<String>());
        prop_assert_eq!(suggestion(&format!("ana@{domain}")), Some("ana@gmail.com".to_owned()), "{}", domain);
    }

    #[test]
    fn the_mask_tells_no_more_than_two_letters_of_the_name_and_one_of_the_domain(local in "[a-z0-9]{1,20}", domain in "[a-z]{2,20}") {
        let masked = email(&format!("{local}@{domain}.com")).masked();
        let (shown_local, shown_domain) = masked.split_once('@').unwrap();
        prop_assert!(shown_local.chars().filter(|c| *c != '•').count() <= 2);
        prop_assert_eq!(shown_domain, format!("{}•••.com", &domain[..1]));
    }
}
