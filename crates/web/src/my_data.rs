//! `/cuenta/datos`: everything that the portal holds of a person, as a page and as a file, and the corrections that they
//! ask for.

use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::home::in_order;
use crate::my_data_file;
use crate::prove::{Goal, must_prove, sign_in_again};
use crate::session::SignedIn;
use crate::visitor::{AccountNotice, Notice, Visitor};
use axum::Extension;
use axum::extract::State;
use axum::response::IntoResponse;
use http::Method;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use std::sync::Arc;
use zaguan_domain::email_change::EmailChange;
use zaguan_domain::moment::date_in_argentina;
use zaguan_domain::my_data::{
    AskCorrectionAnswer, CORRECTION_BUSINESS_DAYS, CorrectionRefusal, DataRequest, MyData, ask_correction,
    data_shown, read_correction,
};
use zaguan_views::{CorrectionTrouble, MyDataPage, ShownCorrection};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
    method: Method,
) -> Answer {
    let data = match look(&app, &visitor, &signed_in, &method).await? {
        Ok(data) => data,
        Err(elsewhere) => return elsewhere,
    };
    let mut shown = shown(&app, &data);
    shown.asked = visitor.notice() == Some(Notice::Account(AccountNotice::CorrectionAsked));
    page(&app, visitor.page_cookies(&app), &shown)
}

pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    visitor: Visitor,
    method: Method,
) -> Answer {
    let data = match look(&app, &visitor, &signed_in, &method).await? {
        Ok(data) => data,
        Err(elsewhere) => return elsewhere,
    };
    let file = my_data_file::written(&data, app.now(), &app.rules).map_err(Failure::fault)?;
    let headers = [
        (CONTENT_TYPE, "application/json; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"mis-datos.json\""),
    ];
    Ok((headers, file).into_response())
}

pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
    form: Form,
) -> Answer {
    if let Some(first_prove) = must_prove(&app, &visitor, &signed_in, Goal::Data) {
        return first_prove;
    }
    let account = &signed_in.account;
    let (text, field) = form.read("texto", CorrectionRefusal::Repeated, read_correction);
    let trouble = match text {
        None => field.refusal.map(CorrectionTrouble::Refused),
        Some(text) => {
            let read = || app.store.corrections_of(account.id);
            let answer = app
                .decide(visitor.origin(), read, |requests, moment| {
                    ask_correction(&text, account, requests, moment)
                })
                .await?;
            match answer {
                AskCorrectionAnswer::Asked => {
                    let asked = Notice::Account(AccountNotice::CorrectionAsked);
                    return see_other("/cuenta/datos", visitor.cookies().notice(asked));
                }
                AskCorrectionAnswer::TooMany => Some(CorrectionTrouble::TooMany),
            }
        }
    };
    let Some(data) = app.store.my_data(account.id).await? else {
        return sign_in_again(&visitor);
    };
    let shown = MyDataPage { texto: field.value, trouble, ..shown(&app, &data) };
    refused(&app, visitor.page_cookies(&app), &shown)
}

/// The data of who typed their password lately, or the way to where others have to go first. The look is written down.
async fn look(
    app: &App,
    visitor: &Visitor,
    signed_in: &SignedIn,
    method: &Method,
) -> Result<Result<MyData, Answer>, Failure> {
    if let Some(first_prove) = must_prove(app, visitor, signed_in, Goal::Data) {
        return Ok(Err(first_prove));
    }
    let Some(data) = app.store.my_data(signed_in.account.id).await? else {
        return Ok(Err(sign_in_again(visitor)));
    };
    tell(app, visitor, &data, method).await?;
    Ok(Ok(data))
}

/// Writes down that somebody looked. Asking only for the headers shows nothing.
async fn tell(app: &App, visitor: &Visitor, data: &MyData, method: &Method) -> Result<(), Failure> {
    if *method != Method::GET {
        return Ok(());
    }
    let nothing = || async { Ok(()) };
    app.decide(visitor.origin(), nothing, |(), moment| data_shown(&data.account, moment)).await
}

fn shown(app: &App, data: &MyData) -> MyDataPage {
    let now = app.now();
    let today = date_in_argentina(now);
    let alive = data.sessions.iter().filter(|session| session.is_alive(now, &app.rules));
    let mut emails_in_book: Vec<String> =
        data.policies.iter().filter_map(|policy| Some(policy.email.as_ref()?.as_str().to_owned())).collect();
    emails_in_book.sort();
    emails_in_book.dedup();
    let earlier = |change: &EmailChange| Some((change.old_email.as_str().to_owned(), change.confirmed_at?));
    let names = data.policies.iter().map(|policy| policy.holder.trim());
    MyDataPage {
        document: data.account.holder.document,
        name: names.into_iter().find(|name| !name.is_empty()).map(str::to_owned),
        email: data.account.email.as_str().to_owned(),
        opened_at: data.account.opened_at,
        emails_in_book,
        policies: in_order(&data.policies, today),
        earlier_emails: data.email_changes.iter().filter_map(earlier).collect(),
        sessions: alive.map(|session| (session.browser, session.seen_at)).collect(),
        devices: data.devices.iter().map(|device| (device.browser, device.seen_at)).collect(),
        letters: data
            .letters
            .iter()
            .map(|(letter, _)| (letter.kind, letter.to.masked(), letter.queued_at))
            .collect(),
        corrections: data.requests.iter().map(shown_correction).collect(),
        happenings: data.happenings.clone(),
        now,
        due_on: app.rules.holidays.business_days_after(today, CORRECTION_BUSINESS_DAYS),
        texto: String::new(),
        trouble: None,
        asked: false,
    }
}

fn shown_correction(request: &DataRequest) -> ShownCorrection {
    ShownCorrection {
        text: request.text.clone(),
        asked_at: request.asked_at,
        due_on: request.due_on,
        answered_at: request.answered_at,
    }
}
