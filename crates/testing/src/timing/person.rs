//! The states that a document can be in, brought about the way that people get there, and what a stranger asks of it.

use super::wire::{Browser, Request};
use crate::or_fail::fail;
use crate::sample_book::row;
use jiff::civil::{Date, date};
use std::fmt;
use std::net::SocketAddr;
use zaguan_store::BookRow;

/// What the portal knows of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentState {
    /// Nothing: nobody has it.
    Unknown,
    /// Nothing, but somebody asked for its recovery.
    UnknownAskedFor,
    /// It has a policy, and never registered.
    InBook,
    /// Its policy ended too long ago.
    LapsedLongAgo,
    /// It asked for a user, and its key is on its way.
    Registering,
    /// Strangers have used up their tries at its key.
    RegisteringTriesUsedUp,
    /// Its key was typed, and no password set yet.
    RegisteringKeyShown,
    /// It has an account.
    Registered,
    /// It has an account, and is signed in.
    SignedIn,
    /// It has an account, and its recovery was asked for.
    Recovering,
    /// It has an account, whose password was recovered.
    Recovered,
    /// Two people have the number, and an account each.
    TwoAccounts,
}

/// What a stranger asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// To sign in with a wrong password.
    SignIn,
    /// To recover.
    Recover,
    /// To register, with a number of policy that is not the document's.
    RegisterWrongPolicy,
    /// To register, with the document's own policy.
    RegisterOwnPolicy,
    /// That a wrong key be taken, on the page of registration.
    RegistrationKey,
    /// That a wrong key be taken, on the page of recovery.
    RecoveryKey,
}

/// Where the letters arrive.
pub trait Mail {
    /// The key in the letter with a key that came to this address first, or second; waits until it has come.
    fn key(&self, address: &str, which: Which) -> String;
}

/// Which of the letters with a key that came to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first: of registration.
    First,
    /// The second: of recovery.
    Second,
}

/// A portal, and where its letters arrive.
pub struct Target<'a> {
    /// Where it listens.
    pub portal: SocketAddr,
    /// Where its letters arrive.
    pub mail: &'a dyn Mail,
}

impl fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("portal", &self.portal).finish_non_exhaustive()
    }
}

const LINE: &str = "automotores";
const PASSWORD: &str = "el zaguán da a la calle";
const NEW_PASSWORD: &str = "la calle da al zaguán";
const WRONG_PASSWORD: &str = "tres sillas junto a la puerta";
const WRONG_KEY: &str = "0000-0000";

impl DocumentState {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Unknown,
        Self::UnknownAskedFor,
        Self::InBook,
        Self::LapsedLongAgo,
        Self::Registering,
        Self::RegisteringTriesUsedUp,
        Self::RegisteringKeyShown,
        Self::Registered,
        Self::SignedIn,
        Self::Recovering,
        Self::Recovered,
        Self::TwoAccounts,
    ];

    /// The document of eight digits that is in this state, the first of so many.
    ///
    /// # Panics
    /// When the place is not below half a million.
    pub fn document(self, place: u32) -> String {
        let state =
            Self::ALL.iter().position(|state| *state == self).and_then(|state| u32::try_from(state).ok());
        if place >= 500_000 {
            fail("there are half a million documents in each state");
        }
        // Neighbours in the book and in the database are of different states, as they are in life.
        let place = (place * 7_919) % 1_000_000;
        (20_000_000 + place * 12 + state.unwrap_or_default()).to_string()
    }

    /// Whether the document's own policy gets it a letter.
    pub fn may_register(self) -> bool {
        !matches!(self, Self::Unknown | Self::UnknownAskedFor | Self::LapsedLongAgo)
    }
}

/// The number of a document's policy.
fn policy(document: &str) -> String {
    format!("7{document}")
}

/// The other person's, where two share a document.
fn second_policy(document: &str) -> String {
    format!("8{document}")
}

fn address(policy: &str) -> String {
    format!("p{policy}@example.com")
}

/// A policy book in which so many documents of each state stand.
pub fn policy_book(of_each: u32) -> Vec<BookRow> {
    let (from, ended, ends) = (date(2019, 1, 1), date(2020, 1, 1), date(2099, 12, 31));
    let put = |document: &str, discriminator: &str, policy: &str, to: Date| {
        row((document, discriminator), LINE, policy, "PEREZ, ANA", (from, to))
    };
    let mut book = Vec::new();
    for (place, state) in (0..of_each).flat_map(|place| DocumentState::ALL.map(|state| (place, state))) {
        let document = state.document(place);
        if state == DocumentState::LapsedLongAgo {
            book.push(put(&document, "", &policy(&document), ended));
        } else if state == DocumentState::TwoAccounts {
            book.push(put(&document, "F", &policy(&document), ends));
            book.push(put(&document, "M", &second_policy(&document), ends));
        } else if state.may_register() {
            book.push(put(&document, "", &policy(&document), ends));
        }
    }
    book
}

/// The book as an insurer exports it.
pub fn as_file(book: &[BookRow]) -> String {
    let mut file = String::from("documento;discriminador;ramo;poliza;titular;desde;hasta;estado\n");
    for BookRow { document, policy } in book {
        let [from, to] =
            [policy.from, policy.to].map(|day| day.map(|day| day.strftime("%d/%m/%Y").to_string()));
        let words = [
            document.to_stored(),
            policy.discriminator.clone(),
            policy.line.slug().to_owned(),
            policy.number.as_str().to_owned(),
            policy.holder.clone(),
            from.unwrap_or_default(),
            to.unwrap_or_default(),
            "vigente".to_owned(),
        ];
        file.push_str(&words.join(";"));
        file.push('\n');
    }
    file
}

/// Brings a document into its state: it registers, types keys, signs in and recovers as a person would.
///
/// # Panics
/// When the portal does not let it.
pub fn bring_into_state(target: &Target<'_>, state: DocumentState, document: &str) {
    match state {
        DocumentState::Unknown | DocumentState::InBook | DocumentState::LapsedLongAgo => {}
        DocumentState::UnknownAskedFor => drop(ask_for_recovery(target, document)),
        DocumentState::Registering => drop(begin(target, document, &policy(document))),
        DocumentState::RegisteringTriesUsedUp => {
            begin(target, document, &policy(document));
            for _ in 0..5 {
                let fields = [("documento", document), ("clave_transitoria", WRONG_KEY)];
                expect(Browser::new(target.portal).post("/registro/clave", &fields).status, 422, document);
            }
        }
        DocumentState::RegisteringKeyShown => {
            let (mut browser, key) = begin(target, document, &policy(document));
            show_key(&mut browser, "/registro/clave", &key, document);
        }
        DocumentState::Registered => drop(register(target, document, &policy(document), PASSWORD)),
        DocumentState::SignedIn => drop(signed_in(target, document)),
        DocumentState::Recovering => {
            register(target, document, &policy(document), PASSWORD);
            ask_for_recovery(target, document);
            target.mail.key(&address(&policy(document)), Which::Second);
        }
        DocumentState::Recovered => {
            register(target, document, &policy(document), PASSWORD);
            let mut browser = ask_for_recovery(target, document);
            let key = target.mail.key(&address(&policy(document)), Which::Second);
            show_key(&mut browser, "/recuperar/clave", &key, document);
            expect(browser.post("/clave-definitiva", &[("clave", NEW_PASSWORD)]).status, 303, document);
        }
        DocumentState::TwoAccounts => {
            register(target, document, &policy(document), PASSWORD);
            // Two who share a number may not share a password, too.
            register(target, document, &second_policy(document), NEW_PASSWORD);
        }
    }
}

/// Registers, sets a password and signs in; the browser is signed in.
///
/// # Panics
/// When the portal does not let it.
pub fn signed_in(target: &Target<'_>, document: &str) -> Browser {
    let mut browser = register(target, document, &policy(document), PASSWORD);
    let fields = [("usuario", document), ("clave", PASSWORD)];
    expect(browser.post("/ingreso", &fields).status, 303, document);
    browser
}

fn expect(status: u16, wanted: u16, document: &str) {
    if status != wanted {
        fail(format_args!("the portal answers {status} and not {wanted} to {document}"));
    }
}

fn begin(target: &Target<'_>, document: &str, policy: &str) -> (Browser, String) {
    let mut browser = Browser::new(target.portal);
    let address = address(policy);
    let fields = [("documento", document), ("ramo", LINE), ("poliza", policy), ("email", &address)];
    expect(browser.post("/registro", &fields).status, 303, document);
    let key = target.mail.key(&address, Which::First);
    (browser, key)
}

fn show_key(browser: &mut Browser, path: &'static str, key: &str, document: &str) {
    expect(browser.post(path, &[("clave_transitoria", key)]).status, 303, document);
}

fn register(target: &Target<'_>, document: &str, policy: &str, password: &str) -> Browser {
    let (mut browser, key) = begin(target, document, policy);
    show_key(&mut browser, "/registro/clave", &key, document);
    expect(browser.post("/clave-definitiva", &[("clave", password)]).status, 303, document);
    browser
}

fn ask_for_recovery(target: &Target<'_>, document: &str) -> Browser {
    let mut browser = Browser::new(target.portal);
    expect(browser.post("/recuperar", &[("usuario", document)]).status, 303, document);
    browser
}

impl Probe {
    /// All of them, those that change least first.
    pub const ALL: [Self; 6] = [
        Self::SignIn,
        Self::RegisterWrongPolicy,
        Self::RegistrationKey,
        Self::RecoveryKey,
        Self::Recover,
        Self::RegisterOwnPolicy,
    ];

    /// The request about this document, from a browser that the portal has never seen.
    pub fn request(self, document: &str) -> Request {
        let document = document.to_owned();
        let register = |policy: String| {
            let stranger = format!("s{document}@example.org");
            vec![
                ("documento", document.clone()),
                ("ramo", LINE.to_owned()),
                ("poliza", policy),
                ("email", stranger),
            ]
        };
        let key = vec![("documento", document.clone()), ("clave_transitoria", WRONG_KEY.to_owned())];
        let (path, fields) = match self {
            Self::SignIn => ("/ingreso", vec![("usuario", document), ("clave", WRONG_PASSWORD.to_owned())]),
            Self::Recover => ("/recuperar", vec![("usuario", document)]),
            Self::RegisterWrongPolicy => ("/registro", register("5000001".to_owned())),
            Self::RegisterOwnPolicy => ("/registro", register(policy(&document))),
            Self::RegistrationKey => ("/registro/clave", key),
            Self::RecoveryKey => ("/recuperar/clave", key),
        };
        Request { path, fields }
    }

    /// The status of the answer, where it was looked at and not only counted.
    pub fn status(self) -> u16 {
        match self {
            Self::Recover | Self::RegisterOwnPolicy => 303,
            Self::SignIn | Self::RegisterWrongPolicy | Self::RegistrationKey | Self::RecoveryKey => 422,
        }
    }

    /// The state that the others are compared with.
    pub fn reference(self) -> DocumentState {
        if self == Self::RegisterOwnPolicy { DocumentState::InBook } else { DocumentState::Unknown }
    }

    /// The states that are compared with the reference: where the document's own policy is asked about, those that have
    /// one, because the others are told at once that they have none.
    pub fn compared(self) -> impl Iterator<Item = DocumentState> {
        let own_policy = self == Self::RegisterOwnPolicy;
        DocumentState::ALL
            .into_iter()
            .filter(move |state| *state != self.reference() && (!own_policy || state.may_register()))
    }
}
