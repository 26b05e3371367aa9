//! Pages that are the same for everybody, the demo's mailbox, the files of the look, and the old paths.

use crate::answer::{Answer, page};
use crate::app::App;
use crate::failure::Failure;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use http::{HeaderMap, Method, StatusCode};
use std::sync::Arc;
use zaguan_views::{ErrorKind, GuidePage, HelpPage, MailboxPage, PrivacyPage, WelcomePage};

pub(crate) async fn welcome(State(app): State<Arc<App>>) -> Answer {
    page(&app, HeaderMap::new(), &WelcomePage)
}

pub(crate) async fn guide(State(app): State<Arc<App>>) -> Answer {
    let lines = app.store.lines_in_book().await?;
    page(&app, HeaderMap::new(), &GuidePage { lines })
}

pub(crate) async fn help(State(app): State<Arc<App>>) -> Answer {
    page(&app, HeaderMap::new(), &HelpPage)
}

pub(crate) async fn privacy(State(app): State<Arc<App>>) -> Answer {
    page(&app, HeaderMap::new(), &PrivacyPage)
}

/// `/buzon`: there is one only in the demo.
pub(crate) async fn mailbox(State(app): State<Arc<App>>) -> Answer {
    match &app.mailbox {
        Some(mailbox) => page(&app, HeaderMap::new(), &MailboxPage { letters: mailbox.letters() }),
        None => Err(Failure::Expected(ErrorKind::NotFound)),
    }
}

/// What no route serves: a file of the look, an old path of a printed manual, or nothing.
pub(crate) async fn elsewhere(State(app): State<Arc<App>>, request: Request) -> Answer {
    let uri = request.uri();
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Err(Failure::Expected(ErrorKind::NotFound));
    }
    if let Some(asset) = app.views.assets().iter().find(|asset| asset.path == uri.path()) {
        return Ok(file(asset.content_type, asset.bytes.clone()));
    }
    let legacy = app.legacy.iter().find(|legacy| {
        legacy.path.eq_ignore_ascii_case(uri.path())
            && legacy
                .query
                .as_ref()
                .is_none_or(|query| uri.query().is_some_and(|has| has.eq_ignore_ascii_case(query)))
    });
    match legacy {
        Some(legacy) => moved(&legacy.to),
        None => Err(Failure::Expected(ErrorKind::NotFound)),
    }
}

/// The name of a file holds the hash of what is in it, so a browser may keep it for ever.
fn file(content_type: &str, bytes: impl IntoResponse) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    if let Ok(content_type) = HeaderValue::from_str(content_type) {
        headers.insert(CONTENT_TYPE, content_type);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}

fn moved(to: &str) -> Answer {
    let location = HeaderValue::from_str(to).map_err(Failure::fault)?;
    Ok((StatusCode::FOUND, [(LOCATION, location)]).into_response())
}
