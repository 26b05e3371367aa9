//! Signing in with the old password while another one is set or changed: no session opened with the old one stays.

use crate::two_processes::{CALLERS, TwoProcesses, document, leads_to, password};
use jiff::SignedDuration;
use zaguan_testing::Client;

const ROUNDS: usize = 200;

/// A form by which another password is put in place.
#[derive(Clone, Copy)]
struct Form {
    path: &'static str,
    asks_for_the_old_one: bool,
    leads_to: &'static str,
}

/// One person's password becomes another one.
struct Race {
    round: usize,
    person: usize,
    old: String,
    new: String,
    form: Form,
}

impl Race {
    /// One caller puts the new password in place while all others sign in with the old one: how many of them got in.
    /// None of their sessions may live once the new password was answered.
    async fn run(&self, portal: &TwoProcesses, setter: &Client) -> usize {
        let signed_in = portal
            .all_at_once(|caller| {
                let mut browser = portal.client(caller + CALLERS * self.round);
                let setter = (caller == CALLERS / 2).then(|| portal.client_like(setter, caller));
                let typed = [("usuario", document(self.person)), ("clave", self.old.clone())];
                let mut fields = vec![("clave", self.new.clone())];
                if self.form.asks_for_the_old_one {
                    fields.push(("clave_actual", self.old.clone()));
                }
                let form = self.form;
                async move {
                    if let Some(mut setter) = setter {
                        let mut page = setter.post(form.path, &fields).await;
                        // More sign in meanwhile than a user may have sessions, and the setter's may end by that.
                        for _ in 0..CALLERS {
                            if !form.asks_for_the_old_one || leads_to(&page) != Some("/ingreso") {
                                break;
                            }
                            setter.post("/ingreso", &typed).await;
                            page = setter.post(form.path, &fields).await;
                        }
                        assert_eq!(leads_to(&page), Some(form.leads_to), "{}", page.words());
                        return None;
                    }
                    let page = browser.post("/ingreso", &typed).await;
                    (leads_to(&page) == Some("/inicio")).then_some(browser)
                }
            })
            .await;
        let mut opened = 0;
        for mut browser in signed_in.into_iter().flatten() {
            opened += 1;
            let page = browser.get("/inicio").await;
            assert_eq!(page.path, "/ingreso", "round {}: a session with the old password lives", self.round);
        }
        opened
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_with_the_old_password_lives_once_another_one_is_set() {
    const PEOPLE: usize = 8;
    let portal = TwoProcesses::with_people(PEOPLE).await;
    let mut passwords = Vec::new();
    for person in 0..PEOPLE {
        portal.registered(person, &password(0)).await;
        passwords.push(password(0));
    }
    let form = Form { path: "/clave-definitiva", asks_for_the_old_one: false, leads_to: "/ingreso" };
    let mut opened = 0;
    for round in 0..ROUNDS {
        // Until it is the same person's turn again, their mailbox has room: all who got in caused a notice.
        portal.portal().world().pass(SignedDuration::from_hours(7));
        let person = round % PEOPLE;
        let with_key = portal.come_to_set_a_password(person, "/recuperar").await;
        let race = Race { round, person, old: passwords[person].clone(), new: password(round + 1), form };
        opened += race.run(&portal, &with_key).await;
        passwords[person] = race.new;
        portal.portal().deliver().await;
    }
    assert!(opened > 0, "nobody was ever faster than the new password, so nothing raced");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_with_the_old_password_lives_once_it_is_changed() {
    let portal = TwoProcesses::with_people(1).await;
    let mut ana = portal.registered(0, &password(0)).await;
    let form = Form { path: "/cuenta/clave", asks_for_the_old_one: true, leads_to: "/cuenta" };
    let mut opened = 0;
    for round in 0..ROUNDS {
        let page = ana.post("/ingreso", &[("usuario", document(0)), ("clave", password(round))]).await;
        assert_eq!(leads_to(&page), Some("/inicio"), "round {round}: {}", page.words());
        let race = Race { round, person: 0, old: password(round), new: password(round + 1), form };
        opened += race.run(&portal, &ana).await;
    }
    assert!(opened > 0, "nobody was ever faster than the new password, so nothing raced");
}
