//! A browser whose answers are timed to the last byte: plain HTTP/1.1 over one connection, blocking, nothing else.

use crate::or_fail::OrFail;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path.
    pub path: &'static str,
    /// The form's fields; nothing is a GET.
    pub fields: Vec<(&'static str, String)>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The answer without what may differ between two people: the day and hour, the values of cookies (not their names,
    /// lengths and attributes), and the document, however it is written.
    #[must_use]
    pub fn masked(&self, document: &str) -> Self {
        let headers = self.headers.iter().filter(|(name, _)| name != "date").map(|(name, value)| {
            let value = if name == "set-cookie" { mask_cookie(value) } else { value.clone() };
            (name.clone(), mask_document(&value, document))
        });
        Self { status: self.status, headers: headers.collect(), body: mask_document(&self.body, document) }
    }
}

fn mask_cookie(cookie: &str) -> String {
    let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    format!("{name}={};{attributes}", "*".repeat(value.len()))
}

/// Documents here have eight digits: `12345678`, shown as `12.345.678`.
fn mask_document(text: &str, document: &str) -> String {
    let shown = match document.as_bytes() {
        [_, _, _, _, _, _, _, _] => {
            format!("{}.{}.{}", &document[..2], &document[2..5], &document[5..])
        }
        _ => document.to_owned(),
    };
    text.replace(&shown, "<document, shown>").replace(document, "<document>")
}

/// Requests sent so far, each from an address of its own to a portal that trusts this machine as a proxy.
static REQUESTS: AtomicU32 = AtomicU32::new(1);

/// A connection to a portal.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Connection {
    /// Opens a connection.
    ///
    /// # Panics
    /// When nobody listens there.
    pub fn open(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).or_fail("connecting to the portal");
        stream.set_nodelay(true).or_fail("sending at once");
        stream.set_read_timeout(Some(Duration::from_mins(1))).or_fail("waiting with a limit");
        Self { stream: BufReader::new(stream), host: to.to_string() }
    }

    /// Asks, with these cookies, and takes the time from the first byte out to the last byte in.
    ///
    /// # Panics
    /// When what comes back is no whole answer.
    pub fn ask(&mut self, request: &Request, cookies: &str) -> (Duration, Answer) {
        let bytes = self.written(request, cookies);
        let begin = Instant::now();
        self.stream.get_mut().write_all(bytes.as_bytes()).or_fail("sending a request");
        let answer = self.read();
        (begin.elapsed(), answer)
    }

    fn written(&self, request: &Request, cookies: &str) -> String {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&request.fields).finish();
        let client = Ipv4Addr::from(0x0a00_0000 | (REQUESTS.fetch_add(1, Ordering::Relaxed) & 0x00ff_ffff));
        let method = if request.fields.is_empty() { "GET" } else { "POST" };
        let mut text = format!(
            "{method} {} HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\nx-forwarded-for: {client}\r\n",
            request.path, self.host
        );
        if !cookies.is_empty() {
            let _ = write!(text, "cookie: {cookies}\r\n");
        }
        if !request.fields.is_empty() {
            text.push_str("content-type: application/x-www-form-urlencoded\r\n");
            let _ = write!(text, "content-length: {}\r\n", body.len());
        }
        format!("{text}\r\n{body}")
    }

    fn read(&mut self) -> Answer {
        let status = self.read_line();
        let status = status.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut headers = Vec::new();
        loop {
            let line = self.read_line();
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status: status.or_fail("a status"), headers, body: String::new() };
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        let mut body = vec![0; length.or_fail(format_args!("the length of {answer:?}"))];
        self.stream.read_exact(&mut body).or_fail("reading a body");
        answer.body = String::from_utf8(body).or_fail("a page in UTF-8");
        answer
    }

    fn read_line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).or_fail("reading a header");
        line.trim_end().to_owned()
    }
}

/// A browser with its cookies, on a connection of its own.
#[derive(Debug)]
pub struct Browser {
    connection: Connection,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser without cookies.
    pub fn new(to: SocketAddr) -> Self {
        Self { connection: Connection::open(to), cookies: BTreeMap::new() }
    }

    /// Sends a form, keeps the cookies, and does not follow where it leads.
    pub fn post(&mut self, path: &'static str, fields: &[(&'static str, &str)]) -> Answer {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.ask(&Request { path, fields })
    }

    /// Opens a page, and keeps the cookies.
    pub fn get(&mut self, path: &'static str) -> Answer {
        self.ask(&Request { path, fields: Vec::new() })
    }

    /// The cookies, as the header has them.
    pub fn cookies(&self) -> String {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    fn ask(&mut self, request: &Request) -> Answer {
        let (_, answer) = self.connection.ask(request, &self.cookies());
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_differ_between_two_people_is_masked_and_nothing_else() {
        let answer = |document: &str, shown: &str, cookie: &str, date: &str| Answer {
            status: 422,
            headers: vec![
                ("date".to_owned(), date.to_owned()),
                ("set-cookie".to_owned(), format!("browser={cookie}; Path=/; HttpOnly")),
            ],
            body: format!("<input value=\"{document}\"> {shown}"),
        };
        let one = answer("31000001", "31.000.001", "abc", "today");
        let two = answer("42000002", "42.000.002", "xyz", "tomorrow");
        assert_eq!(one.masked("31000001"), two.masked("42000002"));
        let longer = answer("42000002", "42.000.002", "xyz0", "tomorrow");
        assert_ne!(one.masked("31000001"), longer.masked("42000002"));
        let elsewhere = answer("42000002", "42.000.002", "xyz", "tomorrow");
        assert_ne!(one.masked("31000001"), Answer { status: 200, ..elsewhere }.masked("42000002"));
    }
}
