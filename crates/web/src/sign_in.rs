//! `/ingreso` and `/salir`: in with user name and password, and out again.

use crate::admission::{Admission, Admitted, admit, come_again, has_room_again};
use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::form::{Form, read_password};
use crate::visitor::{AccountNotice, Jar, Notice, Visitor};
use axum::extract::State;
use http::header::{HeaderName, HeaderValue};
use std::sync::Arc;
use zaguan_domain::account::StoredPassword;
use zaguan_domain::change::Step;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::key::TemporaryKey;
use zaguan_domain::moment::Moment;
use zaguan_domain::password::Password;
use zaguan_domain::session;
use zaguan_domain::sign_in::{SignIn, SignInAnswer, SignInFacts, Tried, sign_in};
use zaguan_views::{SignInNotice, SignInPage, SignInTrouble};

/// How often a password is tried when what is stored changes meanwhile.
const TRIED_AT_MOST: usize = 3;

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
        Some(Notice::ComeAgain(document)) => {
            if !has_room_again(&app, &visitor) {
                return come_again(&app, &mut visitor, document);
            }
            shown.usuario.value = document.shown();
            shown.notice = Some(SignInNotice::RoomAgain);
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
    let (typed, clave) = form.read("clave", SignInTrouble::PasswordRepeated, |typed| {
        read_password(typed, SignInTrouble::PasswordEmpty, SignInTrouble::PasswordTooLong)
    });
    let shown = |trouble| SignInPage { usuario, trouble, notice: None };
    let Some((read, typed)) = document.zip(typed) else {
        return refused(&app, visitor.page_cookies(&app), &shown(clave.refusal));
    };
    let admitted = match admit(&app, visitor.origin(), read.document).await? {
        Admission::Admitted(admitted) => admitted,
        Admission::Crowded => return come_again(&app, &mut visitor, read.document),
        Admission::TooMany(too_many) => {
            let trouble = SignInTrouble::TooMany { retry_after: too_many.retry_after };
            return too_many.answer(&app, visitor.page_cookies(&app), &shown(Some(trouble)));
        }
    };
    let Some(answer) = try_password(&app, &mut visitor, read.document, admitted, &typed).await? else {
        return come_again(&app, &mut visitor, read.document);
    };
    match answer {
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

/// Tries the password; nothing if others came first and there was no time for it any more.
///
/// Where a stored hash changed meanwhile, perhaps because the same person pressed the button twice and the first one was
/// hashed anew, the password is tried again on what is stored now.
async fn try_password(
    app: &App,
    visitor: &mut Visitor,
    document: Document,
    mut admitted: Admitted,
    typed: &str,
) -> Result<Option<SignInAnswer>, Failure> {
    let input = SignIn { document, browser: visitor.browser(app), session: visitor.session() };
    let typed_key = TemporaryKey::read(typed).ok();
    if cfg!(feature = "leaky") && admitted.accounts.is_empty() {
        return Ok(Some(SignInAnswer::Wrong));
    }
    let device = visitor.origin().device;
    for _ in 0..TRIED_AT_MOST {
        let Some(right) = admitted.verify(app, document, typed).await? else {
            return Ok(None);
        };
        let rehashed = rehash(app, document, &admitted, &right, typed).await;
        let tried = Tried { right: &right, typed_key: typed_key.as_ref(), rehashed: rehashed.as_ref() };
        let read = || async {
            let browser = (&input.browser, device.as_ref());
            app.store
                .sign_in_facts(document, admitted.look_again(app, document).await?, browser, app.now())
                .await
        };
        let step = |facts: &SignInFacts, moment: &mut Moment<'_>| {
            if !admitted.are_as_tried(&facts.accounts) {
                return Step::only(None);
            }
            let Step { answer, changes } = sign_in(input, &tried, facts, moment);
            Step::with(Some(answer), changes)
        };
        if let Some(answer) = app.decide(visitor.origin(), read, step).await? {
            return Ok(Some(answer));
        }
        admitted.accounts = admitted.look_again(app, document).await?;
    }
    Err(Failure::busy())
}

/// The right password hashed anew, where the stored hash cost less than new ones do. Where there is no time for that
/// now, the next sign-in does it.
async fn rehash(
    app: &App,
    document: Document,
    admitted: &Admitted,
    right: &[bool],
    typed: &str,
) -> Option<StoredPassword> {
    let (account, _) = admitted
        .accounts
        .iter()
        .zip(right)
        .find(|(account, right)| **right && account.locked_at.is_none())?;
    if !app.hasher.is_outdated(&account.password) {
        return None;
    }
    app.hasher.hash(Password::attempt(typed), app.secrets.salt(document), admitted.turn).await.ok()
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
