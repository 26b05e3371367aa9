//! Admission: whether a password may be tried, in whose turn it is hashed, and that whoever cannot be answered in time is
//! told so at the door, before anything is looked up or counted.

use crate::answer::{Answer, page_with_status};
use crate::app::App;
use crate::failure::{Failure, RETRY_AFTER_CROWD};
use crate::throttle::{TooMany, take};
use crate::visitor::{Notice, Visitor};
use http::StatusCode;
use http::header::{HeaderValue, REFRESH, RETRY_AFTER};
use std::time::Duration;
use zaguan_domain::account::Account;
use zaguan_domain::address::NetworkGroup;
use zaguan_domain::allowance::Take;
use zaguan_domain::document::Document;
use zaguan_domain::origin::Origin;
use zaguan_domain::password::Password;
use zaguan_hasher::{HashFault, Standing, Turn};
use zaguan_store::StoreFault;
use zaguan_views::CrowdPage;

/// How long a person waits for the answer to a sign-in: two seconds, of which the rest of the work may take half of one.
/// Whoever would wait longer is better off with a page that says so.
const SIGN_IN_PATIENCE: Duration = Duration::from_millis(1500);

/// How long a person waits who would lose more than a try: a password that they chose, a form in their account.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a password may be tried.
pub(crate) enum Admission {
    /// It may.
    Admitted(Admitted),
    /// Not yet: too many were tried.
    TooMany(TooMany),
    /// Not now: so many people sign in that this one could not be answered in time. Nothing was counted.
    Crowded,
}

/// A password that may be tried, on these accounts.
pub(crate) struct Admitted {
    /// The accounts.
    pub(crate) accounts: Vec<Account>,
    /// The turn in which it is hashed.
    pub(crate) turn: Turn,
    taken: Vec<Take>,
}

/// The turn of somebody who proved something already: that they are signed in, or have a temporary key.
pub(crate) fn turn_of_known(origin: Origin) -> Turn {
    Turn { patience: PATIENCE, ..turn_to_sign_in(origin, Standing::Known) }
}

fn turn_to_sign_in(origin: Origin, standing: Standing) -> Turn {
    let network = origin.address.map(NetworkGroup::narrow);
    Turn { standing, network, patience: SIGN_IN_PATIENCE }
}

/// Takes what a try of a password costs, if there is time for it.
///
/// A browser that some account of the document knows is counted apart and goes first, so no stranger keeps it out. Where
/// two people share a number, one's browser is a stranger to the other's account: that one is tried only if strangers may.
pub(crate) async fn admit(app: &App, origin: Origin, document: Document) -> Result<Admission, Failure> {
    let devices = match &origin.device {
        Some(device) => app.store.devices_of(device, app.now()).await?,
        None => Vec::new(),
    };
    // A stranger is refused without a look at who exists.
    if devices.is_empty() {
        return admit_stranger(app, origin, document).await;
    }
    let accounts = app.store.accounts_of(document).await?;
    let is_known = |account: &&Account| devices.iter().any(|device| device.account == account.id);
    let known: Vec<Account> = accounts.iter().filter(is_known).cloned().collect();
    let Some(device) = origin.device.filter(|_| !known.is_empty()) else {
        return admit_stranger(app, origin, document).await;
    };
    let turn = turn_to_sign_in(origin, Standing::Known);
    if !app.hasher.has_room(turn) {
        return Ok(Admission::Crowded);
    }
    let limits = &app.rules.limits;
    let mut taken = limits.sign_in_of_device(document, device);
    if let Err(too_many) = take(app, taken.clone()).await? {
        return Ok(Admission::TooMany(too_many));
    }
    if known.len() == accounts.len() {
        return Ok(Admission::Admitted(Admitted { accounts, turn, taken }));
    }
    let of_stranger = limits.sign_in_of_stranger(document, origin.address);
    if take(app, of_stranger.clone()).await?.is_ok() {
        taken.extend(of_stranger);
        return Ok(Admission::Admitted(Admitted { accounts, turn, taken }));
    }
    Ok(Admission::Admitted(Admitted { accounts: known, turn, taken }))
}

async fn admit_stranger(app: &App, origin: Origin, document: Document) -> Result<Admission, Failure> {
    let turn = turn_to_sign_in(origin, Standing::Stranger);
    if !app.hasher.has_room(turn) {
        return Ok(Admission::Crowded);
    }
    let taken = app.rules.limits.sign_in_of_stranger(document, origin.address);
    if let Err(too_many) = take(app, taken.clone()).await? {
        return Ok(Admission::TooMany(too_many));
    }
    let accounts = app.store.accounts_of(document).await?;
    Ok(Admission::Admitted(Admitted { accounts, turn, taken }))
}

impl Admitted {
    /// The same accounts, as they are now.
    pub(crate) async fn look_again(&self, app: &App, document: Document) -> Result<Vec<Account>, StoreFault> {
        let mut accounts = app.store.accounts_of(document).await?;
        accounts.retain(|account| self.accounts.iter().any(|admitted| admitted.id == account.id));
        Ok(accounts)
    }

    /// Whether these are the accounts that the password was tried on, with the hashes that they had.
    pub(crate) fn are_as_tried(&self, accounts: &[Account]) -> bool {
        let names = |account: &Account| (account.id, account.password.clone());
        accounts.iter().map(names).eq(self.accounts.iter().map(names))
    }

    /// Says of each account whether this is its password; nothing if others came first and it could not be answered in
    /// time any more. Then the try is given back, for nobody looked at it.
    ///
    /// There is one hash, whether there are two accounts, one or none, so that the time tells nobody who exists.
    pub(crate) async fn verify(
        &self,
        app: &App,
        document: Document,
        typed: &str,
    ) -> Result<Option<Vec<bool>>, Failure> {
        for account in &self.accounts {
            if app.hasher.is_newly_unreadable(&account.password) {
                let words =
                    "a stored password is not computed: it is damaged, or asks for more than is believed";
                tracing::error!(account = %account.id, "{words}; its owner gets in by recovery");
            }
        }
        let stored = self.accounts.iter().map(|account| account.password.clone()).collect();
        let password = Password::attempt(typed);
        match app.hasher.verify(password, stored, app.secrets.salt(document), self.turn).await {
            Ok(right) => Ok(Some(right)),
            Err(HashFault::Busy) => {
                app.store.give_back(self.taken.clone(), app.now()).await?;
                Ok(None)
            }
            Err(fault @ HashFault::Broken) => Err(fault.into()),
        }
    }
}

/// Whether a browser that was told to come again would be admitted now. One that some account knows may go before the
/// strangers that there is no room for, so it is let to the form in any case.
pub(crate) fn has_room_again(app: &App, visitor: &Visitor) -> bool {
    let origin = visitor.origin();
    origin.device.is_some() || app.hasher.has_room(turn_to_sign_in(origin, Standing::Stranger))
}

/// 503: come again. The browser does by itself, by `GET`, so nothing is sent twice; the user name travels in a cookie, as
/// all that the next page shall say.
pub(crate) fn come_again(app: &App, visitor: &mut Visitor, document: Document) -> Answer {
    let cookies = visitor.cookies().name_browser(visitor, app).notice(Notice::ComeAgain(document));
    let shown = CrowdPage { document, retry_after: RETRY_AFTER_CROWD };
    let mut answer = page_with_status(app, StatusCode::SERVICE_UNAVAILABLE, cookies.into_headers(), &shown)?;
    let headers = answer.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_CROWD));
    let refresh = format!("{RETRY_AFTER_CROWD}; url=/ingreso");
    headers.insert(REFRESH, HeaderValue::from_str(&refresh).map_err(Failure::fault)?);
    Ok(answer)
}
