//! A portal on which every secret that passes is remembered, and everything that is told too.

use crate::planted::Planted;
use crate::support::{Answer, Place, Running, request};
use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use url::form_urlencoded::Serializer;
use zaguan_testing::scripted_mail_server::ScriptedMailServer;
use zaguan_testing::{key_in, link_path_in, path_in};

const SOON: Duration = Duration::from_secs(20);

/// Cookies that hold no secret: what happened, for the next page.
const NO_SECRET: [&str; 1] = ["zaguan-aviso"];

/// A portal, and what became known of its secrets.
pub(crate) struct Stage {
    pub(crate) place: Place,
    pub(crate) running: Running,
    pub(crate) portal: SocketAddr,
    pub(crate) ops: SocketAddr,
    pub(crate) server: ScriptedMailServer,
    pub(crate) planted: Planted,
    /// What answers of 500 and more said.
    pub(crate) incidents: Vec<String>,
    /// What commands said, on the way.
    commands: Vec<(String, String)>,
    letters: BTreeMap<String, usize>,
    browsers: u32,
}

/// Ana, who walks every way, Hugo, who uses his account, people who begin to register while mail fails, and two for whom
/// the book has an address.
const BOOK: &str = "documento,ramo,poliza,titular,hasta,email\n\
    12345678,automotores,0001234,ANA PAZ,2099-12-31,\n\
    23456789,automotores,0002345,BETO PAZ,2099-12-31,\n\
    34567890,automotores,0003456,CARO PAZ,2099-12-31,\n\
    45678901,automotores,0004567,DINO PAZ,2099-12-31,\n\
    56789012,automotores,0005678,EMA PAZ,2099-12-31,\n\
    67890123,automotores,0006789,FABI PAZ,2099-12-31,\n\
    89012345,automotores,0008901,HUGO PAZ,2099-12-31,\n\
    90123456,automotores,0009012,IRIS PAZ,2099-12-31,iris.canario@example.com\n\
    91234567,automotores,0009123,JANO PAZ,2099-12-31,jano.canario@example.com\n";

/// A letter that came.
pub(crate) struct Letter {
    pub(crate) key: String,
    pub(crate) link: String,
    /// The path of "No fui yo".
    pub(crate) disown: String,
    /// The path of "Sí, fui yo".
    pub(crate) release: String,
}

/// A browser with its cookies, at an address of its own.
#[derive(Clone)]
pub(crate) struct Browser {
    address: Ipv4Addr,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> &str {
        self.cookies.get(name).expect(name)
    }

    /// Plants a cookie.
    pub(crate) fn plant(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }
}

impl Stage {
    /// A portal that logs all that it ever logs, with a mail server that wants a login.
    pub(crate) async fn new(format: &str) -> Self {
        let server = ScriptedMailServer::start_with_tls().await;
        let place = Place::with_configuration(&format!(
            "smtp.url = \"smtp://localhost:{}?tls=required\"\nsmtp.ca_file = \"ca.pem\"\nsmtp.user = \"portal\"\n\
             smtp.password_file = \"smtp.password\"\nlog.format = \"{format}\"\nlog.level = \"trace\"\n\
             server.trusted_proxies = [\"127.0.0.1\"]\nlimits.letters_per_hour = 20\n\
             limits.letters_by_strangers_per_hour = 10",
            server.port()
        ));
        place.write("ca.pem", server.ca_pem().expect("a certificate"));
        place.write("smtp.password", "canario-del-correo");
        let mut planted = Planted::default();
        planted.text("password of the mail server", "canario-del-correo");
        place.write("padron.csv", BOOK);
        assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
        let running = place.start(&["serve"], 1);
        let (portal, ops) = (running.addresses()[0], running.addresses()[1]);
        let secret = fs::read_to_string(place.path("zaguan.secret")).expect("the secret file");
        let quoted = secret.split('"').skip(1).step_by(2).filter(|text| text.len() >= 32);
        for secret in quoted {
            planted.text("master secret", secret);
            planted.bytes("master secret", &decoded(secret));
        }
        Self {
            place,
            running,
            portal,
            ops,
            server,
            planted,
            incidents: Vec::new(),
            commands: Vec::new(),
            letters: BTreeMap::new(),
            browsers: 0,
        }
    }

    /// A browser without cookies. No two share an address, so that none is slowed for what others did.
    pub(crate) fn browser(&mut self) -> Browser {
        self.browsers += 1;
        let address = Ipv4Addr::from(Ipv4Addr::new(198, 18, 0, 0).to_bits() + self.browsers);
        Browser { address, cookies: BTreeMap::new() }
    }

    /// Asks for a page.
    pub(crate) fn get(&mut self, browser: &mut Browser, path: &str) -> Answer {
        self.ask(browser, &format!("GET {path}"), &[])
    }

    /// Sends a form.
    pub(crate) fn post(&mut self, browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(browser, &format!("POST {path}"), fields)
    }

    /// Sends a form, which leads on.
    pub(crate) fn led_on(&mut self, browser: &mut Browser, path: &str, fields: &[(&str, &str)]) {
        let answer = self.post(browser, path, fields);
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
    }

    fn ask(&mut self, browser: &mut Browser, line: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = [
            "Content-Type: application/x-www-form-urlencoded".to_owned(),
            "Sec-Fetch-Site: same-origin".to_owned(),
            format!("Cookie: {}", pairs.join("; ")),
            format!("X-Forwarded-For: {}", browser.address),
        ];
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        let answer = request(self.portal, line, &headers, &form);
        for cookie in answer.cookies() {
            let (name, value) = cookie.split_once('=').expect("a cookie");
            browser.cookies.insert(name.to_owned(), value.to_owned());
            if !value.is_empty() && !NO_SECRET.contains(&name) {
                self.planted.text(kind(name), value);
            }
        }
        if answer.status >= 500 {
            self.incidents.push(format!("{}\n{}", answer.head, answer.body));
        }
        answer
    }

    /// The next letter to somebody that was taken; its key and its link are secrets.
    pub(crate) async fn letter(&mut self, to: &str) -> Letter {
        let seen = self.letters.entry(to.to_owned()).or_default();
        *seen += 1;
        let number = *seen;
        let mut taken = 0;
        let text = loop {
            let accepted = self.server.wait_for_accepted(taken + 1, SOON).await;
            taken = accepted.len();
            let mut to_them = accepted.iter().filter(|letter| letter.recipients.iter().any(|one| one == to));
            if let Some(letter) = to_them.nth(number - 1) {
                break letter.letter().text.expect("a plain text");
            }
        };
        self.plant_letter(&text)
    }

    /// The keys and links of all letters that ever left are secrets.
    pub(crate) fn plant_letters(&mut self) {
        for letter in self.server.received() {
            self.plant_letter(&letter.letter().text.unwrap_or_default());
        }
    }

    /// The next letter to somebody that has a link. Before it may come the notice of a new browser.
    pub(crate) async fn letter_with_a_link(&mut self, to: &str) -> Letter {
        loop {
            let letter = self.letter(to).await;
            if !letter.link.is_empty() {
                break letter;
            }
        }
    }

    fn plant_letter(&mut self, text: &str) -> Letter {
        let path = |beginning: &str| path_in(text, beginning).unwrap_or_default();
        let letter = Letter {
            key: key_in(text).unwrap_or_default(),
            link: link_path_in(text).unwrap_or_default(),
            disown: path("/no-fui-yo/"),
            release: path("/si-fui-yo/"),
        };
        if !letter.key.is_empty() {
            self.planted.key("key in a letter", &letter.key);
        }
        for (of, path) in [
            ("link in a letter", &letter.link),
            ("button \"No fui yo\"", &letter.disown),
            ("button \"Sí, fui yo\"", &letter.release),
        ] {
            if let Some((_, token)) = path.rsplit_once('/') {
                self.planted.text(of, token);
            }
        }
        // No word of a language is so long: it is what a link leads by, if there is another kind one day.
        for token in text.split(|c: char| c.is_whitespace() || c == '/').filter(|word| word.len() >= 32) {
            self.planted.text("link in a letter", token);
        }
        letter
    }

    /// Runs a command, which must do what it is told: what it printed, which is remembered.
    pub(crate) fn command(&mut self, arguments: &[&str]) -> String {
        let done = self.place.run(arguments);
        assert_eq!(done.status, 0, "{arguments:?}: {}", done.err);
        self.commands.push((arguments.join(" "), format!("{}{}", done.out, done.err)));
        done.out
    }

    /// What operators are told while it runs: by the listener of their own, and by commands.
    pub(crate) fn told_to_operators(&self) -> Vec<(String, String)> {
        let mut told = self.commands.clone();
        for path in ["/metrics", "/readyz", "/healthz"] {
            told.push((path.to_owned(), crate::support::get(self.ops, path).body));
        }
        for command in COMMANDS {
            let done = self.place.run(command);
            assert_eq!(done.status, 0, "{command:?}: {}", done.err);
            told.push((command.join(" "), done.out + done.err.as_str()));
        }
        told
    }
}

/// Commands that print what the portal remembers. A new one belongs here.
const COMMANDS: &[&[&str]] = &[
    &["config", "check"],
    &["config", "show"],
    &["config", "show", "--json"],
    &["letters", "list"],
    &["letters", "list", "--json"],
    &["policies", "list"],
    &["policies", "list", "--json"],
    &["policies", "show", "12345678"],
    &["policies", "show", "12345678", "--json"],
    &["accounts", "show", "12345678"],
    &["accounts", "show", "12345678", "--json"],
    &["accounts", "show", "89012345"],
    &["accounts", "show", "90123456", "--json"],
    &["requests", "list", "--all"],
    &["requests", "list", "--all", "--json"],
    &["audit", "show", "--limit", "1000"],
    &["audit", "show", "--limit", "1000", "--json"],
    &["audit", "show", "12345678"],
    &["audit", "verify"],
    &["audit", "verify", "--json"],
];

fn kind(cookie: &str) -> &'static str {
    match cookie.trim_start_matches("__Host-") {
        "zaguan-navegador" => "cookie that names a browser",
        "zaguan-paso" => "cookie that proves a key",
        "zaguan-sesion" => "cookie of a session",
        "zaguan-dispositivo" => "cookie of a known browser",
        _ => "a new cookie, which has no name here",
    }
}

fn decoded(base64: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(base64).expect("base64")
}
