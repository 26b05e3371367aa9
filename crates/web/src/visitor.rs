//! The browser that asks: what its cookies say, and the cookies that it is given.

use crate::address::ClientAddress;
use crate::app::App;
use axum::extract::FromRequestParts;
use cookie::{Cookie, SameSite};
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::document::Document;
use zaguan_domain::key::KeyToken;
use zaguan_domain::origin::Origin;
use zaguan_domain::token::{Token, TokenHash};

/// The cookies of the portal. All are `HttpOnly`, `SameSite=Lax` and for the whole host.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Jar {
    /// Names the browser, so that the one that began a flow is known again. One day.
    Browser,
    /// Proves that this browser showed a temporary key. Half an hour.
    Pass,
    /// Proves that this browser is signed in. Until the browser is closed, and no longer than the session lives.
    Session,
    /// Names the browser to the accounts that it was used for, so that guesses of strangers never lock it out. It opens
    /// nothing. 400 days, as long as browsers keep a cookie.
    Device,
    /// Carries a notice to the next page. One minute.
    Notice,
}

impl Jar {
    /// The name with the prefix that keeps other hosts and paths from planting the cookie. Some browsers refuse the
    /// prefix on loopback without HTTPS, and there it is left out.
    fn full_name(self, https: bool) -> &'static str {
        let prefixed = match self {
            Self::Browser => "__Host-zaguan-navegador",
            Self::Pass => "__Host-zaguan-paso",
            Self::Session => "__Host-zaguan-sesion",
            Self::Device => "__Host-zaguan-dispositivo",
            Self::Notice => "__Host-zaguan-aviso",
        };
        if https { prefixed } else { prefixed.trim_start_matches("__Host-") }
    }

    fn max_age(self) -> Option<cookie::time::Duration> {
        match self {
            Self::Browser => Some(cookie::time::Duration::days(1)),
            Self::Pass => Some(cookie::time::Duration::minutes(30)),
            Self::Session => None,
            Self::Device => Some(cookie::time::Duration::days(400)),
            Self::Notice => Some(cookie::time::Duration::minutes(1)),
        }
    }
}

/// What happened before the next page is shown; it travels in a cookie, because an address would stay in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The password of this user was set.
    PasswordSet(Document),
    /// Many people were signing in, and this user is to come again.
    ComeAgain(Document),
    /// The person signed out.
    SignedOut,
    /// The page asked for wants somebody who is signed in.
    SignInFirst,
    /// The letter goes out again.
    LetterOnItsWayAgain,
    /// It is too early to ask for the letter again.
    TooEarly,
    /// The address was corrected.
    EmailCorrected,
    /// Something was done to the account.
    Account(AccountNotice),
}

/// What was done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountNotice {
    /// The password was changed.
    PasswordChanged,
    /// The address was changed.
    EmailChanged,
    /// Sessions were ended.
    SessionsEnded,
    /// A correction was asked for.
    CorrectionAsked,
    /// The account was closed.
    Closed,
}

const ACCOUNT_NOTICES: [(&str, AccountNotice); 5] = [
    ("clave-cambiada", AccountNotice::PasswordChanged),
    ("correo-cambiado", AccountNotice::EmailChanged),
    ("sesiones-cerradas", AccountNotice::SessionsEnded),
    ("correccion-pedida", AccountNotice::CorrectionAsked),
    ("cuenta-cerrada", AccountNotice::Closed),
];

impl Notice {
    fn to_text(self) -> String {
        let word = match self {
            Self::PasswordSet(document) => return format!("clave-elegida.{}", document.to_stored()),
            Self::ComeAgain(document) => return format!("vuelva.{}", document.to_stored()),
            Self::SignedOut => "salio",
            Self::SignInFirst => "ingrese",
            Self::LetterOnItsWayAgain => "otra-vez",
            Self::TooEarly => "espere",
            Self::EmailCorrected => "corregida",
            Self::Account(done) => {
                ACCOUNT_NOTICES.iter().find(|(_, notice)| *notice == done).map_or("", |(word, _)| word)
            }
        };
        word.to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        match text {
            "salio" => Some(Self::SignedOut),
            "ingrese" => Some(Self::SignInFirst),
            "otra-vez" => Some(Self::LetterOnItsWayAgain),
            "espere" => Some(Self::TooEarly),
            "corregida" => Some(Self::EmailCorrected),
            _ => match ACCOUNT_NOTICES.iter().find(|(word, _)| *word == text) {
                Some((_, done)) => Some(Self::Account(*done)),
                None => Self::read_of_document(text),
            },
        }
    }

    fn read_of_document(text: &str) -> Option<Self> {
        let (word, document) = text.split_once('.')?;
        let document = Document::from_stored(document)?;
        match word {
            "clave-elegida" => Some(Self::PasswordSet(document)),
            "vuelva" => Some(Self::ComeAgain(document)),
            _ => None,
        }
    }
}

/// The hash of the session's token, for who wants to know nothing else of the browser.
pub(crate) fn session_of(request: &HeaderMap, https: bool) -> Option<TokenHash> {
    let name = Jar::Session.full_name(https);
    let value = cookies(request).find(|cookie| cookie.name() == name)?;
    Token::read(value.value()).as_ref().map(Token::hash)
}

fn cookies(request: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let values = request.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    values.flat_map(|header| Cookie::split_parse(header).filter_map(Result::ok))
}

/// The browser that asks.
pub(crate) struct Visitor {
    browser: Option<Token>,
    session: Option<Token>,
    pass: Option<KeyToken>,
    device: Option<Token>,
    notice: Option<Notice>,
    origin: Origin,
    https: bool,
}

impl Visitor {
    fn from_headers(headers: &HeaderMap, address: Option<IpAddr>, https: bool) -> Self {
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        let cookies: Vec<Cookie<'_>> = cookies(headers).collect();
        let value = |jar: Jar| {
            let name = jar.full_name(https);
            cookies.iter().find(|cookie| cookie.name() == name).map(Cookie::value)
        };
        let device = value(Jar::Device).and_then(Token::read);
        let origin = Origin::visitor(address, BrowserKind::from_user_agent(agent));
        Self {
            browser: value(Jar::Browser).and_then(Token::read),
            session: value(Jar::Session).and_then(Token::read),
            pass: value(Jar::Pass).and_then(KeyToken::read),
            notice: value(Jar::Notice).and_then(Notice::read),
            origin: origin.on_device(device.as_ref().map(Token::hash)),
            device,
            https,
        }
    }

    /// The browser's name; a new one if it has none, which [`Cookies::name_browser`] then gives it.
    pub(crate) fn browser(&mut self, app: &App) -> TokenHash {
        let origin = self.origin;
        let token =
            self.browser.get_or_insert_with(|| app.at_this_moment(origin, |moment| Token::new(moment.rng)));
        token.hash()
    }

    /// The hash of the session's token.
    pub(crate) fn session(&self) -> Option<TokenHash> {
        self.session.as_ref().map(Token::hash)
    }

    /// The proof that this browser showed a key.
    pub(crate) fn pass(&self) -> Option<&KeyToken> {
        self.pass.as_ref()
    }

    /// Where the request comes from.
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// What happened before.
    pub(crate) fn notice(&self) -> Option<Notice> {
        self.notice
    }

    /// The cookies to answer with; none yet.
    pub(crate) fn cookies(&self) -> Cookies {
        Cookies { https: self.https, headers: HeaderMap::new() }
    }

    /// The cookies to answer a page with: the browser's name, and the notice taken away once it is shown.
    pub(crate) fn page_cookies(&mut self, app: &App) -> HeaderMap {
        let mut cookies = self.cookies().name_browser(self, app);
        if self.notice.is_some() {
            cookies = cookies.remove(Jar::Notice);
        }
        cookies.into_headers()
    }
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Visitor(…)")
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<ClientAddress>().map(|client| client.0);
        Ok(Self::from_headers(&parts.headers, address, app.public_url.is_https()))
    }
}

/// The cookies that go with an answer.
#[derive(Debug)]
pub(crate) struct Cookies {
    https: bool,
    headers: HeaderMap,
}

impl Cookies {
    /// Gives the browser its name, for another day.
    pub(crate) fn name_browser(self, visitor: &mut Visitor, app: &App) -> Self {
        visitor.browser(app);
        match &visitor.browser {
            Some(token) => self.set(Jar::Browser, token.to_text()),
            None => self,
        }
    }

    /// The proof that this browser showed a key.
    pub(crate) fn pass(self, pass: &KeyToken) -> Self {
        self.set(Jar::Pass, pass.to_text())
    }

    /// The proof that this browser is signed in.
    pub(crate) fn session(self, token: &Token) -> Self {
        self.set(Jar::Session, token.to_text())
    }

    /// The device token: a new one, or the one that the browser has, for another 400 days.
    pub(crate) fn device(self, new: Option<&Token>, visitor: &Visitor) -> Self {
        match new.or(visitor.device.as_ref()) {
            Some(token) => self.set(Jar::Device, token.to_text()),
            None => self,
        }
    }

    /// What the next page shall say.
    pub(crate) fn notice(self, notice: Notice) -> Self {
        self.set(Jar::Notice, notice.to_text())
    }

    /// Takes a cookie away.
    pub(crate) fn remove(self, jar: Jar) -> Self {
        let mut cookie = self.cookie(jar, String::new());
        cookie.set_max_age(cookie::time::Duration::ZERO);
        self.append(&cookie)
    }

    pub(crate) fn into_headers(self) -> HeaderMap {
        self.headers
    }

    fn set(self, jar: Jar, value: String) -> Self {
        let cookie = self.cookie(jar, value);
        self.append(&cookie)
    }

    fn cookie(&self, jar: Jar, value: String) -> Cookie<'static> {
        let mut cookie = Cookie::new(jar.full_name(self.https), value);
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(self.https);
        cookie.set_max_age(jar.max_age());
        cookie
    }

    fn append(mut self, cookie: &Cookie<'_>) -> Self {
        // Names and values are of our own making, all of them ASCII, so each makes a header.
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            self.headers.append(SET_COOKIE, value);
        }
        self
    }
}
