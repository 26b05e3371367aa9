//! What every answer wears: the headers that keep browsers safe, and for failures the page in the portal's look.

use crate::answer::body;
use crate::app::App;
use crate::failure::{Failure, RETRY_AFTER_OUTAGE};
use crate::form::BODY_LIMIT;
use crate::throttle::{Limited, TooMany};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use std::error::Error;
use std::fmt::Write;
use zaguan_views::{ErrorKind, ErrorPage};

/// The number of a fault, for whoever logs the request.
#[derive(Clone, Debug)]
pub struct Incident(pub String);

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-src 'self'; \
     frame-ancestors 'self'; base-uri 'none'";
/// The same for pages whose template loads our own script.
const POLICY_WITH_SCRIPT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'";
/// How many headers are put on.
const HEADERS: usize = 9;
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Marks an answer whose page loads our script, so that its policy lets that script run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HasScript;

/// Dresses every answer.
pub(crate) fn dress(app: &App, response: Response) -> Response {
    let failure = match response.extensions().get::<Failure>() {
        Some(failure) => Some(failure.clone()),
        None => Failure::of_status(response.status()),
    };
    let limited = response.extensions().get::<Limited>().copied();
    let mut response = match failure {
        Some(failure) => failure_page(app, failure, response.headers()),
        None => response,
    };
    if let Some(limited) = limited {
        response.extensions_mut().insert(limited);
    }
    let policy = response.extensions().get::<HasScript>().map_or(POLICY, |_| POLICY_WITH_SCRIPT);
    put_on_headers(response.headers_mut(), policy, app.public_url.is_https());
    response
}

/// Whether a request says that it is longer than any form of ours.
pub(crate) fn announces_too_much(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    length.is_some_and(|length| length > BODY_LIMIT)
}

/// Writes the page of a failure, keeping what the router said besides (the methods that are allowed).
fn failure_page(app: &App, failure: Failure, bare: &HeaderMap) -> Response {
    let status = failure.status();
    let mut incident = None;
    let kind = match failure {
        Failure::Expected(kind) => kind,
        Failure::TooMany(TooMany { retry_after, .. }) => ErrorKind::TooMany { retry_after },
        Failure::Fault(cause) => {
            let number = incident_number(app);
            tracing::error!(incident = %number, cause = %chain(&*cause), "a request failed");
            incident = Some(Incident(number.clone()));
            ErrorKind::Fault { incident: number }
        }
        Failure::Unavailable(cause) => {
            let number = incident_number(app);
            tracing::error!(incident = %number, cause = %chain(&*cause), "a request failed: the store does not answer");
            incident = Some(Incident(number.clone()));
            ErrorKind::Unavailable { incident: number }
        }
    };
    let retry_after = match &kind {
        ErrorKind::Busy { retry_after } | ErrorKind::TooMany { retry_after } => Some(*retry_after),
        ErrorKind::Unavailable { .. } => Some(RETRY_AFTER_OUTAGE),
        ErrorKind::BadRequest
        | ErrorKind::CrossSite
        | ErrorKind::NotFound
        | ErrorKind::MethodNotAllowed
        | ErrorKind::TooSlow
        | ErrorKind::TooLarge
        | ErrorKind::NotAForm
        | ErrorKind::WrongHost
        | ErrorKind::Fault { .. } => None,
    };
    let mut response = match body(app, &ErrorPage { kind }) {
        Ok(body) => (status, body).into_response(),
        Err(error) => {
            tracing::error!(cause = %chain(&error), "the page of a failure could not be written");
            status.into_response()
        }
    };
    if let Some(allow) = bare.get(http::header::ALLOW) {
        response.headers_mut().insert(http::header::ALLOW, allow.clone());
    }
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(incident) = incident {
        response.extensions_mut().insert(incident);
    }
    response
}

/// Eight symbols that a person can read aloud to the help desk.
fn incident_number(app: &App) -> String {
    let mut bytes = [0; 4];
    app.world.fill(&mut bytes);
    let mut number = String::with_capacity(8);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(number, "{byte:02X}");
    }
    number
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

fn put_on_headers(headers: &mut HeaderMap, policy: &'static str, https: bool) {
    headers.reserve(HEADERS);
    let mut put = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    put(CONTENT_SECURITY_POLICY, policy);
    put(X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(X_FRAME_OPTIONS, "SAMEORIGIN");
    put(REFERRER_POLICY, "no-referrer");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if https {
        put(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
