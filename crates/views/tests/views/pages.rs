//! Every page with every sample in every locale is whole: well formed, labelled, light, and without a script but ours.

use crate::portal::{settings, views};
use flate2::Compression;
use flate2::write::GzEncoder;
use scraper::{ElementRef, Html, Selector};
use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::line::LineOfBusiness;
use zaguan_views::{
    CrowdPage, EnterKeyPage, ErrorKind, ErrorPage, GuidePage, HomePage, Locale, Page, RecoverPage,
    RegisterPage, RegisterTrouble, Sample, Settings, SignInPage, Typed, Views, WelcomePage,
};

/// Every page, not the letters, in every locale, as a demo and with nothing known about the insurer.
fn every_page() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for locale in Locale::ALL {
        let bare = Settings { brand: zaguan_views::Brand::named("Seguros"), demo: true, ..settings(locale) };
        for views in [views(locale), Views::new(bare).unwrap()] {
            for Sample { name, html, letter, .. } in views.samples().unwrap() {
                if letter.is_none() {
                    pages.push((format!("{} {name}", locale.name()), html));
                }
            }
        }
    }
    pages
}

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_page_is_well_formed() {
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        assert_eq!(html.errors, Vec::<String>::new(), "{name}");
        let unclosed =
            ["div", "p", "ul", "ol", "li", "form", "section", "details", "button", "a", "h1", "h2", "dl"];
        for tag in unclosed {
            let opened =
                source.matches(&format!("<{tag} ")).count() + source.matches(&format!("<{tag}>")).count();
            assert_eq!(opened, source.matches(&format!("</{tag}>")).count(), "{name}: <{tag}>");
        }
    }
}

#[test]
fn every_page_has_one_main_heading_a_title_and_its_language() {
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        assert_eq!(select(&html, "h1").len(), 1, "{name}");
        assert_eq!(select(&html, "main").len(), 1, "{name}");
        assert!(!text(select(&html, "h1")[0]).is_empty(), "{name}");
        assert!(!text(select(&html, "title")[0]).contains("  "), "{name}");
        let lang = if name.starts_with("en ") { "en" } else { "es-AR" };
        assert_eq!(select(&html, "html")[0].attr("lang"), Some(lang), "{name}");
    }
}

#[test]
fn every_field_has_a_label_and_its_hint_and_error_are_tied_to_it() {
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        let ids: Vec<&str> = select(&html, "[id]").iter().filter_map(|element| element.attr("id")).collect();
        let unique: HashSet<&&str> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{name}: {ids:?}");
        for field in
            select(&html, ":is(input:not([type=hidden]):not([aria-hidden]),select,textarea):not(fieldset *)")
        {
            let id = field.attr("id").unwrap_or_else(|| panic!("{name}: a field without id"));
            assert_eq!(select(&html, &format!("label[for='{id}']")).len(), 1, "{name}: {id}");
            assert!(field.attr("autocomplete").is_some() || field.value().name() == "select", "{name}: {id}");
        }
        for described in select(&html, "[aria-describedby]") {
            for id in described.attr("aria-describedby").unwrap().split_whitespace() {
                assert!(ids.contains(&id), "{name}: {id}");
            }
        }
        for wrong in select(&html, "[aria-invalid]") {
            let described = wrong.attr("aria-describedby").unwrap_or_default();
            assert!(described.ends_with("-error"), "{name}: {described}");
        }
    }
}

#[test]
fn every_link_within_a_page_leads_to_a_place_in_it() {
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        for link in select(&html, "a[href^='#']") {
            let target = link.attr("href").unwrap().trim_start_matches('#');
            assert_eq!(select(&html, &format!("[id='{target}']")).len(), 1, "{name}: #{target}");
        }
    }
}

#[test]
fn no_page_has_a_script_within_it_a_style_of_its_own_or_anything_from_elsewhere() {
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        assert!(select(&html, "script:not([src]),style,[style],object,embed,base,font").is_empty(), "{name}");
        for element in select(&html, "*") {
            for (attribute, value) in element.value().attrs() {
                assert!(!attribute.starts_with("on"), "{name}: {attribute}");
                if ["src", "action", "formaction", "srcset", "poster", "data"].contains(&attribute) {
                    assert!(value.starts_with('/') && !value.starts_with("//"), "{name}: {value}");
                }
                assert!(
                    !value.trim_start().to_ascii_lowercase().starts_with("javascript:"),
                    "{name}: {value}"
                );
            }
        }
        for link in select(&html, "link[href]") {
            assert!(link.attr("href").unwrap().starts_with('/'), "{name}");
        }
    }
}

fn script(views: &Views) -> String {
    let asset = views.assets().iter().find(|asset| asset.path.starts_with("/clave-")).unwrap();
    String::from_utf8(asset.bytes.to_vec()).unwrap()
}

#[test]
fn the_script_is_on_the_pages_that_say_so_and_on_no_other() {
    let views = views(Locale::EsAr);
    let path = &views.assets().iter().find(|asset| asset.path.starts_with("/clave-")).unwrap().path;
    let mut with_script = 0;
    for sample in views.samples().unwrap() {
        let html = Html::parse_document(&sample.html);
        let scripts = select(&html, "script");
        assert_eq!(scripts.len(), usize::from(sample.has_script), "{}", sample.name);
        for script in scripts {
            assert_eq!(script.attr("src"), Some(path.as_str()), "{}", sample.name);
            assert!(script.attr("defer").is_some() && script.inner_html().is_empty(), "{}", sample.name);
            with_script += 1;
        }
    }
    assert!(with_script > 5, "{with_script}");
}

#[test]
fn the_script_weighs_less_than_two_kilobytes_and_writes_no_html() {
    let script = script(&views(Locale::EsAr));
    assert!(script.len() < 2_000, "{}", script.len());
    for forbidden in
        ["innerHTML", "outerHTML", "insertAdjacent", "eval", "fetch", "XMLHttp", "Storage", "cookie"]
    {
        assert!(!script.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn what_needs_the_script_is_hidden_until_the_script_shows_it() {
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        for part in select(&html, ".strength") {
            assert!(part.attr("hidden").is_some(), "{name}");
            let said = select(&html, ".strength [aria-live=polite]");
            assert_eq!((said.len(), text(said[0])), (1, String::new()), "{name}");
        }
    }
}

#[test]
fn every_form_works_without_a_script_and_says_its_own_words() {
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        for form in select(&html, "form") {
            assert_eq!(form.attr("method"), Some("post"), "{name}");
            assert!(form.attr("action").is_some(), "{name}");
            let has_field = form
                .select(&Selector::parse("input:not([type=hidden]),select,textarea").unwrap())
                .next()
                .is_some();
            assert_eq!(has_field, form.attr("novalidate").is_some(), "{name}: our words, not the browser's");
            let button = form.select(&Selector::parse("button").unwrap()).next();
            assert!(button.is_some(), "{name}: a form without a button");
        }
    }
}

#[test]
fn the_page_of_a_crowd_says_that_the_browser_tries_again_and_has_nothing_to_lose() {
    for (locale, heading, again) in [
        (
            Locale::EsAr,
            "Hay muchas personas ingresando",
            "Su navegador volverá a intentar solo en 20 segundos.",
        ),
        (
            Locale::EsArVos,
            "Hay muchas personas ingresando",
            "Tu navegador volverá a intentar solo en 20 segundos.",
        ),
        (Locale::En, "Many people are signing in", "Your browser will try again by itself in 20 seconds."),
    ] {
        let page = CrowdPage { document: Document::Person(12_345_678), retry_after: 20 };
        let html = Html::parse_document(&views(locale).page(&page).unwrap());
        let main = text(select(&html, "main")[0]);
        for words in [heading, again, "12.345.678"] {
            assert!(main.contains(words), "{words}: {main}");
        }
        assert!(select(&html, "form, meta[http-equiv]").is_empty(), "what is typed would be lost");
    }
}

#[test]
fn a_refused_page_says_error_first_in_its_title_and_no_other_page_does() {
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        let title = text(select(&html, "title")[0]);
        let is_refused = !select(&html, ".problems").is_empty();
        assert_eq!(title.starts_with("Error: "), is_refused, "{name}: {title}");
        if is_refused {
            let alert = select(&html, "[role=alert]")[0];
            assert!(alert.attr("autofocus").is_some() && alert.attr("tabindex") == Some("-1"), "{name}");
        }
    }
}

#[test]
fn every_error_in_the_summary_stands_beside_its_field_too() {
    let mut seen = 0;
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        for link in select(&html, ".wrong a") {
            let id = link.attr("href").unwrap().trim_start_matches('#');
            let beside = select(&html, &format!("[id='{id}-error']"));
            assert_eq!(beside.len(), 1, "{name}: {id}");
            assert_eq!(text(link), text(beside[0]), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn a_page_with_all_that_it_loads_weighs_ten_kilobytes_at_most_as_it_travels() {
    for locale in Locale::ALL {
        let views = views(locale);
        for sample in views.samples().unwrap() {
            let loaded = views.assets().iter().filter(|asset| sample.html.contains(&asset.path));
            let all = compressed(sample.html.as_bytes())
                + loaded.map(|asset| compressed(&asset.bytes)).sum::<usize>();
            assert!(all <= 10 * 1024, "{} {}: {all}", locale.name(), sample.name);
        }
    }
}

/// How many bytes these are as the portal sends them.
fn compressed(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn what_was_typed_comes_back_but_never_a_password() {
    let views = views(Locale::EsAr);
    let page = RegisterPage {
        documento: Typed { value: "1234567B".to_owned(), refusal: Some(DocumentRefusal::NotADocument) },
        ramo: Typed { value: "no-se".to_owned(), refusal: None },
        poliza: Typed { value: "59/137418".to_owned(), refusal: None },
        email: Typed { value: "ana@example.com".to_owned(), refusal: None },
        lines: Vec::new(),
        read_document: None,
        trouble: None,
    };
    let html = Html::parse_document(&views.page(&page).unwrap());
    let value = |name: &str| select(&html, &format!("[name={name}]"))[0].attr("value").map(str::to_owned);
    assert_eq!(value("documento").as_deref(), Some("1234567B"));
    assert_eq!(value("poliza").as_deref(), Some("59/137418"));
    assert_eq!(value("email").as_deref(), Some("ana@example.com"));
    assert_eq!(select(&html, "option[selected]")[0].attr("value"), Some("no-se"));
    for (name, source) in every_page() {
        let html = Html::parse_document(&source);
        for secret in select(&html, "[type=password],[name=clave_transitoria]") {
            assert_eq!(secret.attr("value"), None, "{name}");
        }
    }
}

#[test]
fn the_enter_key_never_takes_a_suggested_address_for_the_person() {
    let pages = RegisterPage::samples()
        .into_iter()
        .filter(|page| matches!(page.trouble, Some(RegisterTrouble::DidYouMean { .. })));
    for page in pages {
        let source = views(Locale::EsAr).page(&page).unwrap();
        let html = Html::parse_document(&source);
        let form = select(&html, "form")[0];
        let first = form.select(&Selector::parse("button,[type=submit]").unwrap()).next().unwrap();
        assert_eq!(first.attr("name"), None);
        assert_eq!(select(&html, "[name=email_sugerido]")[0].attr("value"), Some("ana@gmail.com"));
        assert_eq!(select(&html, "[name=email_confirmado]")[0].attr("value"), Some("ana@gmial.com"));
    }
}

#[test]
fn a_wrong_number_says_what_to_do_and_whom_to_call_but_not_which_datum_is_wrong() {
    for page in RegisterPage::samples() {
        let Some(RegisterTrouble::NoPolicy { .. }) = page.trouble else { continue };
        let html = Html::parse_document(&views(Locale::EsAr).page(&page).unwrap());
        let said = text(select(&html, ".problems")[0]);
        for part in ["No hay una póliza con esos datos", "dos días", "otra persona", "0800-555-0199"] {
            assert!(said.contains(part), "{said}");
        }
        assert!(select(&html, "[aria-invalid]").is_empty());
    }
}

#[test]
fn recovery_begins_with_the_green_notice_for_everybody_who_asked() {
    let begun = EnterKeyPage::samples().into_iter().find(|page| {
        page.purpose == zaguan_domain::flow::Purpose::Recover && page.flow.is_some() && page.trouble.is_none()
    });
    let source = views(Locale::EsAr).page(&begun.unwrap()).unwrap();
    let html = Html::parse_document(&source);
    let main: Vec<String> = select(&html, "main > *").into_iter().map(text).collect();
    assert!(main[0].starts_with("El mensaje va en camino."), "{main:?}");
    assert_eq!(select(&html, "main > :first-child")[0].attr("class"), Some("notice"));
}

#[test]
fn the_guide_draws_the_real_pages_and_nothing_in_it_can_be_pressed() {
    let source = views(Locale::EsAr).page(&GuidePage::samples()[0]).unwrap();
    let html = Html::parse_document(&source);
    assert_eq!(select(&html, ".steps > li").len(), 7);
    for picture in select(&html, "figure > div") {
        assert_eq!((picture.attr("aria-hidden"), picture.attr("inert")), (Some("true"), Some("")));
    }
    let controls = "input:not([type=hidden]),select,button";
    let all = select(&html, controls).len();
    assert_eq!(select(&html, &format!("fieldset[disabled] :is({controls})")).len(), all);
    for caption in select(&html, "figcaption") {
        assert!(text(caption).len() > 20);
    }
    let register = Html::parse_document(&views(Locale::EsAr).page(&RegisterPage::samples()[0]).unwrap());
    let labels = |html: &Html, within: &str| -> Vec<String> {
        select(html, &format!("{within} label")).into_iter().map(text).collect()
    };
    assert_eq!(labels(&html, "#paso-2"), labels(&register, "main"), "the picture has the form's own labels");
    assert!(!source.to_lowercase().contains("haga clic"));
}

#[test]
fn the_guide_begins_with_the_way_past_it() {
    let html = Html::parse_document(&views(Locale::EsAr).page(&GuidePage::samples()[0]).unwrap());
    let first = select(&html, "main > h1 + p a")[0];
    assert_eq!(first.attr("href"), Some("/ingreso"));
}

#[test]
fn policies_say_their_state_in_words_and_their_dates_as_people_do() {
    let views = views(Locale::EsAr);
    let said: Vec<String> = HomePage::samples()
        .iter()
        .map(|page| text(Html::parse_document(&views.page(page).unwrap()).root_element()))
        .collect();
    assert!(said[0].contains("Del 15 de marzo de 2026 al 15 de marzo de 2027"), "{}", said[0]);
    for state in ["Vigente", "Vencida", "Anulada", "Auto, camioneta o camión", "Automotores", "59/137418"] {
        assert!(said[0].contains(state), "{state}");
    }
    assert!(said[1].contains("Hoy no figuran pólizas"), "{}", said[1]);
}

#[test]
fn a_fault_tells_its_number_and_nothing_else() {
    let kind = ErrorKind::Fault { incident: "7KQM-2F9X".to_owned() };
    let source = views(Locale::EsAr).page(&ErrorPage { kind }).unwrap();
    assert!(source.contains("7KQM-2F9X") && source.contains("No es culpa suya"));
}

#[test]
fn only_the_demo_shows_the_way_to_its_mailbox() {
    let demo = Views::new(Settings { demo: true, ..settings(Locale::EsAr) }).unwrap();
    assert!(demo.page(&WelcomePage).unwrap().contains("href=\"/buzon\""));
    assert!(!views(Locale::EsAr).page(&WelcomePage).unwrap().contains("buzon"));
}

#[test]
fn the_footer_holds_what_the_law_wants() {
    let html = Html::parse_document(&views(Locale::EsAr).page(&SignInPage::default()).unwrap());
    let footer = text(select(&html, "footer")[0]);
    for part in
        ["Ley N.º 25.326", "0999", "0800-666-8400", "www.ssn.gob.ar", "Servicio de Atención al Asegurado"]
    {
        assert!(footer.contains(part), "{part}: {footer}");
    }
}

#[test]
fn pages_that_say_so_are_the_same_for_everybody() {
    let mut written: HashMap<(String, u64), String> = HashMap::new();
    for Sample { name, html, same_for_all, .. } in views(Locale::EsAr).samples().unwrap() {
        let template = name.rsplit_once('-').map_or("", |(template, _)| template).to_owned();
        let Some(which) = same_for_all else { continue };
        let before = written.entry((template, which)).or_insert_with(|| html.clone());
        assert_eq!(*before, html, "{name} is kept under the name of another page");
    }
    let kept = |template: &str| written.keys().filter(|(name, _)| name == template).count();
    assert_eq!([kept("welcome"), kept("sign_in"), kept("error"), kept("home")], [1, 6, 8, 0]);
}

#[test]
fn a_page_with_anything_typed_is_of_one_person() {
    fn typed<R>(value: &str) -> Typed<R> {
        Typed { value: value.to_owned(), refusal: None }
    }
    let sign_in = SignInPage { usuario: typed("1"), ..SignInPage::default() };
    let recover = RecoverPage { usuario: typed("1"), ..RecoverPage::default() };
    assert_eq!((sign_in.same_for_all(), recover.same_for_all()), (None, None));
    let empty = RegisterPage::default;
    for register in [
        RegisterPage { documento: typed("1"), ..empty() },
        RegisterPage { ramo: typed("1"), ..empty() },
        RegisterPage { poliza: typed("1"), ..empty() },
        RegisterPage { email: typed("1"), ..empty() },
        RegisterPage { trouble: Some(RegisterTrouble::LapsedTooLongAgo), ..empty() },
    ] {
        assert_eq!(register.same_for_all(), None, "{register:?}");
    }
    let fault = ErrorPage { kind: ErrorKind::Fault { incident: "7KQM-2F9X".to_owned() } };
    assert_eq!(fault.same_for_all(), None);
}

#[test]
fn the_form_of_registration_is_another_page_for_other_books() {
    let page = |lines: &[LineOfBusiness]| RegisterPage { lines: lines.to_vec(), ..RegisterPage::default() };
    let books: [&[LineOfBusiness]; 5] = [
        &[],
        &[LineOfBusiness::Motor],
        &[LineOfBusiness::Glass],
        &[LineOfBusiness::Motor, LineOfBusiness::Glass],
        LineOfBusiness::ALL,
    ];
    let numbers: HashSet<Option<u64>> = books.iter().map(|lines| page(lines).same_for_all()).collect();
    assert!(numbers.len() == books.len() && !numbers.contains(&None));
    assert_eq!(
        page(&[LineOfBusiness::Glass, LineOfBusiness::Motor]).same_for_all(),
        None,
        "unlike any other"
    );
}
