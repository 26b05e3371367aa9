//! Letters are complete, true and quiet: in plain text as in HTML, with nothing in them that is not for everybody's eyes.

use crate::portal::{settings, views};
use scraper::{Html, Selector};
use zaguan_domain::document::Document;
use zaguan_views::{Brand, LetterContext, Locale, Settings, Views, WrittenLetter};

const KEY: &str = "7KQM-2F9X";
const LINK: &str = "https://portal.example/enlace/AbCdEf";
const DISOWN: &str = "https://portal.example/no-fui-yo/GhIjKl";

fn document() -> Document {
    Document::Person(12_345_678)
}

fn registration() -> LetterContext {
    let expires_at = "2026-03-15T18:42:00Z".parse().unwrap();
    LetterContext::RegistrationKey {
        document: document(),
        key: KEY.to_owned(),
        link: LINK.to_owned(),
        expires_at,
    }
}

fn recovery() -> LetterContext {
    LetterContext::RecoverySteps {
        document: document(),
        key: KEY.to_owned(),
        link: LINK.to_owned(),
        enter_key_url: "https://portal.example/recuperar/clave".to_owned(),
        expires_at: "2026-03-15T18:42:00Z".parse().unwrap(),
    }
}

fn every_letter() -> Vec<(Locale, WrittenLetter)> {
    let mut letters = Vec::new();
    for locale in Locale::ALL {
        let views = views(locale);
        letters.extend(
            LetterContext::samples().iter().map(|letter| (locale, views.letter(letter, DISOWN).unwrap())),
        );
    }
    letters
}

/// The text that a mail program shows of the HTML, with the addresses of its links.
fn shown(html: &str) -> String {
    let html = Html::parse_document(html);
    let body = html.select(&Selector::parse("body").unwrap()).next().unwrap();
    let link = Selector::parse("a").unwrap();
    let links: Vec<&str> = body.select(&link).filter_map(|link| link.attr("href")).collect();
    format!("{} {}", body.text().collect::<String>(), links.join(" "))
}

#[test]
fn a_letter_with_a_key_has_key_link_and_expiry_in_text_and_in_html() {
    let expected = [
        (Locale::EsAr, "el 15 de marzo a las 15:42, hora de Argentina"),
        (Locale::EsArVos, "el 15 de marzo a las 15:42, hora de Argentina"),
        (Locale::En, "on 15 March at 15:42, Argentine time"),
    ];
    for (locale, expiry) in expected {
        for letter in [registration(), recovery()] {
            let written = views(locale).letter(&letter, DISOWN).unwrap();
            for form in [&written.text, &shown(&written.html)] {
                for part in [KEY, LINK, expiry] {
                    assert!(form.contains(part), "{}: {part}: {form}", locale.name());
                }
            }
        }
    }
}

#[test]
fn the_plain_text_says_everything_that_the_html_says() {
    let link = Selector::parse("a[href^=http]").unwrap();
    for (locale, letter) in every_letter() {
        let parsed = Html::parse_document(&letter.html);
        let body = parsed.select(&Selector::parse("body").unwrap()).next().unwrap();
        // The name of a link stands for its address, which the plain text has in full.
        let names: Vec<String> = body.select(&link).map(|link| link.text().collect()).collect();
        for text in body.text().map(str::trim).filter(|text| !names.iter().any(|name| name == text)) {
            assert!(letter.text.contains(text), "{}: {text}: {}", locale.name(), letter.text);
        }
        for link in body.select(&link) {
            assert!(letter.text.contains(link.attr("href").unwrap()), "{}", letter.text);
        }
    }
}

#[test]
fn every_letter_names_the_insurer_masks_the_document_and_says_that_nobody_will_ask() {
    for (locale, letter) in every_letter() {
        let nobody = if locale == Locale::En { "Nobody from Seguros" } else { "Nadie de Seguros" };
        for form in [&letter.text, &shown(&letter.html)] {
            assert!(form.contains("Seguros del Zaguán"), "{form}");
            assert!(
                form.contains("••.•••.678") && !form.contains("12.345") && !form.contains("12345"),
                "{form}"
            );
            assert!(form.contains(nobody), "{form}");
            assert!(form.contains("0800-555-0199"), "{form}");
        }
        assert!(letter.subject.contains("Seguros del Zaguán"), "{}", letter.subject);
    }
}

#[test]
fn every_letter_says_what_to_do_if_one_did_not_ask_for_it() {
    for letter in LetterContext::samples() {
        let written = views(Locale::EsAr).letter(&letter, DISOWN).unwrap();
        for form in [&written.text, &shown(&written.html)] {
            assert!(form.contains("No fui yo") && form.contains(DISOWN), "{form}");
        }
    }
}

#[test]
fn no_subject_holds_the_key_or_breaks_its_line() {
    for (_, letter) in every_letter() {
        assert!(
            !letter.subject.contains(KEY) && !letter.subject.contains(char::is_control),
            "{}",
            letter.subject
        );
        assert!(letter.subject.chars().count() <= 78, "{}", letter.subject);
    }
}

#[test]
fn the_letter_of_recovery_has_numbered_steps() {
    for locale in Locale::ALL {
        let written = views(locale).letter(&recovery(), DISOWN).unwrap();
        for number in 1..=4 {
            assert!(written.text.contains(&format!("\n{number}. ")), "{}", written.text);
        }
        let html = Html::parse_document(&written.html);
        assert_eq!(html.select(&Selector::parse("ol > li").unwrap()).count(), 4);
    }
}

#[test]
fn the_html_of_a_letter_loads_nothing_and_runs_nothing() {
    for (_, letter) in every_letter() {
        let html = Html::parse_document(&letter.html);
        let loads =
            Selector::parse("img,script,link,iframe,object,video,audio,form,style,table,[background]")
                .unwrap();
        assert_eq!(html.select(&loads).count(), 0, "{}", letter.html);
        assert!(!letter.html.contains("url("), "{}", letter.html);
        assert_eq!(html.errors, Vec::<String>::new(), "{}", letter.html);
        assert!(letter.html.len() < 6_000, "{}", letter.html.len());
    }
}

#[test]
fn the_plain_text_is_tidy() {
    for (_, letter) in every_letter() {
        assert!(!letter.text.contains("\n\n\n"), "{}", letter.text);
        assert!(!letter.text.contains("&#") && !letter.text.contains('<'), "{}", letter.text);
        assert!(letter.text.ends_with('\n') && !letter.text.starts_with('\n'), "{:?}", letter.text);
        for line in letter.text.lines() {
            assert_eq!(line, line.trim_end(), "{}", letter.text);
        }
    }
}

#[test]
fn a_letter_of_an_insurer_without_a_help_desk_is_whole_too() {
    let brand = Brand::named("Tal & Cual");
    let views = Views::new(Settings { brand, ..settings(Locale::EsAr) }).unwrap();
    let written = views.letter(&registration(), DISOWN).unwrap();
    assert_eq!(written.subject, "Su clave transitoria de Tal & Cual");
    assert!(written.text.contains("Tal & Cual") && written.html.contains("Tal &amp; Cual"));
    assert!(!written.text.contains("\n\n\n"), "{}", written.text);
}

#[test]
fn the_hour_after_midnight_is_said_in_the_singular() {
    let mut letter = registration();
    if let LetterContext::RegistrationKey { expires_at, .. } = &mut letter {
        *expires_at = "2026-03-16T04:05:00Z".parse().unwrap();
    }
    let written = views(Locale::EsAr).letter(&letter, DISOWN).unwrap();
    assert!(written.text.contains("el 16 de marzo a la 1:05"), "{}", written.text);
}

#[test]
fn no_log_can_hold_a_key() {
    let letter = registration();
    let written = views(Locale::EsAr).letter(&letter, DISOWN).unwrap();
    for debugged in [format!("{letter:?}"), format!("{written:?}")] {
        assert!(!debugged.contains(KEY) && !debugged.contains("enlace"), "{debugged}");
    }
}
