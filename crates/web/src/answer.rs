//! Answers: a page, a refused form, or the way to the next page.

use crate::app::App;
use crate::dress::HasScript;
use crate::failure::Failure;
use crate::visitor::Cookies;
use axum::response::{Html, IntoResponse, Response};
use http::header::{HeaderValue, LOCATION};
use http::{HeaderMap, StatusCode};
use zaguan_views::Page;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Failure>;

/// A page.
pub(crate) fn page<P: Page>(app: &App, cookies: HeaderMap, page: &P) -> Answer {
    page_with_status(app, StatusCode::OK, cookies, page)
}

/// A form that was refused: 422, with what was typed and why.
pub(crate) fn refused<P: Page>(app: &App, cookies: HeaderMap, page: &P) -> Answer {
    page_with_status(app, StatusCode::UNPROCESSABLE_ENTITY, cookies, page)
}

pub(crate) fn page_with_status<P: Page>(
    app: &App,
    status: StatusCode,
    cookies: HeaderMap,
    page: &P,
) -> Answer {
    let html = app.views.page(page)?;
    let mut response = (status, cookies, Html(html)).into_response();
    if P::HAS_SCRIPT {
        response.extensions_mut().insert(HasScript);
    }
    Ok(response)
}

/// The way to the next page, by GET: 303.
pub(crate) fn see_other(path: &str, cookies: Cookies) -> Answer {
    let mut headers = cookies.into_headers();
    headers.insert(LOCATION, HeaderValue::from_str(path).map_err(Failure::fault)?);
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}
