//! Two processes of one portal, and what a person does at them.

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use jiff::civil::date;
use std::future::Future;
use tokio::task::JoinSet;
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};
use zaguan_store::BookRow;
use zaguan_testing::{Client, ReceivedPage, TestPortal};

/// How many call at the same time.
pub(crate) const CALLERS: usize = 64;

/// Two processes on one database.
pub(crate) struct TwoProcesses {
    pub(crate) processes: [TestPortal; 2],
}

impl TwoProcesses {
    /// Processes whose book has so many people.
    pub(crate) async fn with_people(people: usize) -> Self {
        let first = TestPortal::with_book((0..people).map(row).collect()).await;
        let second = first.other_process().await;
        Self { processes: [first, second] }
    }

    /// The process that people on their own come to.
    pub(crate) fn portal(&self) -> &TestPortal {
        &self.processes[0]
    }

    /// A browser without cookies at one of the processes, in a network of its own.
    pub(crate) fn client(&self, caller: usize) -> Client {
        let address = format!("198.51.{}.{}", caller / 200 % 250, caller % 200 + 1);
        self.processes[caller % 2].client().from_address(&address)
    }

    /// A browser with the cookies of another, at one of the processes.
    pub(crate) fn client_like(&self, other: &Client, caller: usize) -> Client {
        let mut client = self.client(caller);
        client.steal_cookies(other);
        client
    }

    /// What all callers get who do this at the same time.
    pub(crate) async fn all_at_once<Calling, Got>(&self, call: impl Fn(usize) -> Calling) -> Vec<Got>
    where
        Calling: Future<Output = Got> + Send + 'static,
        Got: Send + 'static,
    {
        let mut calls = JoinSet::new();
        for caller in 0..CALLERS {
            calls.spawn(call(caller));
        }
        calls.join_all().await
    }

    /// The clerks and the postmen of both do what waits, at the same time.
    pub(crate) async fn deliver(&self) {
        tokio::join!(self.processes[0].deliver(), self.processes[1].deliver());
    }

    /// How many letters went to a person.
    pub(crate) fn letters_to(&self, person: usize) -> usize {
        self.portal().letters().iter().filter(|letter| letter.to == email(person)).count()
    }

    /// Goes to where the password is set, with the key of the letter that comes of asking on this page.
    pub(crate) async fn come_to_set_a_password(&self, person: usize, from: &str) -> Client {
        let mut client = self.portal().client().from_address(&format!("203.0.113.{}", person % 250 + 1));
        let page = client.get(from).await;
        let fields = fields(person);
        let form = fields.iter().filter(|(name, _)| page.form(from).has(name));
        let page =
            client.submit(form.fold(page.form(from), |form, (name, text)| form.fill(name, text))).await;
        self.portal().deliver().await;
        let key = self.portal().last_letter_to(&email(person)).key();
        let form = page.form(&page.path).fill("clave_transitoria", &key);
        let page = client.submit(form).await;
        assert_eq!(page.path, "/clave-definitiva", "{}", page.words());
        client
    }

    /// Registers a person all the way to this password.
    pub(crate) async fn registered(&self, person: usize, password: &str) -> Client {
        let mut client = self.come_to_set_a_password(person, "/registro").await;
        let page = client.post("/clave-definitiva", &[("clave", password)]).await;
        assert_eq!(leads_to(&page), Some("/ingreso"), "{}", page.words());
        self.portal().deliver().await;
        client
    }
}

/// The document of a person.
pub(crate) fn document(person: usize) -> String {
    (20_000_000 + person).to_string()
}

/// The address of a person.
pub(crate) fn email(person: usize) -> String {
    format!("persona{person}@gmail.com")
}

/// What a person types to register, and to recover.
pub(crate) fn fields(person: usize) -> [(&'static str, String); 5] {
    [
        ("documento", document(person)),
        ("ramo", "automotores".to_owned()),
        ("poliza", (700_000 + person).to_string()),
        ("email", email(person)),
        ("usuario", document(person)),
    ]
}

/// A good password, another one for each number.
pub(crate) fn password(number: usize) -> String {
    format!("{number} horneros bajo la parra")
}

/// Where an answer sends the browser; nothing unless it does.
pub(crate) fn leads_to(page: &ReceivedPage) -> Option<&str> {
    (page.status == StatusCode::SEE_OTHER).then(|| page.headers.get(LOCATION)?.to_str().ok()).flatten()
}

fn row(person: usize) -> BookRow {
    let policy = Policy {
        line: LineOfBusiness::from_slug("automotores").expect("a line of business"),
        number: PolicyNumber::from_stored(&(700_000 + person).to_string()).expect("a number"),
        previous: Vec::new(),
        from: Some(date(2026, 3, 15)),
        to: Some(date(2027, 3, 15)),
        state: Some(PolicyState::InForce),
        holder: "PEREZ, ANA".to_owned(),
        discriminator: String::new(),
        email: None,
        email_shared: false,
    };
    BookRow { document: Document::from_stored(&document(person)).expect("a document"), policy }
}
