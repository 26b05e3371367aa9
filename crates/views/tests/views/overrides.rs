//! An operator changes a text or a page without a rebuild, and hears of a mistake at start.

use crate::portal::settings;
use std::fs;
use tempfile::TempDir;
use zaguan_views::{Brand, Locale, Logo, LogoFormat, LogoRefusal, Settings, Views, ViewsError, WelcomePage};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, source) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, source).unwrap();
    }
    folder
}

fn views(files: &[(&str, &str)]) -> Result<Views, ViewsError> {
    let folder = folder(files);
    Views::new(Settings { overrides: Some(folder.path().to_owned()), ..settings(Locale::EsAr) })
}

#[test]
fn a_text_of_the_operator_takes_the_place_of_ours() {
    let views = views(&[("words/mine.ftl", "welcome-heading = Hola desde { $brand }\n")]).unwrap();
    let html = views.page(&WelcomePage).unwrap();
    assert!(html.contains("<h1>Hola desde Seguros del Zaguán</h1>"), "{html}");
    assert!(html.contains("¿Es la primera vez?"), "the other texts stay");
}

#[test]
fn a_template_of_the_operator_takes_the_place_of_ours() {
    let source = "{% extends layout %}{% block heading %}Mía{% endblock %}{% block main %}<p>{{ brand.name }}</p>{% endblock %}";
    let views = views(&[("templates/welcome.html", source)]).unwrap();
    let html = views.page(&WelcomePage).unwrap();
    assert!(html.contains("<h1>Mía</h1>") && html.contains("<p>Seguros del Zaguán</p>"), "{html}");
}

#[test]
fn a_letter_of_the_operator_takes_the_place_of_ours() {
    let source = "{{ key }} {{ link }} {{ expires }}";
    assert!(views(&[("templates/letter/registration_key.txt", source)]).is_ok());
}

#[test]
fn an_empty_folder_changes_nothing() {
    assert!(views(&[]).is_ok());
}

/// The sentence that the operator reads.
fn fault(files: &[(&str, &str)]) -> String {
    views(files).unwrap_err().to_string()
}

#[test]
fn a_file_that_takes_no_place_is_named() {
    let said = fault(&[("templates/wellcome.html", "")]);
    assert!(said.contains("wellcome.html takes the place of no file of ours"), "{said}");
    let said = fault(&[("words/notes.txt", "")]);
    assert!(said.contains("notes.txt"), "{said}");
}

#[test]
fn a_text_that_takes_no_place_is_named() {
    let said = fault(&[("words/mine.ftl", "wellcome-heading = Hola\n")]);
    assert!(said.contains("mine.ftl") && said.contains("`wellcome-heading`"), "{said}");
}

#[test]
fn words_that_are_not_fluent_are_refused_with_their_place() {
    let said = fault(&[("words/mine.ftl", "welcome-heading = { $brand\n")]);
    assert!(said.contains("mine.ftl: not valid Fluent near byte"), "{said}");
}

#[test]
fn a_text_that_wants_what_it_is_not_given_is_found_at_start() {
    let said = fault(&[("words/mine.ftl", "welcome-lead = { $holder }\n")]);
    assert!(said.contains("welcome-lead") && said.contains("$holder"), "{said}");
}

#[test]
fn a_template_with_a_mistake_is_found_at_start() {
    let said = fault(&[("templates/welcome.html", "{% block")]);
    assert!(said.contains("welcome.html"), "{said}");
    let said = fault(&[("templates/welcome.html", "{{ nobody_gives_this }}")]);
    assert!(said.contains("welcome.html") && said.contains("undefined"), "{said}");
    let said = fault(&[("templates/welcome.html", "{{ t('no-such-text') }}")]);
    assert!(said.contains("no-such-text"), "{said}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let overrides = Some("/nowhere/at/all".into());
    let said = Views::new(Settings { overrides, ..settings(Locale::EsAr) }).unwrap_err().to_string();
    assert!(said.contains("/nowhere/at/all cannot be read; check views.overrides"), "{said}");
}

#[test]
fn a_colour_that_is_too_pale_is_refused_with_one_that_is_not() {
    let with = |color: &str| Settings {
        brand: Brand { color: color.to_owned(), ..Brand::named("X") },
        ..settings(Locale::EsAr)
    };
    let said = Views::new(with("#ffd500")).unwrap_err().to_string();
    let darker = said.rsplit("such as ").next().unwrap();
    assert!(said.contains("brand.color #ffd500 is too pale"), "{said}");
    assert!(Views::new(with(darker)).is_ok(), "{said}");
    let said = Views::new(with("red")).unwrap_err().to_string();
    assert!(said.contains("brand.color is `red`; write it as `#` and six hexadecimal digits"), "{said}");
}

#[test]
fn a_logo_is_known_by_its_bytes_and_shown_in_place_of_the_name() {
    assert_eq!(Logo::read(b"GIF89a".to_vec()).unwrap_err(), LogoRefusal::UnknownFormat);
    assert_eq!(Logo::read(vec![0; 40_000]).unwrap_err(), LogoRefusal::TooHeavy { bytes: 40_000 });
    assert_eq!(Logo::read(b"\x89PNG\r\n\x1a\nrest".to_vec()).unwrap().format, LogoFormat::Png);
    let logo = Logo::read(b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()).unwrap();
    let brand = Brand { logo: Some(logo), ..crate::portal::brand() };
    let views = Views::new(Settings { brand, ..settings(Locale::EsAr) }).unwrap();
    let asset = views.assets().iter().find(|asset| asset.path.starts_with("/logo-")).unwrap();
    assert_eq!(asset.content_type, "image/svg+xml");
    let html = views.page(&WelcomePage).unwrap();
    assert!(html.contains(&format!("<img src=\"{}\" alt=\"Seguros del Zaguán\">", asset.path)), "{html}");
}
