//! A browser whose portal may die in the middle of an answer: then nothing came, and nobody knows what was done.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser with its cookies, at an address of its own.
#[derive(Clone, Debug)]
pub(super) struct Browser {
    address: Ipv4Addr,
    cookies: BTreeMap<String, String>,
    /// When it last asked for something that it takes the cookies of.
    asked_at: Instant,
}

/// An answer that came whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    /// The value of a header, whose name is given in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// Whether it leads to this path.
    pub(super) fn leads_to(&self, path: &str) -> bool {
        self.status == 303 && self.header("location") == Some(path)
    }
}

impl Browser {
    /// A browser without cookies. A portal that trusts this machine as its proxy believes the address.
    pub(super) fn at(address: Ipv4Addr) -> Self {
        Self { address, cookies: BTreeMap::new(), asked_at: Instant::now() }
    }

    /// The same place, and no cookies.
    pub(super) fn without_cookies(&self) -> Self {
        Self::at(self.address)
    }

    /// Whether it has not asked for longer than a session surely lives (30 minutes, of which the last may not be written down).
    pub(super) fn is_long_idle(&self) -> bool {
        self.asked_at.elapsed() > Duration::from_mins(25)
    }

    /// The value of a cookie.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Every cookie's value.
    pub(super) fn cookies(&self) -> impl Iterator<Item = &str> {
        self.cookies.values().map(String::as_str)
    }

    /// Opens a page, and does not follow where it leads.
    pub(super) async fn get(&mut self, to: SocketAddr, path: &str) -> io::Result<Answer> {
        self.ask(to, &format!("GET {path}"), "").await
    }

    /// Sends a form, and does not follow where it leads.
    pub(super) async fn post(
        &mut self,
        to: SocketAddr,
        path: &str,
        fields: &[(&str, &str)],
    ) -> io::Result<Answer> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask(to, &format!("POST {path}"), &form).await
    }

    /// What is answered whatever it is, to a page opened or a form sent; no cookie is kept.
    pub(super) async fn look(
        &self,
        to: SocketAddr,
        path: &str,
        fields: Option<&[(&str, &str)]>,
    ) -> io::Result<Answer> {
        let method = if fields.is_some() { "POST" } else { "GET" };
        let form =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(fields.unwrap_or_default()).finish();
        let request = self.written(to, &format!("{method} {path}"), &form);
        timeout(PATIENCE, exchange(to, request.as_bytes())).await?
    }

    async fn ask(&mut self, to: SocketAddr, line: &str, form: &str) -> io::Result<Answer> {
        let request = self.written(to, line, form);
        let answer = timeout(PATIENCE, exchange(to, request.as_bytes())).await??;
        self.asked_at = Instant::now();
        if answer.status >= 500 {
            // Nobody knows what was done then.
            return Err(io::Error::other(format!("{line} was answered {}", answer.status)));
        }
        for cookie in answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    fn written(&self, to: SocketAddr, line: &str, form: &str) -> String {
        let mut text = format!(
            "{line} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\nsec-fetch-site: same-origin\r\n\
             x-forwarded-for: {}\r\n",
            self.address
        );
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let _ = write!(text, "cookie: {}\r\n", pairs.join("; "));
        }
        if line.starts_with("POST") {
            text.push_str("content-type: application/x-www-form-urlencoded\r\n");
            let _ = write!(text, "content-length: {}\r\n", form.len());
        }
        format!("{text}\r\n{form}")
    }
}

async fn exchange(to: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(to).await?;
    stream.write_all(request).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes);
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
    let answer = Answer { status, head: head.replace("\r\n", "\n"), body: body.to_owned() };
    let length = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| answer.body.len() < length) {
        return Err(cut());
    }
    Ok(answer)
}
