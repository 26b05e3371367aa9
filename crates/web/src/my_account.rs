//! `/cuenta`: the account in short, and what happened to it lately.

use crate::answer::{Answer, page};
use crate::app::App;
use crate::session::SignedIn;
use crate::visitor::{AccountNotice, Notice, Visitor};
use axum::Extension;
use axum::extract::State;
use std::sync::Arc;
use zaguan_views::{MyAccountNotice, MyAccountPage};

/// So many of the latest happenings are shown.
const HAPPENINGS: u32 = 20;

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
) -> Answer {
    let account = &signed_in.account;
    let notice = match visitor.notice() {
        Some(Notice::Account(AccountNotice::PasswordChanged)) => Some(MyAccountNotice::PasswordChanged),
        Some(Notice::Account(AccountNotice::EmailChanged)) => Some(MyAccountNotice::EmailChanged),
        _ => None,
    };
    let shown = MyAccountPage {
        document: account.holder.document,
        email: account.email.as_str().to_owned(),
        happenings: app.store.happenings_of(account, HAPPENINGS).await?,
        now: app.now(),
        notice,
    };
    page(&app, visitor.page_cookies(&app), &shown)
}
