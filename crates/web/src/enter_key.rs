//! `/registro/clave` and `/recuperar/clave`: the temporary key is typed.

use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::register::{insists_on, read_email};
use crate::throttle::take;
use crate::visitor::{Notice, Visitor};
use axum::extract::State;
use std::sync::Arc;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::email::EmailAddress;
use zaguan_domain::enter_key::{EnterKeyAnswer, enter_key};
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::key::{KeyRefusal, TemporaryKey};
use zaguan_domain::register::{AskAgainAnswer, CorrectEmail, ask_again_from, correct_email, resend};
use zaguan_domain::token::TokenHash;
use zaguan_views::{EnterKeyNotice, EnterKeyPage, KeyTrouble, ShownFlow, ShownHold, Typed};

pub(crate) async fn show_register(State(app): State<Arc<App>>, visitor: Visitor) -> Answer {
    show(&app, visitor, Purpose::Register).await
}

pub(crate) async fn show_recover(State(app): State<Arc<App>>, visitor: Visitor) -> Answer {
    show(&app, visitor, Purpose::Recover).await
}

pub(crate) async fn submit_register(State(app): State<Arc<App>>, visitor: Visitor, form: Form) -> Answer {
    submit(&app, visitor, &form, Purpose::Register).await
}

pub(crate) async fn submit_recover(State(app): State<Arc<App>>, visitor: Visitor, form: Form) -> Answer {
    submit(&app, visitor, &form, Purpose::Recover).await
}

async fn show(app: &App, mut visitor: Visitor, purpose: Purpose) -> Answer {
    let browser = visitor.browser(app);
    let flow = app.store.flow_of(&browser, purpose).await?;
    let mut shown = empty_page(app, purpose, flow.as_ref());
    shown.notice = visitor.notice().and_then(enter_key_notice);
    page(app, visitor.page_cookies(app), &shown)
}

async fn submit(app: &App, mut visitor: Visitor, form: &Form, purpose: Purpose) -> Answer {
    let browser = visitor.browser(app);
    let flow = app.store.flow_of(&browser, purpose).await?;
    let mut shown = empty_page(app, purpose, flow.as_ref());
    let document = if let (Some(flow), "") = (&flow, form.text("documento")) {
        Some(flow.document)
    } else {
        let (read, typed) = form.read("documento", DocumentRefusal::Repeated, Document::read);
        shown.documento = typed;
        read.map(|read| read.document)
    };
    let (typed, key_field) = form.read("clave_transitoria", KeyRefusal::Repeated, TemporaryKey::read);
    shown.trouble = key_field.refusal.map(KeyTrouble::NotAKey);
    if let (Some(document), Some(typed)) = (document, typed) {
        if let Err(too_many) = take(app, app.rules.limits.key(visitor.origin().address)).await? {
            shown.trouble = Some(KeyTrouble::TooMany { retry_after: too_many.retry_after });
            return too_many.answer(app, visitor.page_cookies(app), &shown);
        }
        let answer = try_key(app, &visitor, &browser, document, &typed).await?;
        if let EnterKeyAnswer::Opens { pass, .. } = &answer {
            let cookies = visitor.cookies().name_browser(&mut visitor, app).pass(pass);
            return see_other("/clave-definitiva", cookies);
        }
        shown.trouble = key_trouble(&answer);
    }
    refused(app, visitor.page_cookies(app), &shown)
}

async fn try_key(
    app: &App,
    visitor: &Visitor,
    browser: &TokenHash,
    document: Document,
    typed: &TemporaryKey,
) -> Result<EnterKeyAnswer, Failure> {
    let read = || app.store.keys_for(Some(document), browser, app.now());
    app.decide(visitor.origin(), read, |keys, moment| enter_key(typed, document, browser, keys, moment)).await
}

pub(crate) async fn ask_again(State(app): State<Arc<App>>, mut visitor: Visitor) -> Answer {
    let browser = visitor.browser(&app);
    let read = || app.store.flow_of(&browser, Purpose::Register);
    let answer = app.decide(visitor.origin(), read, |flow, moment| resend(flow.as_ref(), moment)).await?;
    asked_again(&app, visitor, &answer, Notice::LetterOnItsWayAgain)
}

pub(crate) async fn correct(State(app): State<Arc<App>>, mut visitor: Visitor, form: Form) -> Answer {
    let browser = visitor.browser(&app);
    let (email, typed) = read_email(&form);
    let Some(email) = email else {
        return refuse_correction(&app, visitor, typed, None).await;
    };
    let input = CorrectEmail { insists_on_email: insists_on(&form, &email), email };
    let read = || async {
        let flow = app.store.flow_of(&browser, Purpose::Register).await?;
        let keys = app.store.keys_for(None, &browser, app.now()).await?;
        let policies = match &flow {
            Some(flow) => app.store.policies_of(flow.document).await?,
            None => Vec::new(),
        };
        Ok((flow, policies, keys))
    };
    let answer = app
        .decide(visitor.origin(), read, |(flow, policies, keys): &(Option<Flow>, Vec<_>, Vec<_>), moment| {
            correct_email(&input, flow.as_ref(), policies, keys, moment)
        })
        .await?;
    if let AskAgainAnswer::DidYouMean { suggestion } = answer {
        return refuse_correction(&app, visitor, typed, Some(suggestion)).await;
    }
    asked_again(&app, visitor, &answer, Notice::EmailCorrected)
}

async fn refuse_correction(
    app: &App,
    mut visitor: Visitor,
    typed: Typed<zaguan_domain::email::EmailRefusal>,
    suggestion: Option<zaguan_domain::email::EmailAddress>,
) -> Answer {
    let browser = visitor.browser(app);
    let flow = app.store.flow_of(&browser, Purpose::Register).await?;
    let mut shown = empty_page(app, Purpose::Register, flow.as_ref());
    shown.email = typed;
    shown.email_suggestion = suggestion;
    refused(app, visitor.page_cookies(app), &shown)
}

fn asked_again(app: &App, mut visitor: Visitor, answer: &AskAgainAnswer, done: Notice) -> Answer {
    let cookies = visitor.cookies().name_browser(&mut visitor, app);
    match answer {
        AskAgainAnswer::LetterOnItsWay => see_other("/registro/clave", cookies.notice(done)),
        // The page says itself until when it waits.
        AskAgainAnswer::Held => see_other("/registro/clave", cookies),
        AskAgainAnswer::TooEarly => see_other("/registro/clave", cookies.notice(Notice::TooEarly)),
        AskAgainAnswer::NothingBegun | AskAgainAnswer::NoEmailOnFile | AskAgainAnswer::DidYouMean { .. } => {
            see_other("/registro", cookies)
        }
    }
}

fn empty_page(app: &App, purpose: Purpose, flow: Option<&Flow>) -> EnterKeyPage {
    EnterKeyPage {
        purpose,
        flow: flow.map(|flow| ShownFlow {
            document: flow.document,
            email: flow.email.clone(),
            on_file: flow.on_file.as_ref().map(EmailAddress::masked),
            hold: hold(app, flow),
            ask_again_in: ask_again_in(app, flow),
        }),
        documento: Typed::default(),
        trouble: None,
        email: Typed::default(),
        email_suggestion: None,
        notice: None,
    }
}

/// Until when the key waits, if it does.
fn hold(app: &App, flow: &Flow) -> Option<ShownHold> {
    let now = app.now();
    flow.held_until.filter(|until| now < *until).map(|until| ShownHold { until, now })
}

/// In how many whole seconds a letter may be asked for again; 0 is now.
pub(crate) fn ask_again_in(app: &App, flow: &Flow) -> i64 {
    let wait = ask_again_from(flow, app.rules.resend_wait).duration_since(app.now());
    i64::try_from((wait.as_millis().max(0) + 999) / 1000).unwrap_or(0)
}

fn enter_key_notice(notice: Notice) -> Option<EnterKeyNotice> {
    match notice {
        Notice::LetterOnItsWayAgain => Some(EnterKeyNotice::LetterOnItsWayAgain),
        Notice::TooEarly => Some(EnterKeyNotice::TooEarly),
        Notice::EmailCorrected => Some(EnterKeyNotice::EmailCorrected),
        Notice::PasswordSet(_)
        | Notice::ComeAgain(_)
        | Notice::SignedOut
        | Notice::SignInFirst
        | Notice::Account(_) => None,
    }
}

fn key_trouble(answer: &EnterKeyAnswer) -> Option<KeyTrouble> {
    match answer {
        EnterKeyAnswer::Opens { .. } => None,
        EnterKeyAnswer::Wrong { tries_left } => Some(KeyTrouble::Wrong { tries_left: *tries_left }),
        EnterKeyAnswer::NoTriesLeft => Some(KeyTrouble::NoTriesLeft),
        EnterKeyAnswer::Held => Some(KeyTrouble::Held),
        EnterKeyAnswer::Expired => Some(KeyTrouble::Expired),
        EnterKeyAnswer::AlreadyUsed => Some(KeyTrouble::AlreadyUsed),
        EnterKeyAnswer::DoesNotOpen => Some(KeyTrouble::DoesNotOpen),
    }
}
