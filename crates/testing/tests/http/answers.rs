//! Splits what came back on a connection into its answers.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// An answer of HTTP/1.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
}

/// The whole answers in these bytes, and whether something is left over.
pub(crate) fn split(mut bytes: &[u8]) -> (Vec<Answer>, bool) {
    let mut answers = Vec::new();
    while let Some((answer, rest)) = first(bytes) {
        answers.push(answer);
        bytes = rest;
    }
    (answers, !bytes.is_empty())
}

fn first(bytes: &[u8]) -> Option<(Answer, &[u8])> {
    let end = position(bytes, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a header");
        let name: HeaderName = name.parse().expect("a name");
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
    }
    let body = &bytes[end + 4..];
    let rest = if status < 200 || status == 204 || status == 304 {
        body
    } else if let Some(length) = headers.get("content-length") {
        body.get(length.to_str().ok()?.parse::<usize>().ok()?..)?
    } else {
        after_chunks(body)?
    };
    Some((Answer { status, headers }, rest))
}

fn after_chunks(mut body: &[u8]) -> Option<&[u8]> {
    loop {
        let end = position(body, b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).ok()?, 16).ok()?;
        body = body.get(end + 2 + size + 2..)?;
        if size == 0 {
            return Some(body);
        }
    }
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[test]
fn answers_are_told_apart() {
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nabHTTP/1.1 400 Bad\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/";
    let (answers, more) = split(bytes);
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 400]);
    assert!(more);
}
