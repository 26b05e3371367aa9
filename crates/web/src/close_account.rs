//! `/cuenta/cierre`: the account is closed by who knows its password.

use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::form::Form;
use crate::prove::{present_password, sign_in_again};
use crate::session::SignedIn;
use crate::visitor::{AccountNotice, Jar, Notice, Visitor};
use axum::Extension;
use axum::extract::State;
use std::sync::Arc;
use zaguan_domain::close_account::{CloseAccountAnswer, close_account};
use zaguan_views::CloseAccountPage;

pub(crate) async fn show(State(app): State<Arc<App>>, mut visitor: Visitor) -> Answer {
    page(&app, visitor.page_cookies(&app), &CloseAccountPage::default())
}

pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
    form: Form,
) -> Answer {
    let account = &signed_in.account;
    let proven = match present_password(&app, &visitor, account, &form).await? {
        Ok(proven) => proven,
        Err(trouble) => {
            let shown = CloseAccountPage { trouble: Some(trouble) };
            return refused(&app, visitor.page_cookies(&app), &shown);
        }
    };
    let read = || app.store.close_account_facts(account.id, app.now());
    let answer =
        app.decide(visitor.origin(), read, |facts, moment| close_account(&proven, facts, moment)).await?;
    match answer {
        CloseAccountAnswer::Closed => {
            let closed = Notice::Account(AccountNotice::Closed);
            see_other("/ingreso", visitor.cookies().remove(Jar::Session).notice(closed))
        }
        CloseAccountAnswer::PasswordChanged => sign_in_again(&visitor),
    }
}
