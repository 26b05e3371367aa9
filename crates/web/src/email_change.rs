//! `/cuenta/email` and `/cuenta/email/clave`: another address, and the key that confirms it.

use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::prove::{present_password, sign_in_again};
use crate::register::{insists_on, read_email};
use crate::session::SignedIn;
use crate::visitor::{AccountNotice, Notice, Visitor};
use axum::Extension;
use axum::extract::State;
use std::sync::Arc;
use zaguan_domain::account::Account;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::email_change::{
    AskEmailChange, AskEmailChangeAnswer, ConfirmEmailChangeAnswer, EmailChange, ask_email_change,
    confirm_email_change,
};
use zaguan_domain::key::{KeyRefusal, TemporaryKey};
use zaguan_views::{ConfirmEmailChangePage, ConfirmEmailTrouble, EmailChangePage, Typed};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
) -> Answer {
    let mut shown = empty_page(&signed_in.account);
    shown.waiting = waiting(&app, &signed_in.account).await?.map(|change| change.new_email);
    page(&app, visitor.page_cookies(&app), &shown)
}

pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
    form: Form,
) -> Answer {
    let account = &signed_in.account;
    let (email, typed) = read_email(&form);
    let mut shown = EmailChangePage { email: typed, ..empty_page(account) };
    let proven = present_password(&app, &visitor, account, &form).await?;
    let (proven, email) = match (proven, email) {
        (Ok(proven), Some(email)) => (proven, email),
        (proven, _) => {
            shown.present = proven.err();
            return refused(&app, visitor.page_cookies(&app), &shown);
        }
    };
    let input = AskEmailChange { insists_on_email: insists_on(&form, &email), email };
    let read = || app.store.email_change_facts(account.id, Some(&input.email), app.now());
    let answer = app
        .decide(visitor.origin(), read, |facts, moment| ask_email_change(&input, &proven, facts, moment))
        .await?;
    match answer {
        AskEmailChangeAnswer::LetterOnItsWay => return see_other("/cuenta/email/clave", visitor.cookies()),
        AskEmailChangeAnswer::PasswordChanged => return sign_in_again(&visitor),
        AskEmailChangeAnswer::Same => shown.is_same = true,
        AskEmailChangeAnswer::DidYouMean { suggestion } => shown.suggestion = Some(suggestion),
    }
    refused(&app, visitor.page_cookies(&app), &shown)
}

pub(crate) async fn show_key(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
) -> Answer {
    let Some(change) = waiting(&app, &signed_in.account).await? else {
        return see_other("/cuenta/email", visitor.cookies());
    };
    let shown = ConfirmEmailChangePage { new_email: change.new_email, trouble: None };
    page(&app, visitor.page_cookies(&app), &shown)
}

pub(crate) async fn submit_key(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
    form: Form,
) -> Answer {
    let account = &signed_in.account;
    let facts = app.store.email_change_facts(account.id, None, app.now()).await?;
    let new_email = facts.latest.map_or_else(|| account.email.clone(), |change| change.new_email);
    let (typed, field) = form.read("clave_transitoria", KeyRefusal::Repeated, TemporaryKey::read);
    let trouble = match typed {
        None => field.refusal.map(ConfirmEmailTrouble::NotAKey),
        Some(typed) => {
            let read = || app.store.email_change_facts(account.id, None, app.now());
            let answer = app
                .decide(visitor.origin(), read, |facts, moment| confirm_email_change(&typed, facts, moment))
                .await?;
            match answer {
                ConfirmEmailChangeAnswer::Changed => {
                    let done = Notice::Account(AccountNotice::EmailChanged);
                    return see_other("/cuenta", visitor.cookies().notice(done));
                }
                ConfirmEmailChangeAnswer::NothingAsked => {
                    return see_other("/cuenta/email", visitor.cookies());
                }
                ConfirmEmailChangeAnswer::Wrong { tries_left } => {
                    Some(ConfirmEmailTrouble::Wrong { tries_left })
                }
                ConfirmEmailChangeAnswer::NoTriesLeft => Some(ConfirmEmailTrouble::NoTriesLeft),
                ConfirmEmailChangeAnswer::Expired => Some(ConfirmEmailTrouble::Expired),
            }
        }
    };
    refused(&app, visitor.page_cookies(&app), &ConfirmEmailChangePage { new_email, trouble })
}

async fn waiting(app: &App, account: &Account) -> Result<Option<EmailChange>, Failure> {
    let facts = app.store.email_change_facts(account.id, None, app.now()).await?;
    Ok(facts.latest.filter(|change| change.is_pending(app.now())))
}

fn empty_page(account: &Account) -> EmailChangePage {
    EmailChangePage {
        present_email: EmailAddress::clone(&account.email),
        waiting: None,
        present: None,
        email: Typed::default(),
        suggestion: None,
        is_same: false,
    }
}
