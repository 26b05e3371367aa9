//! `/cuenta`: the account in short, and what happened to it lately.

use super::Page;
use crate::fault::WordsError;
use crate::happening;
use crate::samples;
use crate::words::Words;
use jiff::{SignedDuration, Timestamp};
use minijinja::{Value, context};
use zaguan_domain::audit::Event;
use zaguan_domain::browser::{BrowserKind, Program, System};
use zaguan_domain::document::Document;
use zaguan_domain::my_data::Happening;

/// `/cuenta`: the account in short.
#[derive(Clone, Debug)]
pub struct MyAccountPage {
    /// The user name.
    pub document: Document,
    /// Where its letters go.
    pub email: String,
    /// What happened lately, the newest first.
    pub happenings: Vec<Happening>,
    /// The time now.
    pub now: Timestamp,
    /// What was just done, said in green.
    pub notice: Option<MyAccountNotice>,
}

/// What was just done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MyAccountNotice {
    /// The password was changed.
    PasswordChanged,
    /// The address was changed.
    EmailChanged,
}

impl Page for MyAccountPage {
    const TEMPLATE: &'static str = "my_account.html";

    fn samples() -> Vec<Self> {
        let notices = [None, Some(MyAccountNotice::PasswordChanged), Some(MyAccountNotice::EmailChanged)];
        let mut samples: Vec<Self> = notices
            .into_iter()
            .map(|notice| Self {
                document: samples::DOCUMENT,
                email: "ana.perez@gmail.com".to_owned(),
                happenings: sample_happenings(),
                now: samples::TIME,
                notice,
            })
            .collect();
        samples.push(Self {
            document: Document::Company(30_701_234_568),
            email: "administracion@ejemplo.com.ar".to_owned(),
            happenings: Vec::new(),
            now: samples::TIME,
            notice: None,
        });
        samples
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        Ok(context! {
            document => self.document.shown(),
            email => self.email.as_str(),
            happenings => happening::shown(&self.happenings, self.now, words)?,
            notice => self.notice.map(|notice| match notice {
                MyAccountNotice::PasswordChanged => "password-changed",
                MyAccountNotice::EmailChanged => "email-changed",
            }),
        })
    }
}

/// One of each event, at times that are said differently.
pub(super) fn sample_happenings() -> Vec<Happening> {
    let phone = BrowserKind { program: Program::Chrome, system: System::Android };
    let browsers = [Some(phone), Some(BrowserKind::UNKNOWN), None];
    let before = |hours: i64| samples::TIME - SignedDuration::from_hours(hours);
    Event::ALL
        .into_iter()
        .zip([1, 20, 40, 24 * 100].into_iter().cycle())
        .zip(browsers.into_iter().cycle())
        .map(|((event, hours), browser)| Happening {
            at: before(hours),
            event,
            browser,
            address: browser.map(|_| std::net::Ipv4Addr::new(203, 0, 113, 7).into()),
        })
        .collect()
}

/// `/cuenta/sesiones`: the browsers that are signed in.
#[derive(Clone, Debug)]
pub struct MySessionsPage {
    /// The sessions, those used last first.
    pub sessions: Vec<ShownSession>,
    /// The time now.
    pub now: Timestamp,
    /// Whether some were just ended, said in green.
    pub ended: bool,
}

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct ShownSession {
    /// The name by which it is ended.
    pub name: String,
    /// What kind of browser it is.
    pub browser: BrowserKind,
    /// When it signed in.
    pub opened_at: Timestamp,
    /// When it last asked for something.
    pub seen_at: Timestamp,
    /// Whether it is the browser that asks.
    pub is_this: bool,
}

impl Page for MySessionsPage {
    const TEMPLATE: &'static str = "my_sessions.html";

    fn samples() -> Vec<Self> {
        let session = |number: i64, program, system| ShownSession {
            name: format!("bmFtZSBvZiBzZXNz{number}"),
            browser: BrowserKind { program, system },
            opened_at: samples::TIME - SignedDuration::from_hours(3 * number),
            seen_at: samples::TIME - SignedDuration::from_mins(if number == 1 { 0 } else { 45 * number }),
            is_this: number == 1,
        };
        let systems = [
            (Program::Chrome, System::Android),
            (Program::Firefox, System::Linux),
            (Program::Safari, System::Iphone),
            (Program::Safari, System::Ipad),
            (Program::Edge, System::Windows),
            (Program::Opera, System::Mac),
            (Program::Samsung, System::Android),
            (Program::Chrome, System::Other),
            (Program::Other, System::Windows),
            (Program::Other, System::Other),
        ];
        let all: Vec<ShownSession> =
            (1..).zip(systems).map(|(number, (program, system))| session(number, program, system)).collect();
        let only = all.iter().take(1).cloned().collect();
        vec![
            Self { sessions: all, now: samples::TIME, ended: false },
            Self { sessions: only, now: samples::TIME, ended: true },
        ]
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let sessions = self.sessions.iter().map(|session| {
            Ok::<_, WordsError>(context! {
                name => session.name.as_str(),
                browser => words.browser(session.browser)?,
                opened => words.when(session.opened_at, self.now)?,
                seen => words.ago(session.seen_at, self.now)?,
                is_this => session.is_this,
            })
        });
        Ok(context! {
            has_others => self.sessions.iter().any(|session| !session.is_this),
            sessions => sessions.collect::<Result<Vec<_>, _>>()?,
            ended => self.ended,
        })
    }
}
