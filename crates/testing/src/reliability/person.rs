//! A person who uses the portal, and remembers what it acknowledged.

use super::book::{document, policy};
use super::browser::{Answer, Browser};
use super::letters::{KeyLetter, Letters};
use rand::{Rng as _, RngExt as _};
use rand_chacha::ChaCha20Rng;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

/// The cookie of a session.
const SESSION: &str = "zaguan-sesion";

/// So many sessions may have been opened before the oldest is ended by the next one.
const SESSIONS_AT_MOST: usize = 8;

/// A person.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) document: String,
    number: u32,
    pub(super) email: String,
    browser: Browser,
    rng: ChaCha20Rng,
    /// What was asked and is not finished: which letter with a key is waited for.
    asked: Option<Asked>,
    /// How many letters with keys had come when the key was asked for whose asking was not answered.
    asking_since: Option<usize>,
    /// What the portal was doing for them when it died.
    doubt: Option<Doubt>,
    /// The password that was acknowledged last.
    password: Option<String>,
    /// Those before it.
    old_passwords: Vec<String>,
    /// Keys with which a password was set.
    spent: Vec<String>,
    /// Browsers that were signed in and were not told that they are out.
    open: Vec<Browser>,
    /// Browsers whose session was ended.
    ended: Vec<Browser>,
    /// Sessions that may be there.
    sessions: usize,
    /// Whether the portal acknowledged at all that a key was asked for.
    acknowledged: bool,
    /// Wrong keys whose refusal came, for the key that is waited for, and those of which nobody knows.
    wrong_tries: (u32, u32),
    /// When something was last done, in kills.
    pub(super) active_at: u64,
    done: bool,
    violations: Vec<String>,
}

/// A key that was asked for.
#[derive(Debug)]
struct Asked {
    page: &'static str,
    /// How many letters with keys had come before.
    letters_before: usize,
    typed: bool,
}

#[derive(Debug)]
enum Doubt {
    /// A registration, a recovery or a key typed: to be done again.
    Again,
    /// A password that may be set.
    Password { key: KeyLetter, new: String },
    /// A session that may have ended.
    SignOut(Browser),
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stepped {
    /// Something was asked and answered.
    Asked,
    /// A letter is waited for.
    Waits,
    /// There is nothing more to do.
    Done,
}

impl Person {
    pub(super) fn new(number: u32, rng: ChaCha20Rng) -> Self {
        let address = Ipv4Addr::from(Ipv4Addr::new(10, 0, 0, 1).to_bits() + number);
        Self {
            document: document(number),
            number,
            email: format!("persona{number}@correo.example"),
            browser: Browser::at(address),
            rng,
            asked: None,
            asking_since: None,
            doubt: None,
            password: None,
            old_passwords: Vec::new(),
            spent: Vec::new(),
            open: Vec::new(),
            ended: Vec::new(),
            sessions: 0,
            acknowledged: false,
            wrong_tries: (0, 0),
            active_at: 0,
            done: false,
            violations: Vec::new(),
        }
    }

    /// What was found wrong, once.
    pub(super) fn take_violations(&mut self) -> Vec<String> {
        std::mem::take(&mut self.violations)
    }

    /// Whether a letter was promised that did not come yet.
    pub(super) fn waits_for_letter(&self, letters: &Letters) -> bool {
        self.acknowledged
            && self
                .asked
                .as_ref()
                .is_some_and(|asked| letters.keys_to(&self.email).len() <= asked.letters_before)
    }

    /// Whether a password was set.
    pub(super) fn has_account(&self) -> bool {
        self.password.is_some()
    }

    /// A browser whose session was ended.
    pub(super) fn signed_out(&self) -> Option<&Browser> {
        self.ended.last()
    }

    /// Whether so many wrong tries, own and others', may have been counted for the key that is waited for; nothing when
    /// there is none. Who was never told the name of their browser, because the portal died, is another one to the key.
    pub(super) fn may_have_tried(&self, (own, others): (u32, u32)) -> Option<bool> {
        let (known, in_doubt) = self.wrong_tries;
        self.asked.as_ref().map(|_| known <= own + others && own <= known + in_doubt)
    }

    /// What may be on no disk.
    pub(super) fn secrets(&self) -> impl Iterator<Item = String> {
        let browsers = self.open.iter().chain(&self.ended).chain([&self.browser]);
        let cookies =
            browsers.flat_map(Browser::cookies).filter(|value| value.len() >= 16).map(str::to_owned);
        let passwords = self.old_passwords.iter().chain(&self.password).cloned();
        passwords.chain(cookies.collect::<Vec<_>>())
    }

    fn violated(&mut self, what: &str) {
        self.violations.push(format!("{what} (document {})", self.document));
    }

    /// An answer that is none of those that were expected. A page for a fault is one, too, while the portal is healthy.
    fn unexpected(&mut self, doing: &str, answer: &Answer) {
        let told = answer.header("location").unwrap_or_default();
        self.violated(&format!("{doing} was answered {} {told}", answer.status));
    }

    /// Does the next thing that this person does. An error means that the portal is gone.
    pub(super) async fn step(&mut self, to: SocketAddr, letters: &Letters) -> io::Result<Stepped> {
        if self.done {
            return Ok(Stepped::Done);
        }
        match (&self.asked, &self.password) {
            (Some(asked), _) => {
                let (before, typed) = (asked.letters_before, asked.typed);
                // Of several letters the last one has the key that works.
                match letters.keys_to(&self.email).get(before..).and_then(<[_]>::last).cloned() {
                    None => return Ok(Stepped::Waits),
                    Some(letter) if typed => self.set_password(to, letter).await?,
                    Some(letter) => self.type_key(to, &letter).await?,
                }
            }
            (None, None) => self.ask_for_key(to, letters).await?,
            (None, Some(_)) => self.use_account(to, letters).await?,
        }
        Ok(Stepped::Asked)
    }

    /// Registers, or says that the password is forgotten.
    async fn ask_for_key(&mut self, to: SocketAddr, letters: &Letters) -> io::Result<()> {
        let page = if self.password.is_none() { "/registro" } else { "/recuperar" };
        let letters_before = *self.asking_since.get_or_insert_with(|| letters.keys_to(&self.email).len());
        self.asked = None;
        self.doubt = Some(Doubt::Again);
        let policy = policy(self.number);
        let form: &[(&str, &str)] = if self.password.is_none() {
            &[
                ("documento", &self.document),
                ("ramo", "automotores"),
                ("poliza", &policy),
                ("email", &self.email),
            ]
        } else {
            &[("usuario", &self.document)]
        };
        let answer = self.browser.post(to, page, form).await?;
        self.doubt = None;
        self.acknowledged = true;
        self.asking_since = None;
        let next = if page == "/registro" { "/registro/clave" } else { "/recuperar/clave" };
        if answer.leads_to(next) {
            self.asked = Some(Asked { page: next, letters_before, typed: false });
            self.wrong_tries = (0, 0);
        } else {
            self.done = true;
            self.unexpected(page, &answer);
        }
        Ok(())
    }

    /// Types the key, some people wrongly at first.
    async fn type_key(&mut self, to: SocketAddr, letter: &KeyLetter) -> io::Result<()> {
        let Some(Asked { page, .. }) = self.asked else { return Ok(()) };
        self.doubt = Some(Doubt::Again);
        if self.wrong_tries.0 + self.wrong_tries.1 < 2 && self.rng.random_bool(0.3) {
            let wrong = if letter.key == "0000-0000" { "0000-0001" } else { "0000-0000" };
            self.wrong_tries.1 += 1;
            let answer = self.browser.post(to, page, &[("clave_transitoria", wrong)]).await?;
            self.wrong_tries = (self.wrong_tries.0 + 1, self.wrong_tries.1 - 1);
            if answer.status != 422 {
                self.unexpected("a wrong key", &answer);
            }
        } else {
            let answer = self.browser.post(to, page, &[("clave_transitoria", &letter.key)]).await?;
            if answer.leads_to("/clave-definitiva") {
                if let Some(asked) = &mut self.asked {
                    asked.typed = true;
                }
            } else {
                self.done = true;
                self.unexpected("the key of a letter", &answer);
            }
        }
        self.doubt = None;
        Ok(())
    }

    async fn set_password(&mut self, to: SocketAddr, key: KeyLetter) -> io::Result<()> {
        let words: [u64; 2] = [self.rng.next_u64(), self.rng.next_u64()];
        let new = format!("rana {:x} con {:x}", words[0], words[1]);
        self.doubt = Some(Doubt::Password { key: key.clone(), new: new.clone() });
        let answer = self.browser.post(to, "/clave-definitiva", &[("clave", &new)]).await?;
        self.doubt = None;
        if answer.leads_to("/ingreso") {
            self.password_is(new, key);
        } else {
            self.done = true;
            self.unexpected("/clave-definitiva", &answer);
        }
        Ok(())
    }

    fn password_is(&mut self, new: String, key: KeyLetter) {
        self.old_passwords.extend(self.password.replace(new));
        self.spent.push(key.key);
        self.asked = None;
        self.ended.append(&mut self.open);
        self.sessions = 0;
    }

    /// Signs in, looks at who is signed in, signs out, or forgets the password.
    async fn use_account(&mut self, to: SocketAddr, letters: &Letters) -> io::Result<()> {
        match self.rng.random_range(0..10) {
            0 | 1 if self.spent.len() < 4 => self.ask_for_key(to, letters).await,
            0 if self.spent.len() >= 2 => {
                self.done = true;
                Ok(())
            }
            2..=4 if self.sessions < SESSIONS_AT_MOST => self.sign_in(to).await,
            5 | 6 if !self.open.is_empty() => self.sign_out(to).await,
            _ => self.check_sessions(to).await,
        }
    }

    async fn sign_in(&mut self, to: SocketAddr) -> io::Result<()> {
        let Some(password) = self.password.clone() else { return Ok(()) };
        self.sessions += 1;
        let mut browser = self.browser.without_cookies();
        let answer =
            browser.post(to, "/ingreso", &[("usuario", &self.document), ("clave", &password)]).await?;
        if answer.leads_to("/inicio") {
            self.open.push(browser);
        } else {
            self.unexpected("I4: the right password", &answer);
        }
        Ok(())
    }

    async fn sign_out(&mut self, to: SocketAddr) -> io::Result<()> {
        let Some(mut browser) = self.open.pop() else { return Ok(()) };
        let before = browser.clone();
        self.doubt = Some(Doubt::SignOut(before.clone()));
        let answer = browser.post(to, "/salir", &[]).await?;
        self.doubt = None;
        if !answer.leads_to("/ingreso") {
            self.unexpected("/salir", &answer);
        }
        self.sessions = self.sessions.saturating_sub(1);
        self.ended.push(before);
        Ok(())
    }

    async fn check_sessions(&mut self, to: SocketAddr) -> io::Result<()> {
        // Whether a session of so long ago still lives is for the clock to say.
        self.open.retain(|browser| !browser.is_long_idle());
        for place in 0..self.open.len() {
            let answer = self.open[place].get(to, "/sesion").await?;
            if answer.status != 200 {
                self.unexpected("I4: a session that was opened", &answer);
            }
        }
        for mut browser in self.ended.clone() {
            let answer = browser.get(to, "/sesion").await?;
            if answer.status != 401 {
                self.unexpected("I6: a session that was ended", &answer);
            }
        }
        Ok(())
    }

    /// After the portal came back: finds out what became of what was under way, and looks at all that was acknowledged.
    pub(super) async fn check(&mut self, to: SocketAddr) -> io::Result<()> {
        match self.doubt.take() {
            None | Some(Doubt::Again) => {}
            Some(Doubt::Password { key, new }) => self.settle_password(to, key, new).await?,
            Some(Doubt::SignOut(browser)) => match browser.clone().get(to, "/sesion").await?.status {
                200 => self.open.push(browser),
                _ => self.ended.push(browser),
            },
        }
        self.check_sessions(to).await?;
        if let Some(password) = self.password.clone() {
            if !self.opens(to, &password).await? {
                self.violated("I4: the password that was acknowledged opens nothing");
            }
            if let Some(old) = self.old_passwords.last().cloned()
                && self.opens(to, &old).await?
            {
                self.violated("I4: a password that was replaced opens again");
            }
        }
        if self.asked.is_none()
            && let Some(key) = self.spent.last().cloned()
            && self.is_accepted(to, &key).await?
        {
            self.violated("I2: a key that was used is accepted again");
        }
        Ok(())
    }

    /// Of a password whose setting was not answered: either it is set and its key is used, or neither.
    async fn settle_password(&mut self, to: SocketAddr, key: KeyLetter, new: String) -> io::Result<()> {
        if self.opens(to, &new).await? {
            if self.is_accepted(to, &key.key).await? {
                self.violated("I3: a password is set, and its key is not used");
            }
            self.password_is(new, key);
        } else if !self.is_accepted(to, &key.key).await? {
            self.violated("I3: a password is not set, and its key does not work any more");
            self.done = true;
        }
        Ok(())
    }

    /// Whether a password opens the account; the session is ended at once.
    async fn opens(&mut self, to: SocketAddr, password: &str) -> io::Result<bool> {
        let mut browser = self.browser.without_cookies();
        let answer =
            browser.post(to, "/ingreso", &[("usuario", &self.document), ("clave", password)]).await?;
        let opens = answer.leads_to("/inicio") && browser.cookie(SESSION).is_some();
        if opens {
            let before = browser.clone();
            browser.post(to, "/salir", &[]).await?;
            self.ended.push(before);
        } else if answer.status != 422 {
            self.unexpected("a password", &answer);
        }
        Ok(opens)
    }

    /// Whether a key leads on, in a browser that did not ask for it.
    async fn is_accepted(&mut self, to: SocketAddr, key: &str) -> io::Result<bool> {
        let mut browser = self.browser.without_cookies();
        let path = if self.spent.len() > 1 { "/recuperar/clave" } else { "/registro/clave" };
        let form = [("documento", self.document.as_str()), ("clave_transitoria", key)];
        let answer = browser.post(to, path, &form).await?;
        let accepted = answer.leads_to("/clave-definitiva");
        if !accepted && answer.status != 422 {
            self.unexpected("a key", &answer);
        }
        Ok(accepted)
    }
}
