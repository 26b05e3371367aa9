//! Whatever people, mail servers, books or operators write, it appears as text and never becomes markup.

use crate::portal::{settings, views};
use scraper::{Html, Selector};
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::email::EmailRefusal;
use zaguan_domain::flow::Purpose;
use zaguan_domain::key::KeyRefusal;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{PolicyRefusal, PolicyState};
use zaguan_views::{
    Brand, EnterKeyPage, ErrorKind, ErrorPage, HomePage, KeyTrouble, LetterContext, LetterStatus,
    LetterStatusPage, LinkPage, LinkState, Locale, MailboxPage, Page, RecoverPage, RegisterPage, Settings,
    ShownLetter, ShownPolicy, SignInPage, Typed, Views,
};

/// Breaks out of an attribute in either quotes, opens an element, and has an entity to be decoded twice.
const PROBE: &str = r#"'"><script src=x onload=y>&lt;&amp;</script><b title="#;

fn typed<R>() -> Typed<R> {
    Typed { value: PROBE.to_owned(), refusal: None }
}

/// Checks that the probe appears `times` as text or as the value of an attribute, and that it made no element.
fn check(html: &str, times: usize) {
    let parsed = Html::parse_document(html);
    let select = |selector| parsed.select(&Selector::parse(selector).unwrap()).count();
    assert_eq!(select("script") + select("[onload]") + select("b"), 0, "{html}");
    let in_text: usize = parsed.root_element().text().map(|text| text.matches(PROBE).count()).sum();
    let all = Selector::parse("*").unwrap();
    let attributes = parsed.select(&all).flat_map(|element| element.value().attrs().map(|(_, value)| value));
    let in_attributes: usize = attributes.map(|value| value.matches(PROBE).count()).sum();
    assert_eq!(in_text + in_attributes, times, "{in_text} in text, {in_attributes} in attributes: {html}");
}

fn check_page<P: Page>(page: &P, times: usize) {
    for locale in Locale::ALL {
        check(&views(locale).page(page).unwrap(), times);
    }
}

#[test]
fn what_was_typed_into_the_registration_is_text() {
    let page = RegisterPage {
        documento: typed(),
        poliza: typed(),
        email: typed(),
        ramo: typed(),
        ..RegisterPage::default()
    };
    check_page(&page, 3);
}

#[test]
fn what_was_typed_as_a_user_name_or_an_address_is_text() {
    check_page(&SignInPage { usuario: typed(), ..SignInPage::default() }, 1);
    check_page(&RecoverPage { usuario: typed(), too_many: None }, 1);
    for page in EnterKeyPage::samples() {
        let page = EnterKeyPage {
            documento: typed(),
            email: typed(),
            trouble: None,
            email_suggestion: None,
            ..page
        };
        let shows_email = page.purpose == Purpose::Register && page.flow.is_some();
        check_page(&page, usize::from(shows_email) + usize::from(page.flow.is_none()));
    }
}

#[test]
fn a_character_that_is_refused_is_quoted_as_text() {
    let views = views(Locale::EsAr);
    for character in ['<', '>', '"', '\'', '&'] {
        let email = Typed { refusal: Some(EmailRefusal::BadCharacter { character }), ..bare_typed() };
        let poliza = Typed { refusal: Some(PolicyRefusal::BadCharacter { character }), ..bare_typed() };
        let documento = Typed { refusal: Some(DocumentRefusal::NotADocument), ..bare_typed() };
        let html = views.page(&RegisterPage { documento, poliza, email, ..RegisterPage::default() }).unwrap();
        let begun = EnterKeyPage::samples().into_iter().next().unwrap();
        let trouble = Some(KeyTrouble::NotAKey(KeyRefusal::BadCharacter { character }));
        let key = views.page(&EnterKeyPage { trouble, ..begun }).unwrap();
        for (html, times) in [(html, 4), (key, 2)] {
            let text: String = Html::parse_document(&html).root_element().text().collect();
            assert_eq!(text.matches(&format!("«{character}»")).count(), times, "{character}");
            assert!(!html.contains("«<»") && !html.contains("«&»"), "{html}");
        }
    }
}

fn bare_typed<R>() -> Typed<R> {
    Typed { value: String::new(), refusal: None }
}

#[test]
fn what_a_mail_server_said_is_text() {
    let page = |status| LetterStatusPage { status, ask_again_in: 0 };
    check_page(&page(LetterStatus::Refused { reply: PROBE.to_owned() }), 1);
    check_page(&page(LetterStatus::Accepted { server: PROBE.to_owned() }), 1);
}

#[test]
fn what_the_policy_book_holds_is_text() {
    let policy = ShownPolicy {
        line: LineOfBusiness::Motor,
        number: PROBE.to_owned(),
        from: None,
        to: None,
        state: PolicyState::InForce,
    };
    let page = HomePage {
        document: Document::Person(12_345_678),
        name: Some(PROBE.to_owned()),
        policies: vec![policy],
    };
    check_page(&page, 2);
}

#[test]
fn paths_numbers_of_incidents_and_letters_in_the_mailbox_are_text() {
    check_page(&LinkPage { path: PROBE.to_owned(), state: LinkState::Opens }, 1);
    check_page(&ErrorPage { kind: ErrorKind::Fault { incident: PROBE.to_owned() } }, 1);
    let probe = || PROBE.to_owned();
    let letter =
        ShownLetter { to: probe(), subject: probe(), at: jiff::Timestamp::UNIX_EPOCH, text: probe() };
    check_page(&MailboxPage { letters: vec![letter] }, 3);
}

#[test]
fn what_goes_into_a_letter_is_text_in_its_html_and_stands_as_it_is_in_its_plain_text() {
    let probe = || PROBE.to_owned();
    let at = jiff::Timestamp::UNIX_EPOCH;
    let document = Document::Person(12_345_678);
    let letters = [
        (LetterContext::RegistrationKey { document, key: probe(), link: probe(), expires_at: at }, 2),
        (LetterContext::AlreadyRegistered { document, recover_url: probe() }, 1),
        (
            LetterContext::RecoverySteps {
                document,
                key: probe(),
                link: probe(),
                enter_key_url: probe(),
                expires_at: at,
            },
            3,
        ),
        (LetterContext::KeyTooLate { document, ask_url: probe() }, 1),
        (LetterContext::PasswordChanged { document, at, recover_url: probe() }, 1),
    ];
    for (letter, times) in letters {
        let written = views(Locale::EsAr).letter(&letter, "https://portal.example/no-fui-yo/x").unwrap();
        check(&written.html, times);
        assert_eq!(written.text.matches(PROBE).count(), times, "{}", written.text);
    }
}

#[test]
fn what_the_operator_configures_is_text() {
    let probe = || Some(PROBE.to_owned());
    let brand = Brand {
        support_phone: probe(),
        support_email: probe(),
        support_hours: probe(),
        legal_name: probe(),
        legal_address: probe(),
        ssn_number: probe(),
        policyholder_service: probe(),
        ..Brand::named(PROBE)
    };
    let views =
        Views::new(Settings { brand, public_url: PROBE.to_owned(), ..settings(Locale::EsAr) }).unwrap();
    for sample in views.samples().unwrap() {
        let parsed = Html::parse_document(&sample.html);
        let count =
            parsed.select(&Selector::parse("script:not([src^='/clave-']),[onload],b").unwrap()).count();
        assert_eq!(count, 0, "{}", sample.name);
    }
}
