//! `/ingreso` and `/salir`: in with user name and password, and out again.

use crate::answer::{Answer, page, refused, see_other};
use crate::app::{App, HASH_DEADLINE};
use crate::failure::Failure;
use crate::form::Form;
use crate::visitor::{Jar, Notice, Visitor};
use axum::extract::State;
use http::header::{HeaderName, HeaderValue};
use std::sync::Arc;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::key::TemporaryKey;
use zaguan_domain::password::Password;
use zaguan_domain::session;
use zaguan_domain::sign_in::{SignIn, SignInAnswer, SignInFacts, sign_in};
use zaguan_views::{SignInNotice, SignInPage, SignInTrouble, Typed};

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
        Some(Notice::LetterOnItsWayAgain | Notice::TooEarly | Notice::EmailCorrected) | None => {}
    }
    page(&app, visitor.page_cookies(&app), &shown)
}

pub(crate) async fn submit(State(app): State<Arc<App>>, mut visitor: Visitor, form: Form) -> Answer {
    let (document, usuario) = form.read("usuario", DocumentRefusal::Repeated, Document::read);
    let (typed, clave) = form.read("clave", SignInTrouble::PasswordRepeated, read_password);
    let trouble = match document.zip(typed) {
        None => clave.refusal,
        Some((read, typed)) => match try_password(&app, &mut visitor, read.document, &typed).await? {
            SignInAnswer::Welcome { token } => {
                return see_other("/inicio", visitor.cookies().session(&token).remove(Jar::Notice));
            }
            SignInAnswer::SetPassword { pass, .. } => {
                let cookies = visitor.cookies().name_browser(&mut visitor, &app).pass(&pass);
                return see_other("/clave-definitiva", cookies);
            }
            SignInAnswer::Wrong => Some(SignInTrouble::Wrong),
        },
    };
    let shown = SignInPage {
        usuario: Typed { value: usuario.value, refusal: usuario.refusal },
        trouble,
        notice: None,
    };
    refused(&app, visitor.page_cookies(&app), &shown)
}

/// What was typed as a password: as it is, for no rule of ours may keep an old password out.
fn read_password(typed: &str) -> Result<String, SignInTrouble> {
    match typed.len() {
        0 => Err(SignInTrouble::PasswordEmpty),
        length if length > Password::MAX_BYTES => Err(SignInTrouble::PasswordTooLong),
        _ => Ok(typed.to_owned()),
    }
}

async fn try_password(
    app: &App,
    visitor: &mut Visitor,
    document: Document,
    typed: &str,
) -> Result<SignInAnswer, Failure> {
    let input = SignIn { document, browser: visitor.browser(app), session: visitor.session() };
    let typed_key = TemporaryKey::read(typed).ok();
    let accounts = app.store.accounts_of(document).await?;
    let stored = accounts.iter().map(|account| account.password.clone()).collect();
    if cfg!(feature = "leaky") && accounts.is_empty() {
        return Ok(SignInAnswer::Wrong);
    }
    // One hash, whether there are two accounts, one or none, so that the time tells nobody who exists.
    let right = app
        .hasher
        .verify(Password::attempt(typed), stored, app.secrets.salt(document), HASH_DEADLINE)
        .await?;
    let read = || async {
        let keys = app.store.keys_for(Some(document), &input.browser, app.now()).await?;
        Ok(SignInFacts { accounts: accounts.clone(), keys })
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
