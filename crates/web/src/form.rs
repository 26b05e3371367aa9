//! Forms as browsers send them, read without ever failing on what was typed.

use crate::even::form_came;
use crate::failure::Failure;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::LengthLimitError;
use std::borrow::Cow;
use std::time::Duration;
use tokio::time::timeout;
use zaguan_domain::password::Password;
use zaguan_views::{ErrorKind, Typed};

/// More than any form of ours holds, in bytes; a longer body is answered 413.
pub const BODY_LIMIT: usize = 16 * 1024;

/// How long the whole of a form may take to come. The slowest mobile line needs a few seconds for sixteen kilobytes;
/// whoever sends byte by byte holds a connection no longer than this.
const BODY_WITHIN: Duration = Duration::from_secs(15);

/// The fields of a form, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// The field of this name: what was typed, and how often the field came.
    fn field(&self, name: &str) -> (&str, usize) {
        let mut values = self.0.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str());
        (values.next().unwrap_or(""), 1 + values.count())
    }

    /// What was typed into the field of this name; empty where there is no such field.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.field(name).0
    }

    /// Reads a field by the rule `read`. A field that came twice is refused as `repeated`: which of the two was meant
    /// is nobody's to guess.
    pub(crate) fn read<T, R>(
        &self,
        name: &str,
        repeated: R,
        read: impl FnOnce(&str) -> Result<T, R>,
    ) -> (Option<T>, Typed<R>) {
        let value = self.text(name).to_owned();
        match self.judge(name, repeated, read) {
            Ok(read) => (Some(read), Typed { value, refusal: None }),
            Err(refusal) => (None, Typed { value, refusal: Some(refusal) }),
        }
    }

    /// Reads a field like [`Self::read`], and keeps nothing of what was typed.
    pub(crate) fn judge<T, R>(
        &self,
        name: &str,
        repeated: R,
        read: impl FnOnce(&str) -> Result<T, R>,
    ) -> Result<T, R> {
        let (text, times) = self.field(name);
        if times > 1 { Err(repeated) } else { read(text) }
    }
}

/// What was typed as a password that somebody has: as it is, for no rule of ours may keep an old password out. It is refused
/// as `empty` or as `too_long`.
pub(crate) fn read_password<R>(typed: &str, empty: R, too_long: R) -> Result<String, R> {
    match typed.len() {
        0 => Err(empty),
        length if length > Password::MAX_BYTES => Err(too_long),
        _ => Ok(typed.to_owned()),
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        if !is_form(request.headers()) {
            return Err(Failure::Expected(ErrorKind::NotAForm));
        }
        let (parts, body) = request.into_parts();
        let body = timeout(BODY_WITHIN, to_bytes(body, BODY_LIMIT)).await;
        form_came(&parts.extensions);
        let in_time = body.map_err(|_| Failure::Expected(ErrorKind::TooSlow))?;
        let body = in_time.map_err(|error| {
            let cause = std::error::Error::source(&error);
            let too_large = cause.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
            Failure::Expected(if too_large { ErrorKind::TooLarge } else { ErrorKind::BadRequest })
        })?;
        let owned = |text: Cow<'_, str>| text.into_owned();
        let fields = form_urlencoded::parse(&body).map(|(name, value)| (owned(name), owned(value)));
        Ok(Self(fields.collect()))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(CONTENT_TYPE) else {
        return false;
    };
    let essence = content_type.to_str().unwrap_or("").split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
