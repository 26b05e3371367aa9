//! Who is signed in, for the pages that want it, and `/sesion` for the insurer's other applications.

use crate::answer::{Answer, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::visitor::{Jar, Notice, Visitor, session_of};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::HeaderValue;
use http::{HeaderName, StatusCode};
use jiff::Timestamp;
use std::error::Error;
use std::sync::Arc;
use zaguan_domain::account::Account;
use zaguan_domain::change::Change;
use zaguan_domain::session::{Session, SessionTimes};
use zaguan_domain::token::TokenHash;
use zaguan_store::CommitError;

/// Somebody who is signed in. Only routes that the table declares so are given it.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// Who.
    pub(crate) account: Arc<Account>,
    /// The session of this browser.
    pub(crate) session: Session,
}

/// The header that names the person to other applications: stable, opaque, never the document.
const SUBJECT: HeaderName = HeaderName::from_static("x-zaguan-subject");
/// The header with the person's document number, digits only.
const DOCUMENT: HeaderName = HeaderName::from_static("x-zaguan-document");

/// Lets only people who are signed in to a page; others are sent to sign in first.
pub(crate) async fn signed_in_or_sign_in(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Answer {
    let (request, visitor, signed_in) = find(&app, request).await?;
    match signed_in {
        Some(signed_in) => Ok(pass_on(request, signed_in, next).await),
        None => see_other("/ingreso", visitor.cookies().remove(Jar::Session).notice(Notice::SignInFirst)),
    }
}

async fn find(app: &Arc<App>, request: Request) -> Result<(Request, Visitor, Option<SignedIn>), Failure> {
    let (mut parts, body) = request.into_parts();
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, app).await;
    let signed_in = match visitor.session() {
        None => None,
        Some(token) => {
            let now = app.now();
            let found = app.store.session(&token).await?;
            match found.filter(|(session, _)| session.is_alive(now, &app.rules)) {
                None => None,
                Some((session, account)) => {
                    see(app, token, session.times(), now).await?;
                    Some(SignedIn { account: Arc::new(account), session })
                }
            }
        }
    };
    Ok((Request::from_parts(parts, body), visitor, signed_in))
}

/// Writes down that the session is in use, if that is due; that it ended meanwhile is for the next request to find. Where
/// nothing can be written people are answered all the same: a session that nobody saw ends all the sooner.
async fn see(app: &App, token: TokenHash, times: SessionTimes, now: Timestamp) -> Result<(), Failure> {
    if !times.wants_to_be_seen(now) {
        return Ok(());
    }
    match app.store.commit(vec![Change::SessionSeen { token, at: now }]).await {
        Ok(()) | Err(CommitError::Conflict) => Ok(()),
        Err(CommitError::Fault(fault)) if fault.is_outage() => {
            let cause: &dyn Error = &fault;
            tracing::warn!(cause, "that a session is in use could not be written down");
            Ok(())
        }
        Err(CommitError::Fault(fault)) => Err(fault.into()),
    }
}

async fn pass_on(mut request: Request, signed_in: SignedIn, next: Next) -> Response {
    request.extensions_mut().insert(signed_in);
    next.run(request).await
}

/// `/sesion`: who is signed in, in two headers; others are told 401, which a reverse proxy understands.
///
/// It is asked for every request of other applications, so it reads no more than it tells.
pub(crate) async fn show(State(app): State<Arc<App>>, request: Request) -> Answer {
    let token = session_of(request.headers(), app.public_url.is_https());
    let Some(token) = token else { return Ok(StatusCode::UNAUTHORIZED.into_response()) };
    let (now, found) = (app.now(), app.store.session_bearer(&token).await?);
    let Some(bearer) = found.filter(|bearer| bearer.times.is_alive(now, &app.rules)) else {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    };
    see(&app, token, bearer.times, now).await?;
    let subject = HeaderValue::from_str(&bearer.account.to_string()).map_err(Failure::fault)?;
    let document = HeaderValue::from_str(&bearer.document.to_stored()).map_err(Failure::fault)?;
    Ok((StatusCode::OK, [(SUBJECT, subject), (DOCUMENT, document)]).into_response())
}
