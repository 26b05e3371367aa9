//! Answers leave in a coding that the browser takes (RFC 9110, sections 8.4 and 12.5.3), and not at all where it has them
//! already (section 13.1.2).
//!
//! No page holds a secret beside words that somebody else chose, so compressing them tells nothing.

use crate::kept::KeptBody;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::response::{IntoResponse as _, Response};
use brotli::BrotliCompress;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, StatusCode};
use std::io::Write as _;
use std::sync::Arc;

/// What leaves in one packet of the network anyway is not worth compressing, in bytes.
const SMALL: usize = 1024;

/// More than any answer of ours has, in bytes.
const LARGE: usize = 16 * 1024 * 1024;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Plain,
    Gzip,
    Brotli,
}

/// The codings that a request takes. Everybody can read what is plain, whatever is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Taken {
    gzip: bool,
    brotli: bool,
}

impl Taken {
    fn by(request: &HeaderMap) -> Self {
        let mut taken = Self::default();
        let values = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        for item in values.flat_map(|value| value.split(',')) {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or("");
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            let wanted = weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
            if name.eq_ignore_ascii_case("gzip") {
                taken.gzip = wanted;
            } else if name.eq_ignore_ascii_case("br") {
                taken.brotli = wanted;
            }
        }
        taken
    }

    /// The best coding for what is compressed once.
    fn best(self) -> Coding {
        match self {
            Self { brotli: true, .. } => Coding::Brotli,
            Self { gzip: true, .. } => Coding::Gzip,
            Self { .. } => Coding::Plain,
        }
    }

    /// The coding for what is compressed for this one answer: brotli takes longer than it saves.
    fn quickest(self) -> Coding {
        if self.gzip { Coding::Gzip } else { Coding::Plain }
    }
}

/// What a request says of the body that it takes.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    taken: Taken,
    /// The tags of what the browser has already.
    has: Option<HeaderValue>,
}

impl Wanted {
    pub(crate) fn by(request: &HeaderMap) -> Self {
        Self { taken: Taken::by(request), has: request.get(IF_NONE_MATCH).cloned() }
    }

    /// Puts the body on an answer that is kept, and compresses the others.
    pub(crate) async fn code(self, mut response: Response) -> Response {
        match response.extensions_mut().remove::<Arc<KeptBody>>() {
            Some(kept) => with_kept(response, &kept, self.taken.best(), self.has.as_ref()),
            None => compressed(response, self.taken.quickest()).await,
        }
    }
}

/// The answer with the body that is kept for it; without, when it may be kept by browsers too, and they have it.
fn with_kept(mut response: Response, kept: &KeptBody, coding: Coding, has: Option<&HeaderValue>) -> Response {
    let body = kept.coded(coding);
    let headers = response.headers_mut();
    say_coding(headers, coding, body.len());
    if headers.get(CACHE_CONTROL).is_some_and(|value| value != "no-store") {
        let tag = kept.tag(coding);
        headers.insert(ETAG, tag.clone());
        if has.is_some_and(|has| names(has, tag)) {
            // Of what it has, only that is said by which it is found again (RFC 9110, section 15.4.5).
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_TYPE);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
    }
    *response.body_mut() = Body::from(body);
    response
}

/// Whether `If-None-Match` names this tag; a proxy that compressed the answer again may have marked it as weak.
fn names(has: &HeaderValue, tag: &HeaderValue) -> bool {
    let has = has.to_str().unwrap_or("").split(',').map(str::trim);
    has.map(|name| name.strip_prefix("W/").unwrap_or(name)).any(|name| name == "*" || name == tag)
}

/// The answer compressed, if it is text and worth it.
async fn compressed(mut response: Response, coding: Coding) -> Response {
    let size = response.body().size_hint().exact().and_then(|size| usize::try_from(size).ok());
    let Some(size) = size.filter(|size| (SMALL..LARGE).contains(size)) else { return response };
    if !is_text(response.headers()) || response.headers().contains_key(CONTENT_ENCODING) {
        return response;
    }
    if coding == Coding::Plain {
        response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // The body is in memory already: its size is known.
    let Ok(plain) = to_bytes(body, size).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let body = coding.apply(&plain);
    say_coding(&mut parts.headers, coding, body.len());
    Response::from_parts(parts, Body::from(body))
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    kind.starts_with("text/") || kind.starts_with("application/json")
}

fn say_coding(headers: &mut HeaderMap, coding: Coding, length: usize) {
    headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    let name = match coding {
        Coding::Plain => return,
        Coding::Gzip => "gzip",
        Coding::Brotli => "br",
    };
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
}

impl Coding {
    /// These bytes in this coding; brotli as small as can be, which takes milliseconds.
    pub(crate) fn apply(self, plain: &Bytes) -> Bytes {
        match self {
            Self::Plain => plain.clone(),
            Self::Gzip => gzip(plain).into(),
            Self::Brotli => brotli(plain).into(),
        }
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 2), Compression::default());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default()
}

fn brotli(mut plain: &[u8]) -> Vec<u8> {
    let parameters = BrotliEncoderParams { size_hint: plain.len(), ..BrotliEncoderParams::default() };
    let mut coded = Vec::new();
    // Writing to a Vec cannot fail. The default is the strongest level.
    let _ = BrotliCompress(&mut plain, &mut coded, &parameters);
    coded
}

#[cfg(test)]
mod tests {
    use super::{Coding, Taken, names};
    use http::header::ACCEPT_ENCODING;
    use http::{HeaderMap, HeaderValue};

    fn taken(values: &[&str]) -> (Coding, Coding) {
        let mut request = HeaderMap::new();
        for value in values {
            request.append(ACCEPT_ENCODING, HeaderValue::from_str(value).expect("a header"));
        }
        let taken = Taken::by(&request);
        (taken.best(), taken.quickest())
    }

    #[test]
    fn the_best_coding_that_a_request_takes() {
        for values in [&["gzip, deflate, br, zstd"] as &[_], &["gzip", "br"], &["GZIP;q=0.5,Br ; q=0.001"]] {
            assert_eq!(taken(values), (Coding::Brotli, Coding::Gzip), "{values:?}");
        }
        assert_eq!(taken(&["br;q=0, gzip"]), (Coding::Gzip, Coding::Gzip));
        assert_eq!(taken(&["br"]), (Coding::Brotli, Coding::Plain));
        for values in
            [&[] as &[_], &[""], &["identity"], &["gzip;q=0"], &["gzip;q=much"], &["gzipped, *;q=0"]]
        {
            assert_eq!(taken(values), (Coding::Plain, Coding::Plain), "{values:?}");
        }
    }

    #[test]
    fn a_browser_names_what_it_has() {
        let has =
            |has: &'static str| names(&HeaderValue::from_static(has), &HeaderValue::from_static("\"a-br\""));
        for named in ["\"a-br\"", "W/\"a-br\"", "\"x\" , W/\"a-br\"", "*"] {
            assert!(has(named), "{named}");
        }
        for other in ["", "a-br", "\"a\"", "\"a-gz\", \"b-br\"", "w/\"a-br\""] {
            assert!(!has(other), "{other}");
        }
    }
}
