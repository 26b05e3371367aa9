//! The table of keys: whole, well-formed, and near to slips.

use super::{KEYS, Kind, Preset, all_names, nearest};
use std::collections::BTreeSet;

#[test]
fn every_key_stands_once_in_the_table_and_its_section_is_in_one_piece() {
    let names: BTreeSet<_> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(names.len(), KEYS.len());
    let mut sections = Vec::new();
    for key in KEYS {
        assert!(!key.short_name().is_empty(), "{}", key.name);
        if sections.last() != Some(&key.section()) {
            assert!(!sections.contains(&key.section()), "{} is split", key.section());
            sections.push(key.section());
        }
    }
}

#[test]
fn every_preset_and_example_is_toml_of_its_kind() {
    for key in KEYS {
        let (Preset::Value(text) | Preset::Absent(text) | Preset::Required(text)) = key.preset;
        let table: toml::Table = format!("value = {text}").parse().expect(key.name);
        let right = match key.kind {
            Kind::Text | Kind::Path | Kind::Secret | Kind::SecretUrls => table["value"].is_str(),
            Kind::Number => table["value"].is_integer(),
            Kind::List => table["value"].is_array(),
            Kind::Table => table["value"].is_table(),
        };
        assert!(right, "{}", key.name);
    }
}

#[test]
fn every_explanation_is_a_sentence_in_short_lines() {
    for key in KEYS {
        assert!(key.explained.ends_with('.'), "{}", key.name);
        assert!(key.explained.lines().all(|line| line.len() <= 110), "{}", key.name);
    }
}

#[test]
fn a_slip_is_nearest_to_the_key_that_was_meant() {
    for (slip, meant) in [
        ("server.listn", "server.listen"),
        ("server.public_uri", "server.public_url"),
        ("brand.colour", "brand.color"),
        ("smtp.pasword_file", "smtp.password_file"),
        ("brnd.name", "brand.name"),
    ] {
        assert_eq!(nearest(slip, &all_names()).as_deref(), Some(meant));
    }
    assert_eq!(nearest("zzz", &all_names()), None);
}
