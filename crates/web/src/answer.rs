//! Answers: a page, a refused form, or the way to the next page.

use crate::app::App;
use crate::dress::HasScript;
use crate::failure::Failure;
use crate::kept::KeptBody;
use crate::visitor::Cookies;
use axum::Extension;
use axum::response::{Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use http::{HeaderMap, StatusCode};
use std::sync::Arc;
use zaguan_views::{Page, RenderError};

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
    let mut response = (status, cookies, body(app, page)?).into_response();
    if P::HAS_SCRIPT {
        response.extensions_mut().insert(HasScript);
    }
    Ok(response)
}

/// What is on a page.
pub(crate) fn body<P: Page>(app: &App, page: &P) -> Result<Response, RenderError> {
    const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
    let kept = app.kept.page(&app.views, page)?;
    match kept {
        Some(kept) => Ok(kept_body(HTML, &kept)),
        None => Ok(Html(app.views.page(page)?).into_response()),
    }
}

/// What is kept.
pub(crate) fn kept_body(content_type: HeaderValue, kept: &Arc<KeptBody>) -> Response {
    ([(CONTENT_TYPE, content_type)], Extension(Arc::clone(kept))).into_response()
}

/// A page without anything of anybody, which browsers may keep too; they ask each time whether it is still the same.
pub(crate) fn public_page<P: Page>(app: &App, shown: &P) -> Answer {
    let may_keep = [(CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    page(app, may_keep.into_iter().collect(), shown)
}

/// The way to the next page, by GET: 303.
pub(crate) fn see_other(path: &str, cookies: Cookies) -> Answer {
    let mut headers = cookies.into_headers();
    headers.insert(LOCATION, HeaderValue::from_str(path).map_err(Failure::fault)?);
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}
