//! `/cuenta/sesiones`: the browsers that are signed in, ended one by one or all but this one.

use crate::answer::{Answer, page, see_other};
use crate::app::App;
use crate::form::Form;
use crate::prove::{Goal, must_prove};
use crate::session::SignedIn;
use crate::visitor::{AccountNotice, Jar, Notice, Visitor};
use axum::Extension;
use axum::extract::State;
use std::sync::Arc;
use zaguan_domain::my_sessions::{end_other_sessions, end_session};
use zaguan_domain::session::Session;
use zaguan_views::{MySessionsPage, ShownSession};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
) -> Answer {
    let now = app.now();
    let this = signed_in.session.token;
    let sessions = app.store.sessions_of(signed_in.account.id).await?;
    let alive = sessions.iter().filter(|session| session.is_alive(now, &app.rules));
    let shown = MySessionsPage {
        sessions: alive.map(|session| shown(session, session.token == this)).collect(),
        now,
        ended: visitor.notice() == Some(Notice::Account(AccountNotice::SessionsEnded)),
    };
    page(&app, visitor.page_cookies(&app), &shown)
}

pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    visitor: Visitor,
    form: Form,
) -> Answer {
    if let Some(first_prove) = must_prove(&app, &visitor, &signed_in, Goal::Sessions) {
        return first_prove;
    }
    let (account, this) = (&signed_in.account, signed_in.session.token);
    let read = || app.store.sessions_of(account.id);
    let (all, name) = (!form.text("todas").is_empty(), form.text("sesion"));
    app.decide(visitor.origin(), read, |sessions, moment| {
        if all {
            end_other_sessions(this, account, moment)
        } else {
            end_session(name, account, sessions, moment)
        }
    })
    .await?;
    let cookies = visitor.cookies();
    if name == signed_in.session.name() && !all {
        return see_other("/ingreso", cookies.remove(Jar::Session).notice(Notice::SignedOut));
    }
    see_other("/cuenta/sesiones", cookies.notice(Notice::Account(AccountNotice::SessionsEnded)))
}

fn shown(session: &Session, is_this: bool) -> ShownSession {
    ShownSession {
        name: session.name(),
        browser: session.browser,
        opened_at: session.opened_at,
        seen_at: session.seen_at,
        is_this,
    }
}
