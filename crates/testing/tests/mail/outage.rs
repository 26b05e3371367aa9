//! Mail that is away for a day: what was asked for meanwhile leaves late or is told of kindly, and nothing is lost.

use crate::way::*;
use jiff::SignedDuration;
use zaguan::config::smtp_url::Encryption;
use zaguan_testing::received_letter::ReceivedLetter;
use zaguan_testing::scripted_mail_server::{Act, ScriptedMailServer, Stage};
use zaguan_testing::{Client, TestPortal, holder_on_file, key_in};

type Person = (&'static str, &'static str, &'static str);
const ANA: Person = PEOPLE[0];
const LUIS: Person = PEOPLE[1];
const EVA: Person = PEOPLE[2];

/// A portal and its mail server.
struct Place {
    portal: TestPortal,
    server: ScriptedMailServer,
}

impl Place {
    async fn new() -> Self {
        Self::of(TestPortal::new().await).await
    }

    async fn of(mut portal: TestPortal) -> Self {
        let server = ScriptedMailServer::start().await;
        let (port, patience) = (server.port(), std::time::Duration::from_secs(5));
        let way = Way { port, encryption: Encryption::None, login: None, ca_file: None, patience };
        portal.send_by(way.transport());
        Self { portal, server }
    }

    fn mail_goes_away(&self) {
        self.server.always(Stage::Connect, Act::Close);
        // Connections that are kept go with it.
        self.server.always(Stage::MailFrom, Act::Close);
    }

    /// From now on mail works; the letters that wait are tried again within half an hour.
    async fn mail_comes_back(&self) {
        self.server.always(Stage::Connect, Act::Ok);
        self.server.always(Stage::MailFrom, Act::Ok);
        self.portal.world().pass(SignedDuration::from_mins(30));
        self.portal.deliver().await;
    }

    /// So many hours, in which the postman tries every half hour.
    async fn hours_pass(&self, hours: u32) {
        for _ in 0..hours * 2 {
            self.portal.deliver().await;
            self.portal.world().pass(SignedDuration::from_mins(30));
        }
        self.portal.deliver().await;
    }

    /// As many hours, in which no portal runs.
    fn hours_pass_without_a_portal(&self, hours: i64) {
        self.portal.world().pass(SignedDuration::from_hours(hours));
    }

    async fn hours_pass_until_a_letter_comes_to(&self, email: &str, at_most: u32) {
        for _ in 0..at_most * 2 {
            self.portal.deliver().await;
            if !self.letters_to(email).is_empty() {
                return;
            }
            self.portal.world().pass(SignedDuration::from_mins(30));
        }
    }

    /// The letters that an address got.
    fn letters_to(&self, email: &str) -> Vec<ReceivedLetter> {
        let accepted = self.server.accepted().into_iter();
        accepted.filter(|message| message.recipients == [email]).map(|message| message.letter()).collect()
    }

    /// The only letter that an address got.
    fn letter_to(&self, email: &str) -> String {
        let letters = self.letters_to(email);
        assert_eq!(letters.len(), 1, "{email}: {letters:#?}");
        letters[0].text.clone().unwrap()
    }

    /// Sets a password with the key of the only letter that an address got.
    async fn set_password(&self, client: &mut Client, email: &str) {
        let key = key_in(&self.letter_to(email)).unwrap();
        let page = client.post("/registro/clave", &[("clave_transitoria", key)]).await;
        assert_eq!(page.status.as_u16(), 303, "{}", page.words());
        let page = client.post("/clave-definitiva", &[("clave", "tres mates amargos".to_owned())]).await;
        assert_eq!(page.status.as_u16(), 303, "{}", page.words());
    }
}

#[tokio::test]
async fn after_a_day_without_mail_the_stale_are_told_and_the_fresh_get_keys_that_live_from_now() {
    let place = Place::new().await;
    place.mail_goes_away();
    let mut ana = register(&place.portal, ANA).await;
    place.hours_pass(1).await;
    assert!(status(&mut ana).await.says("sale con demora"));
    place.hours_pass(22).await;
    let mut luis = register(&place.portal, LUIS).await;
    place.hours_pass(3).await;
    let page = status(&mut ana).await;
    assert!(page.says("no pudo salir a tiempo") && page.says("pídala de nuevo"), "{}", page.words());
    assert!(status(&mut luis).await.says("sale con demora"));

    place.mail_comes_back().await;
    let notice = place.letter_to(ANA.2);
    assert!(notice.contains("Ayer pidió una clave transitoria"), "{notice}");
    assert!(notice.contains("pídala de nuevo:") && notice.contains("/registro\n"), "{notice}");
    assert_eq!(key_in(&notice), None, "{notice}");
    assert!(!notice.contains("/enlace/"), "{notice}");
    let page = status(&mut ana).await;
    assert!(page.says("no pudo salir a tiempo"), "the letter that left has no key: {}", page.words());
    place.set_password(&mut luis, LUIS.2).await;
}

#[tokio::test]
async fn who_asks_again_after_the_outage_gets_a_key_and_nothing_about_yesterday() {
    let place = Place::new().await;
    place.mail_goes_away();
    let mut ana = register(&place.portal, ANA).await;
    place.hours_pass(25).await;
    let page = ana.post("/registro/reenviar", &[("", "")]).await;
    assert_eq!(page.status.as_u16(), 303, "{}", page.words());
    place.portal.deliver().await;
    assert!(!status(&mut ana).await.says("no pudo salir a tiempo"), "that was the key before");
    place.mail_comes_back().await;
    place.set_password(&mut ana, ANA.2).await;
}

#[tokio::test]
async fn who_asked_several_times_is_told_once() {
    let place = Place::new().await;
    place.mail_goes_away();
    let mut eva = register(&place.portal, EVA).await;
    for _ in 0..2 {
        place.hours_pass(2).await;
        eva.post("/registro/reenviar", &[("", "")]).await;
    }
    place.hours_pass(26).await;
    place.mail_comes_back().await;
    assert!(place.letter_to(EVA.2).contains("pídala de nuevo"));
}

#[tokio::test]
async fn the_page_of_who_is_registered_already_says_the_same_as_anybodys() {
    let place = Place::new().await;
    let mut ana = register(&place.portal, ANA).await;
    place.portal.deliver().await;
    place.set_password(&mut ana, ANA.2).await;
    place.mail_goes_away();
    let mut again = register(&place.portal, ANA).await;
    let mut luis = register(&place.portal, LUIS).await;
    for hours in [1, 22, 3] {
        place.hours_pass(hours).await;
        assert_eq!(status(&mut again).await.words(), status(&mut luis).await.words());
    }
    place.mail_comes_back().await;
    let said = status(&mut again).await;
    assert!(said.says("no pudo salir a tiempo"), "{}", said.words());
    assert_eq!(said.words(), status(&mut luis).await.words());
    let letters = place.letters_to(ANA.2);
    let told = |letter: &ReceivedLetter| letter.text.as_ref().unwrap().contains("Usted ya tiene usuario");
    assert_eq!(letters.iter().filter(|letter| told(letter)).count(), 1, "{letters:#?}");
}

#[tokio::test]
async fn another_address_that_could_not_be_confirmed_for_a_day_is_told_so() {
    let place = Place::new().await;
    let mut ana = register(&place.portal, ANA).await;
    place.portal.deliver().await;
    place.set_password(&mut ana, ANA.2).await;
    ana.post("/ingreso", &[("usuario", ANA.0), ("clave", "tres mates amargos")]).await;
    place.mail_goes_away();
    let page = ana
        .post("/cuenta/email", &[("email", "otra@ejemplo.com.ar"), ("clave_actual", "tres mates amargos")])
        .await;
    assert_eq!(page.status.as_u16(), 303, "{}", page.words());
    place.hours_pass(26).await;
    place.mail_comes_back().await;
    let notice = place.letter_to("otra@ejemplo.com.ar");
    assert!(notice.contains("pídala de nuevo") && notice.contains("/cuenta/email\n"), "{notice}");
    assert_eq!(key_in(&notice), None, "{notice}");
}

#[tokio::test]
async fn a_recovery_that_is_stale_is_told_where_to_begin_again() {
    let place = Place::new().await;
    let mut ana = register(&place.portal, ANA).await;
    place.portal.deliver().await;
    place.set_password(&mut ana, ANA.2).await;
    place.mail_goes_away();
    let page = place.portal.client().post("/recuperar", &[("usuario", ANA.0)]).await;
    assert_eq!(page.status.as_u16(), 303, "{}", page.words());
    place.hours_pass(26).await;
    place.mail_comes_back().await;
    let letters = place.letters_to(ANA.2);
    let late: Vec<_> = letters.iter().filter_map(|letter| letter.text.as_deref()).skip(1).collect();
    assert_eq!(late.iter().filter(|text| text.contains("/recuperar\n") && text.contains("Ayer")).count(), 1);
    assert!(late.iter().all(|text| key_in(text).is_none()), "{late:#?}");
    assert!(late.iter().any(|text| text.contains("Se eligió una clave definitiva")), "{late:#?}");
}

const ROSA: Person = ("27111222", "27111222", "rosa.nueva@gmail.com");
const ROSAS_EMAIL: &str = "rosa@correo.example";

#[tokio::test]
async fn who_is_to_be_asked_first_has_half_a_day_to_answer_however_long_mail_was_away() {
    for away in [13, 26, 47] {
        for runs in [true, false] {
            let place =
                Place::of(TestPortal::with_book(vec![holder_on_file(27_111_222, ROSAS_EMAIL)]).await).await;
            place.mail_goes_away();
            let mut rosa = register(&place.portal, ROSA).await;
            if runs {
                place.hours_pass(away).await;
            } else {
                place.hours_pass_without_a_portal(away.into());
            }
            place.mail_comes_back().await;
            let notice = place.letter_to(ROSAS_EMAIL);
            assert!(notice.contains("/si-fui-yo/"), "{away} {runs}: {notice}");
            place.hours_pass(11).await;
            assert_eq!(place.letters_to(ROSA.2).len(), 0, "{away} {runs}");
            let page = rosa.get("/registro/clave").await;
            // A page that said a time while no portal ran is not told of the later one.
            assert!(!runs || page.says("Su clave sale"), "{}", page.words());
            place.hours_pass_until_a_letter_comes_to(ROSA.2, 14).await;
            place.set_password(&mut rosa, ROSA.2).await;
        }
    }
}

#[tokio::test]
async fn an_address_on_file_that_takes_no_letters_shuts_nobody_out() {
    let place = Place::of(TestPortal::with_book(vec![holder_on_file(27_111_222, ROSAS_EMAIL)]).await).await;
    place.server.always_for(ROSAS_EMAIL, Stage::RcptTo, Act::reply(452, "4.2.2 mailbox full"));
    let mut rosa = register(&place.portal, ROSA).await;
    place.hours_pass_until_a_letter_comes_to(ROSA.2, 73).await;
    place.set_password(&mut rosa, ROSA.2).await;
}
