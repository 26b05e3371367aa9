//! `/cuenta/clave`: the password is changed by who knows the present one.

use crate::admission::turn_of_known;
use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::form::Form;
use crate::new_password;
use crate::prove::{present_password, sign_in_again};
use crate::session::SignedIn;
use crate::visitor::{AccountNotice, Notice, Visitor};
use axum::Extension;
use axum::extract::State;
use std::sync::Arc;
use zaguan_domain::account::Account;
use zaguan_domain::change_password::{ChangePasswordAnswer, change_password, personal_words_of};
use zaguan_views::{ChangePasswordPage, PresentPasswordTrouble, SetPasswordTrouble};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
) -> Answer {
    page(&app, visitor.page_cookies(&app), &form_page(&app, &signed_in.account, None, None))
}

pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
    form: Form,
) -> Answer {
    let account = &signed_in.account;
    let document = account.holder.document;
    let policies = app.store.policies_of(document).await?;
    let personal = personal_words_of(account, &policies, &app.brand_name);
    let password = new_password::read(&app, &form, &personal).await;
    let proven = present_password(&app, &visitor, account, &form).await?;
    let (proven, password) = match (proven, password) {
        (Ok(proven), Ok(password)) => (proven, password),
        (proven, password) => {
            let trouble = password.err().map(SetPasswordTrouble::Refused);
            let shown = form_page(&app, account, proven.err(), trouble);
            return refused(&app, visitor.page_cookies(&app), &shown);
        }
    };
    let turn = turn_of_known(visitor.origin());
    let hashed = app.hasher.hash(password, app.secrets.salt(document), turn).await?;
    let read = || app.store.change_password_facts(document, app.now());
    let answer = app
        .decide(visitor.origin(), read, |facts, moment| {
            change_password((account.id, &proven), hashed.clone(), facts, moment)
        })
        .await?;
    match answer {
        ChangePasswordAnswer::Done { token } => {
            let done = Notice::Account(AccountNotice::PasswordChanged);
            see_other("/cuenta", visitor.cookies().session(&token).notice(done))
        }
        ChangePasswordAnswer::TakenByNamesake => {
            let shown = form_page(&app, account, None, Some(SetPasswordTrouble::Taken));
            refused(&app, visitor.page_cookies(&app), &shown)
        }
        ChangePasswordAnswer::PasswordChanged => sign_in_again(&visitor),
    }
}

fn form_page(
    app: &App,
    account: &Account,
    present: Option<PresentPasswordTrouble>,
    trouble: Option<SetPasswordTrouble>,
) -> ChangePasswordPage {
    ChangePasswordPage {
        document: account.holder.document,
        min_length: app.rules.password.min_length,
        present,
        trouble,
    }
}
