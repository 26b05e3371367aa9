//! The catalogues: complete, without leftovers, one voice each, and the words that people use.

use crate::catalogue::{catalogue, files, folder, words};
use std::collections::BTreeSet;
use std::fs;
use zaguan_views::Locale;

const SPANISH: [Locale; 2] = [Locale::EsAr, Locale::EsArVos];

/// The law's own words: not ours to put into a voice.
const LAW: &str = "footer-personal-data";

/// What the person says and not the portal: a first person may look like a *vos*.
const SAID_BY_THE_PERSON: [&str; 5] =
    ["help-not-me", "key-needed-register", "link-unknown-recovering", "recover-remembered", "line-not-known"];

/// What a thing or somebody else does in the *vos* catalogue, and so is nobody's *usted*: text and word.
const THIRD_PERSON: &[(&str, &str)] = &[
    ("document-one-digit-too-many", "tiene"),
    ("document-too-long", "tiene"),
    ("document-too-short", "tiene"),
    ("email-blank-inside", "tiene"),
    ("email-invisible-character", "tiene"),
    ("help-key-1", "tiene"),
    ("help-no-policy-2", "puede"),
    ("help-no-policy-3", "puede"),
    ("help-not-me-1", "puede"),
    ("home-no-policies-text", "puede"),
    ("key-does-not-open", "puede"),
    ("key-not-come-wait", "puede"),
    ("key-wrong-length", "tiene"),
    ("letter-not-me-key", "puede"),
    ("link-unknown-text", "puede"),
    ("password-guessable", "espere"),
    ("password-too-short", "tiene"),
    ("policy-invisible-character", "tiene"),
    ("privacy-what-password", "puede"),
    ("recover-on-its-way-text", "tiene"),
    ("disown-done-registration", "puede"),
    ("disown-done-taken", "puede"),
    ("disown-unknown-text", "puede"),
    ("register-lapsed-text", "puede"),
    ("error-not-found-text", "puede"),
    ("error-not-found-text", "tenga"),
    ("error-too-slow-text", "puede"),
    ("register-no-policy-holder", "puede"),
    ("register-no-policy-new", "puede"),
    ("sign-in-first-text", "cerró"),
    ("happened-email-change-asked", "pidió"),
    ("happened-account-closed", "cerró"),
    ("happened-correction-asked", "pidió"),
    ("happened-proof-refused", "escribió"),
    ("letter-about-email-change-asked", "pidió"),
    ("letter-about-account-closed", "cerró"),
    ("letter-email-change-recover", "sabe"),
];

#[test]
fn every_text_stands_in_every_locale_with_the_same_placeholders() {
    let default = catalogue(Locale::EsAr);
    assert!(default.len() > 250, "{}", default.len());
    for locale in Locale::ALL {
        let other = catalogue(locale);
        let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) = (default.keys().collect(), other.keys().collect());
        assert_eq!(ours, theirs, "{}", locale.name());
        for (key, text) in &default {
            assert_eq!(text.placeholders, other[key].placeholders, "{}: {key}", locale.name());
        }
    }
}

#[test]
fn every_text_is_used_and_every_text_that_is_used_exists() {
    let read = |path| fs::read_to_string(path).unwrap();
    let templates: String = files(&folder("templates")).into_iter().map(read).collect();
    let sources: String = files(&folder("src")).into_iter().map(read).collect();
    let texts = catalogue(Locale::EsAr);
    for key in texts.keys() {
        let literal = format!("\"{key}\"");
        assert!(templates.contains(&literal) || sources.contains(&literal), "nobody says `{key}`");
    }
    let in_templates = [" t(\"", "=t(\"", "(t(\""].iter().flat_map(|call| templates.split(call).skip(1));
    let in_sources = sources.split("Message::new(\"").skip(1);
    for key in in_templates.chain(in_sources).map(|rest| rest.split('"').next().unwrap()) {
        assert!(texts.contains_key(key), "no text is called `{key}`");
    }
}

#[test]
fn the_usted_catalogue_never_says_vos() {
    let of_vos = ["vos", "tu", "tus", "te", "ti", "tuyo", "tuya", "tuyos", "tuyas", "contigo"];
    // Endings of the imperative, the present and the past of *vos*.
    let endings = ["á", "é", "í", "ás", "és", "ís", "aste", "iste"];
    // Its imperative with a pronoun has no accent: "copiala", where *usted* has "cópiela".
    let with_pronoun = ["alo", "ala", "elo", "ela", "ilo", "ila", "anos", "inos", "enos"];
    let others = [
        "está", "acá", "ahí", "así", "más", "qué", "sí", "después", "además", "menos", "podrá", "volverá",
        "existe", "sé", "revés", "mala",
    ];
    for (key, text) in catalogue(Locale::EsAr) {
        if key == LAW || SAID_BY_THE_PERSON.contains(&key.as_str()) {
            continue;
        }
        for word in words(&text.said) {
            assert!(!of_vos.contains(&word.as_str()), "{key}: {word}");
            let has_accent = word.contains(['á', 'é', 'í', 'ó', 'ú']);
            let is_vos = endings.iter().any(|ending| word.ends_with(ending))
                || (!has_accent && with_pronoun.iter().any(|ending| word.ends_with(ending)));
            assert!(!is_vos || others.contains(&word.as_str()), "{key}: {word}");
        }
    }
}

#[test]
fn the_vos_catalogue_never_says_usted() {
    let of_usted = ["usted", "ustedes", "su", "sus", "suyo", "suya", "suyos", "suyas", "le", "les"];
    let imperatives = [
        "abra", "agregue", "avise", "borre", "busque", "cambie", "comparta", "compare", "complete",
        "consulte", "copie", "corrija", "cree", "deje", "diga", "elija", "escriba", "espere", "haga",
        "ignore", "ingrese", "invente", "lea", "llame", "mire", "pida", "presione", "pruebe", "quite",
        "reclame", "revise", "siga", "sume", "tenga", "vaya", "vea", "vuelva",
    ];
    let persons = [
        "quiso",
        "olvidó",
        "escribió",
        "registró",
        "contrató",
        "compró",
        "pidió",
        "copió",
        "cerró",
        "puede",
        "tiene",
        "recuerda",
        "sabe",
        "prefiere",
        "necesita",
        "podrá",
    ];
    for (key, text) in catalogue(Locale::EsArVos) {
        if key == LAW {
            continue;
        }
        for word in words(&text.said) {
            assert!(!of_usted.contains(&word.as_str()), "{key}: {word}");
            // An imperative of *usted* with a pronoun has its accent three syllables from the end: "cópiela".
            let has_pronoun =
                ["ela", "elo", "ala", "alo", "enos", "anos", "ese", "ase"].iter().any(|p| word.ends_with(p));
            assert!(!(has_pronoun && word.contains(['á', 'é', 'í', 'ó', 'ú'])), "{key}: {word}");
            let is_usted = imperatives.contains(&word.as_str()) || persons.contains(&word.as_str());
            assert!(!is_usted || THIRD_PERSON.contains(&(key.as_str(), word.as_str())), "{key}: {word}");
        }
    }
}

#[test]
fn the_two_voices_differ_wherever_the_person_is_spoken_to() {
    let (usted, vos) = (catalogue(Locale::EsAr), catalogue(Locale::EsArVos));
    let differing = usted.iter().filter(|(key, text)| text.said != vos[*key].said).count();
    assert!(differing > 120, "{differing}");
    for (key, text) in &usted {
        let speaks = words(&text.said).iter().any(|word| ["su", "sus", "usted"].contains(&word.as_str()));
        assert!(!speaks || key == LAW || text.said != vos[key].said, "{key}");
    }
}

#[test]
fn spanish_words_are_the_ones_that_people_use() {
    let forbidden = [
        "click",
        "clickear",
        "link",
        "links",
        "email",
        "emails",
        "mail",
        "mails",
        "password",
        "login",
        "logueo",
        "loguearse",
        "token",
        "acceder",
        "accesar",
        "aplicar",
        "formato",
        "erróneo",
        "inválido",
        "inválida",
        "incorrecto",
        "incorrecta",
        "clickee",
        "cliquee",
        "favor",
    ];
    for locale in SPANISH {
        for (key, text) in catalogue(locale) {
            let said = text.said.to_lowercase();
            assert!(!said.contains("clic aquí") && !said.contains("e-mail"), "{key}: {said}");
            for word in words(&text.said) {
                assert!(!forbidden.contains(&word.as_str()), "{} {key}: {word}", locale.name());
            }
        }
    }
}

#[test]
fn nothing_is_shouted_and_spanish_questions_open_as_they_close() {
    let initials = ["DNI", "CUIT", "CUIL", "ART"];
    for locale in Locale::ALL {
        for (key, text) in catalogue(locale) {
            for word in text.said.split(|c: char| !c.is_alphabetic()) {
                let is_shouted = word.chars().count() > 1 && word.chars().all(char::is_uppercase);
                assert!(!is_shouted || initials.contains(&word) || word == "KQM", "{key}: {word}");
            }
            assert!(!text.said.contains('!'), "{key}: {}", text.said);
            if locale != Locale::En {
                assert_eq!(text.said.matches('¿').count(), text.said.matches('?').count(), "{key}");
            }
        }
    }
}
