//! HTTP/1.1 over one kept connection, with as little work for each answer as can be: whoever asks shares the cores with
//! the portal, and every microsecond of theirs looks like one of the portal's.

use anyhow::{Context as _, bail};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer of the portal has more.
const HEADERS: usize = 48;

/// Longer than anything that is measured; a portal that hangs must not hang the measurement.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection on which one request is asked at a time.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// An answer, in the connection's own memory.
pub(crate) struct Answer<'a> {
    /// The status.
    pub(crate) status: u16,
    /// The status line and the headers, as they came.
    pub(crate) head: &'a [u8],
    /// The body as it came: in chunks, if it came so.
    pub(crate) body: &'a [u8],
}

/// Where an answer's parts end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    length: usize,
    body: Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    Known(usize),
    Chunked,
}

impl Connection {
    /// Opens a connection.
    pub(crate) async fn open(to: SocketAddr) -> anyhow::Result<Self> {
        let stream = timeout(PATIENCE, TcpStream::connect(to)).await?.context("nobody listens")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 16 * 1024], filled: 0 })
    }

    /// Sends a request as it is, and reads its answer to the end.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        timeout(PATIENCE, self.exchange(request)).await.context("no answer within 30 seconds")?
    }

    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.filled = 0;
        let head = loop {
            self.read_more().await?;
            if let Some(head) = read_head(&self.buffer[..self.filled])? {
                break head;
            }
        };
        let end = loop {
            if let Some(end) = end_of(&self.buffer[..self.filled], head)? {
                break end;
            }
            self.read_more().await?;
        };
        let (head_bytes, body) = self.buffer[..end].split_at(head.length);
        Ok(Answer { status: head.status, head: head_bytes, body })
    }

    async fn read_more(&mut self) -> anyhow::Result<()> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(2 * self.filled, 0);
        }
        match self.stream.read(&mut self.buffer[self.filled..]).await? {
            0 => bail!("the connection was closed before the answer was whole"),
            read => self.filled += read,
        }
        Ok(())
    }
}

impl Answer<'_> {
    /// The values of a header, whose name is given in lower case.
    pub(crate) fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let text = std::str::from_utf8(self.head).unwrap_or_default();
        text.split("\r\n").skip(1).filter_map(move |line| {
            let (header, value) = line.split_once(':')?;
            header.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(self.body).unwrap_or_default()
    }
}

/// What the head says; nothing while it is not whole.
fn read_head(bytes: &[u8]) -> anyhow::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes)? else { return Ok(None) };
    let status = response.code.context("an answer without a status")?;
    let mut body = Body::Known(0);
    for header in &*response.headers {
        if header.name.eq_ignore_ascii_case("content-length") {
            let text = std::str::from_utf8(header.value)?;
            body = Body::Known(text.parse().context("a length that is no number")?);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            body = Body::Chunked;
        }
    }
    Ok(Some(Head { status, length, body }))
}

/// Where the answer ends; nothing while it is not whole.
fn end_of(bytes: &[u8], head: Head) -> anyhow::Result<Option<usize>> {
    match head.body {
        Body::Known(length) => Ok(Some(head.length + length).filter(|end| *end <= bytes.len())),
        Body::Chunked => end_of_chunks(bytes, head.length),
    }
}

fn end_of_chunks(bytes: &[u8], mut place: usize) -> anyhow::Result<Option<usize>> {
    loop {
        let rest = bytes.get(place..).unwrap_or_default();
        let parsed = httparse::parse_chunk_size(rest).map_err(|_| anyhow::anyhow!("a broken chunk"))?;
        let httparse::Status::Complete((line, size)) = parsed else { return Ok(None) };
        place += line + usize::try_from(size)? + 2;
        if size == 0 {
            return Ok(Some(place).filter(|end| *end <= bytes.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(bytes: &[u8]) -> Option<usize> {
        end_of(bytes, read_head(bytes).unwrap()?).unwrap()
    }

    #[test]
    fn an_answer_with_a_length_ends_where_the_length_says() {
        let whole = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        assert_eq!(end(whole), Some(whole.len()));
        for cut in 0..whole.len() {
            assert_eq!(end(&whole[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn an_answer_in_chunks_ends_after_the_empty_one() {
        let whole =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
        assert_eq!(end(whole), Some(whole.len()));
        for cut in 0..whole.len() {
            assert_eq!(end(&whole[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn an_answer_without_a_body_ends_with_its_head() {
        let whole = b"HTTP/1.1 401 Unauthorized\r\nvary: cookie\r\n\r\n";
        assert_eq!(end(whole), Some(whole.len()));
        assert_eq!(read_head(whole).unwrap().map(|head| head.status), Some(401));
    }

    #[test]
    fn headers_are_found_whatever_their_case() {
        let answer = Answer {
            status: 303,
            head: b"HTTP/1.1 303 See Other\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\n",
            body: b"",
        };
        assert_eq!(answer.header("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
        assert_eq!(answer.header("location").next(), None);
    }
}
