//! The floor under a page: axum alone, which answers what the portal answered, byte for byte, without knowing anything.

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use axum::routing::any;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;

/// What it answers, and where.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Floor {
    /// Where to listen.
    #[arg(long)]
    listen: SocketAddr,
    /// An answer as it came over the wire, as `fetch` writes it down.
    #[arg(long)]
    answer: PathBuf,
}

/// What is answered to everybody.
#[derive(Clone, Debug)]
struct Fixed {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

/// Serves until it is killed.
pub(crate) fn run(floor: &Floor) -> anyhow::Result<()> {
    let bytes =
        fs::read(&floor.answer).with_context(|| format!("could not read {}", floor.answer.display()))?;
    let fixed = read(&bytes)?;
    // As the portal's own runtime: a thread for each core.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let router = Router::new().fallback(any(async move || fixed.answer()));
        let listener = TcpListener::bind(floor.listen).await?;
        Ok(axum::serve(tcp_no_delay(listener), router).await?)
    })
}

/// Without this a small answer may wait 40 ms for the kernel; the portal does the same.
fn tcp_no_delay(listener: TcpListener) -> impl axum::serve::Listener<Addr = SocketAddr> {
    use axum::serve::ListenerExt as _;
    listener.tap_io(|stream| {
        // If it cannot be set, it waits.
        drop(stream.set_nodelay(true));
    })
}

impl Fixed {
    fn answer(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        for (name, value) in &self.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        response
    }
}

/// Reads an answer; what the server writes by itself, the day and the length, is left to it.
fn read(bytes: &[u8]) -> anyhow::Result<Fixed> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes)? else {
        anyhow::bail!("the answer is not whole")
    };
    let status = StatusCode::from_u16(response.code.context("no status")?)?;
    let mut fixed = Fixed { status, headers: Vec::new(), body: Bytes::copy_from_slice(&bytes[length..]) };
    for header in &*response.headers {
        let name = HeaderName::try_from(header.name)?;
        if name == "transfer-encoding" {
            anyhow::bail!("an answer in chunks cannot be repeated");
        }
        if name != "date" && name != "content-length" {
            fixed.headers.push((name, HeaderValue::from_bytes(header.value)?));
        }
    }
    Ok(fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_repeated_with_its_status_its_headers_and_its_body() {
        let bytes = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n\
            content-length: 5\r\ndate: Mon, 23 Nov 2026 13:00:00 GMT\r\n\r\nhello";
        let fixed = read(bytes).unwrap();
        assert_eq!((fixed.status, &fixed.body[..]), (StatusCode::OK, &b"hello"[..]));
        let names: Vec<&str> = fixed.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["content-type", "set-cookie", "set-cookie"]);
        assert_eq!(fixed.answer().headers().get_all("set-cookie").iter().count(), 2);
        assert!(read(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n").is_err());
    }
}
