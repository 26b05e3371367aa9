//! Pages that are the same for everybody, the demo's mailbox, the files of the look, and the old paths.

use crate::answer::{Answer, kept_body, page, public_page};
use crate::app::App;
use crate::failure::Failure;
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use http::header::{CACHE_CONTROL, HeaderValue, LOCATION};
use http::{HeaderMap, Method, StatusCode};
use std::sync::Arc;
use zaguan_views::{ErrorKind, GuidePage, HelpPage, MailboxPage, PrivacyPage, WelcomePage};

pub(crate) async fn welcome(State(app): State<Arc<App>>) -> Answer {
    public_page(&app, &WelcomePage)
}

pub(crate) async fn guide(State(app): State<Arc<App>>) -> Answer {
    let lines = app.store.lines_in_book().await?;
    public_page(&app, &GuidePage { lines })
}

pub(crate) async fn help(State(app): State<Arc<App>>) -> Answer {
    public_page(&app, &HelpPage)
}

pub(crate) async fn privacy(State(app): State<Arc<App>>) -> Answer {
    public_page(&app, &PrivacyPage)
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
    if let Some(file) = app.kept.file(uri.path()) {
        // The name of a file holds the hash of what is in it, so a browser may keep it for ever.
        let for_ever = [(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"))];
        return Ok((for_ever, kept_body(file.content_type.clone(), &file.body)).into_response());
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

fn moved(to: &str) -> Answer {
    let location = HeaderValue::from_str(to).map_err(Failure::fault)?;
    Ok((StatusCode::FOUND, [(LOCATION, location)]).into_response())
}
