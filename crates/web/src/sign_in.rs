//! `/ingreso` and `/salir`: in with user name and password, and out again.

use crate::admission::turn_to_sign_in;
use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::throttle::{TooMany, take};
use crate::visitor::{AccountNotice, Jar, Notice, Visitor};
use axum::extract::State;
use http::header::{HeaderName, HeaderValue};
use std::sync::Arc;
use zaguan_domain::account::Account;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::key::TemporaryKey;
use zaguan_domain::origin::Origin;
use zaguan_domain::password::Password;
use zaguan_domain::session;
use zaguan_domain::sign_in::{SignIn, SignInAnswer, sign_in};
use zaguan_hasher::Standing;
use zaguan_views::{SignInNotice, SignInPage, SignInTrouble};

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// What a browser forgets when the person signs out. Not its cookies: with them it would forget that it is known here.
const CLEARED: &str = "\"cache\", \"storage\"";

pub(crate) async fn show(State(app): State<Arc<App>>, mut visitor: Visitor) -> Answer {
    let mut shown = SignInPage::default();
    match visitor.notice() {
        Some(Notice::PasswordSet(document)) => {
            shown.usuario.value = document.shown();
            shown.notice = Some(SignInNotice::PasswordSet);
        }
        Some(Notice::SignedOut) => shown.notice = Some(SignInNotice::SignedOut),
        Some(Notice::SignInFirst) => shown.notice = Some(SignInNotice::SignInFirst),
        Some(Notice::Account(AccountNotice::Closed)) => shown.notice = Some(SignInNotice::AccountClosed),
        Some(
            Notice::LetterOnItsWayAgain | Notice::TooEarly | Notice::EmailCorrected | Notice::Account(_),
        )
        | None => {}
    }
    page(&app, visitor.page_cookies(&app), &shown)
}

pub(crate) async fn submit(State(app): State<Arc<App>>, mut visitor: Visitor, form: Form) -> Answer {
    let (document, usuario) = form.read("usuario", DocumentRefusal::Repeated, Document::read);
    let (typed, clave) = form.read("clave", SignInTrouble::PasswordRepeated, read_password);
    let shown = |trouble| SignInPage { usuario, trouble, notice: None };
    let Some((read, typed)) = document.zip(typed) else {
        return refused(&app, visitor.page_cookies(&app), &shown(clave.refusal));
    };
    let accounts = match admit(&app, visitor.origin(), read.document).await? {
        Ok(accounts) => accounts,
        Err(too_many) => {
            let trouble = SignInTrouble::TooMany { retry_after: too_many.retry_after };
            return too_many.answer(&app, visitor.page_cookies(&app), &shown(Some(trouble)));
        }
    };
    match try_password(&app, &mut visitor, read.document, accounts, &typed).await? {
        SignInAnswer::Welcome { token, device } => {
            let cookies = visitor.cookies().session(&token).device(device.as_ref(), &visitor);
            // The key of the pass is spent, or was never needed.
            let cookies = if visitor.pass().is_some() { cookies.remove(Jar::Pass) } else { cookies };
            see_other("/inicio", cookies.remove(Jar::Notice))
        }
        SignInAnswer::SetPassword { pass, .. } => {
            let cookies = visitor.cookies().name_browser(&mut visitor, &app).pass(&pass);
            see_other("/clave-definitiva", cookies)
        }
        SignInAnswer::Wrong => refused(&app, visitor.page_cookies(&app), &shown(Some(SignInTrouble::Wrong))),
    }
}

/// What was typed as a password: as it is, for no rule of ours may keep an old password out.
fn read_password(typed: &str) -> Result<String, SignInTrouble> {
    match typed.len() {
        0 => Err(SignInTrouble::PasswordEmpty),
        length if length > Password::MAX_BYTES => Err(SignInTrouble::PasswordTooLong),
        _ => Ok(typed.to_owned()),
    }
}

/// Takes what a try of a password costs, and answers with the accounts that it may be tried on.
///
/// A browser that some account of the document knows is counted apart, so no stranger keeps it out. Where two people
/// share a number, one's browser is a stranger to the other's account: that one is tried only if strangers may.
pub(crate) async fn admit(
    app: &App,
    origin: Origin,
    document: Document,
) -> Result<Result<Vec<Account>, TooMany>, Failure> {
    let limits = &app.rules.limits;
    let of_stranger = limits.sign_in_of_stranger(document, origin.address);
    let devices = match &origin.device {
        Some(device) => app.store.devices_of(device, app.now()).await?,
        None => Vec::new(),
    };
    if devices.is_empty() {
        if let Err(too_many) = take(app, of_stranger).await? {
            return Ok(Err(too_many));
        }
        return Ok(Ok(app.store.accounts_of(document).await?));
    }
    let accounts = app.store.accounts_of(document).await?;
    let is_known = |account: &&Account| devices.iter().any(|device| device.account == account.id);
    let known: Vec<Account> = accounts.iter().filter(is_known).cloned().collect();
    let Some(device) = origin.device.filter(|_| !known.is_empty()) else {
        return Ok(take(app, of_stranger).await?.map(|()| accounts));
    };
    if let Err(too_many) = take(app, limits.sign_in_of_device(document, device)).await? {
        return Ok(Err(too_many));
    }
    if known.len() == accounts.len() || take(app, of_stranger).await?.is_ok() {
        return Ok(Ok(accounts));
    }
    Ok(Ok(known))
}

async fn try_password(
    app: &App,
    visitor: &mut Visitor,
    document: Document,
    accounts: Vec<Account>,
    typed: &str,
) -> Result<SignInAnswer, Failure> {
    let input = SignIn { document, browser: visitor.browser(app), session: visitor.session() };
    let typed_key = TemporaryKey::read(typed).ok();
    let stored = accounts.iter().map(|account| account.password.clone()).collect();
    if cfg!(feature = "leaky") && accounts.is_empty() {
        return Ok(SignInAnswer::Wrong);
    }
    let turn = turn_to_sign_in(visitor.origin(), Standing::Stranger);
    // One hash, whether there are two accounts, one or none, so that the time tells nobody who exists.
    let right = app.hasher.verify(Password::attempt(typed), stored, app.secrets.salt(document), turn).await?;
    let device = visitor.origin().device;
    let read = || {
        let browser = (&input.browser, device.as_ref());
        app.store.sign_in_facts(document, accounts.clone(), browser, app.now())
    };
    app.decide(visitor.origin(), read, |facts, moment| {
        sign_in(input, &right, typed_key.as_ref(), facts, moment)
    })
    .await
}

pub(crate) async fn sign_out(State(app): State<Arc<App>>, visitor: Visitor) -> Answer {
    if let Some(token) = visitor.session() {
        let read = || app.store.session(&token);
        app.decide(visitor.origin(), read, |found, moment| session::sign_out(found.as_ref(), moment)).await?;
    }
    let mut answer = see_other("/ingreso", visitor.cookies().remove(Jar::Session).notice(Notice::SignedOut))?;
    answer.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static(CLEARED));
    Ok(answer)
}
