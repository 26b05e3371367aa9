//! The stylesheet is light, keeps to the palette, and knows no class that no page has.

use crate::portal::{settings, views};
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use zaguan_views::{Brand, Locale, Settings, Views};

fn stylesheet() -> String {
    let views = views(Locale::EsAr);
    let asset = views.assets().iter().find(|asset| asset.path.starts_with("/estilo-")).unwrap();
    String::from_utf8(asset.bytes.to_vec()).unwrap()
}

/// What stands behind each occurrence of `before`, up to the first character that is not of a name.
fn names(source: &str, before: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let behind = source.split(before).skip(1).map(|rest| rest.chars().take_while(|c| is_name(*c)).collect());
    behind.filter(|name: &String| name.starts_with(|c: char| c.is_ascii_alphabetic())).collect()
}

#[test]
fn the_stylesheet_weighs_less_than_fifteen_kilobytes() {
    assert!(stylesheet().len() < 15_000, "{}", stylesheet().len());
}

#[test]
fn every_colour_is_of_the_palette() {
    let source = include_str!("../../assets/style.css");
    for color in source.split('#').skip(1) {
        assert!(
            color.starts_with("0000 ") || color.starts_with("0000,"),
            "only transparent: #{}",
            &color[..8]
        );
    }
    assert!(!source.contains("rgb(") && !source.contains("hsl("));
    let used = names(source, "var(--");
    let css = stylesheet();
    for name in used {
        assert!(css.contains(&format!("--{name}:")), "--{name} is used and never set");
    }
}

#[test]
fn day_and_night_set_the_same_colours() {
    let css = stylesheet();
    let night = css.split("prefers-color-scheme:dark){").nth(1).unwrap().split('}').next().unwrap();
    let day = css.split("color-scheme:light dark;").nth(1).unwrap().split('}').next().unwrap();
    assert_eq!(names(day, "--"), names(night, "--"));
    assert_eq!(names(day, "--").len(), 12);
    assert_ne!(day, night);
}

#[test]
fn no_text_is_smaller_than_eighteen_pixels() {
    let source = include_str!("../../assets/style.css");
    assert!(source.contains("html{font:112.5%/"), "1rem is 18 pixels");
    for size in source.split("font-size:").skip(1) {
        let number: String = size.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        assert!(size[number.len()..].starts_with("rem"), "{number}: sizes follow the reader's own");
        assert!(number.parse::<f64>().unwrap() >= 1.0, "{number}rem");
    }
}

#[test]
fn the_stylesheet_thinks_of_paper_of_the_keyboard_and_of_those_whom_motion_makes_ill() {
    let css = stylesheet();
    for part in ["@media print", ":focus-visible", "prefers-reduced-motion", "prefers-color-scheme:dark"] {
        assert!(css.contains(part), "{part}");
    }
    assert!(!css.contains("url(") && !css.contains("@import") && !css.contains("outline:none"));
}

#[test]
fn every_class_of_a_page_has_its_rule_and_every_rule_its_page() {
    let mut in_pages = BTreeSet::new();
    for demo in [false, true] {
        for sample in Views::new(Settings { demo, ..settings(Locale::EsAr) }).unwrap().samples().unwrap() {
            if sample.letter.is_none() {
                let html = Html::parse_document(&sample.html);
                for element in html.select(&Selector::parse("[class]").unwrap()) {
                    in_pages.extend(element.value().classes().map(str::to_owned));
                }
            }
        }
    }
    // The plain page has no rule of its own; nor has the guide but for its parts.
    in_pages.retain(|class| !["page", "guide"].contains(&class.as_str()));
    let source = include_str!("../../assets/style.css");
    let in_rules: BTreeSet<String> = source
        .split('{')
        .flat_map(|part| {
            let selector = part.rsplit('}').next().unwrap();
            names(selector, ".")
        })
        .collect();
    assert_eq!(in_pages, in_rules);
}

#[test]
fn an_asset_s_path_changes_with_what_it_holds() {
    let other = Brand { color: "#003b71".to_owned(), ..crate::portal::brand() };
    let blue = Views::new(Settings { brand: other, ..settings(Locale::EsAr) }).unwrap();
    let red = views(Locale::EsAr);
    for (blue, red) in blue.assets().iter().zip(red.assets()) {
        if red.path.starts_with("/clave-") {
            assert_eq!(blue.path, red.path, "a script has no colours");
            continue;
        }
        assert_ne!(blue.path, red.path);
        assert_ne!(blue.bytes, red.bytes);
    }
    for (again, red) in views(Locale::EsAr).assets().iter().zip(red.assets()) {
        assert_eq!(again.path, red.path);
    }
}
