//! A person's browser: it opens a page, keeps cookies, fills the form that is on the page, and sends it.

use crate::connection::{Answer, Connection};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::Ipv4Addr;

/// What a request says of who asks and whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker<'a> {
    /// The portal, as its address in the browser's bar.
    pub(crate) host: &'a str,
    /// Where the person is; the portal hears of it as from a reverse proxy.
    pub(crate) address: Ipv4Addr,
}

/// Cookies by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    /// Keeps what the answer sets, and forgets what it takes back.
    pub(crate) fn keep(&mut self, answer: &Answer<'_>) {
        for cookie in answer.header("set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            if attributes.contains("Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Forgets cookies whose names end so.
    pub(crate) fn forget(&mut self, name: &str) {
        self.0.retain(|full, _| !full.ends_with(name));
    }

    /// Whether there is a cookie whose name ends so.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.keys().any(|full| full.ends_with(name))
    }

    /// As the header has them.
    pub(crate) fn header(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

/// A form of a page: the fields that it has, with what is in them already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// The form of the page that is sent to this path. The portal's own pages are written in one way, which is all that is
    /// understood here: names and values between double quotes.
    pub(crate) fn in_page(page: &str, action: &str) -> Option<Self> {
        let form = page.split("<form").skip(1).find(|form| {
            let tag = form.split('>').next().unwrap_or_default();
            attribute(tag, "action") == Some(action)
        })?;
        let form = form.split("</form>").next().unwrap_or_default();
        let fields = form.split('<').filter_map(|tag| {
            let tag = tag.split('>').next().unwrap_or_default();
            let value = match tag.split_whitespace().next() {
                Some("input") => attribute(tag, "value").unwrap_or_default(),
                // Nothing is chosen yet.
                Some("select") => "",
                _ => return None,
            };
            Some((attribute(tag, "name")?.to_owned(), value.to_owned()))
        });
        Some(Self { fields: fields.collect() })
    }

    /// The form filled in, as it is sent.
    pub(crate) fn filled(&self, values: &[(&str, &str)]) -> String {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.fields {
            let typed = values.iter().find(|(field, _)| field == name);
            body.append_pair(name, typed.map_or(value.as_str(), |(_, typed)| typed));
        }
        body.finish()
    }
}

/// The value of an attribute in a tag.
pub(crate) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let (value, further) = after.split_once('"')?;
        if before.rsplit(char::is_whitespace).next() == Some(name) {
            return Some(value);
        }
        rest = further;
    }
    None
}

/// The bytes of a GET.
pub(crate) fn get(path: &str, asker: Asker<'_>, cookies: &str, more: &str) -> Vec<u8> {
    written("GET", path, asker, cookies, more).into_bytes()
}

/// The bytes of a form that is sent.
pub(crate) fn post(path: &str, asker: Asker<'_>, cookies: &str, body: &str) -> Vec<u8> {
    let more = format!(
        "origin: http://{}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n",
        asker.host,
        body.len()
    );
    let mut text = written("POST", path, asker, cookies, &more);
    text.push_str(body);
    text.into_bytes()
}

fn written(method: &str, path: &str, asker: Asker<'_>, cookies: &str, more: &str) -> String {
    let Asker { host, address } = asker;
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nx-forwarded-for: {address}\r\n{more}");
    if !cookies.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(text, "cookie: {cookies}\r\n");
    }
    text.push_str("\r\n");
    text
}

/// Opens a page and reads the form in it that is sent to the same path.
pub(crate) async fn open_form(
    connection: &mut Connection,
    path: &str,
    asker: Asker<'_>,
    cookies: &mut Cookies,
) -> anyhow::Result<Form> {
    let request = get(path, asker, &cookies.header(), "");
    let answer = connection.ask(&request).await?;
    cookies.keep(&answer);
    let form = Form::in_page(answer.text(), path);
    form.ok_or_else(|| anyhow::anyhow!("{path} answered {} without its form", answer.status))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<form action=\"/salir\" method=\"post\"><button>Salir</button></form>\n\
        <form method=\"post\" action=\"/ingreso\"><input type=\"hidden\" name=\"paso\" value=\"7\">\n\
        <select id=\"ramo\" name=\"ramo\"><option value=\"automotores\">Auto</option></select>\n\
        <label>Usuario <input id=\"usuario\" name=\"usuario\" value=\"\" required></label>\n\
        <input name=\"clave\" type=\"password\"><input type=\"submit\" value=\"Ingresar\"></form>";

    #[test]
    fn a_form_is_filled_in_and_what_was_in_it_stays() {
        let form = Form::in_page(PAGE, "/ingreso").unwrap();
        let body = form.filled(&[("usuario", "12345678"), ("clave", "tres sillas & más")]);
        assert_eq!(body, "paso=7&ramo=&usuario=12345678&clave=tres+sillas+%26+m%C3%A1s");
    }

    #[test]
    fn the_form_is_the_one_that_goes_to_the_path() {
        assert!(Form::in_page(PAGE, "/registro").is_none());
        assert_eq!(Form::in_page(PAGE, "/salir").unwrap().filled(&[]), "");
    }

    #[test]
    fn an_attribute_is_found_by_its_whole_name() {
        let tag = " data-name=\"no\" name=\"usuario\" value=\"a = b\"";
        assert_eq!(attribute(tag, "name"), Some("usuario"));
        assert_eq!(attribute(tag, "value"), Some("a = b"));
        assert_eq!(attribute(tag, "ame"), None);
    }

    #[test]
    fn cookies_are_kept_until_they_are_taken_back() {
        let answer = |head: &'static [u8]| Answer { status: 200, head, body: b"" };
        let mut cookies = Cookies::default();
        cookies.keep(&answer(b"HTTP/1.1 200 OK\r\nset-cookie: __Host-zaguan-sesion=abc; Path=/\r\n\r\n"));
        assert!(cookies.has("zaguan-sesion"));
        assert_eq!(cookies.header(), "__Host-zaguan-sesion=abc");
        cookies.keep(&answer(b"HTTP/1.1 200 OK\r\nset-cookie: __Host-zaguan-sesion=; Max-Age=0\r\n\r\n"));
        assert_eq!(cookies, Cookies::default());
        cookies.keep(&answer(b"HTTP/1.1 200 OK\r\nset-cookie: zaguan-sesion=a\r\nset-cookie: x=b\r\n\r\n"));
        cookies.forget("zaguan-sesion");
        assert_eq!(cookies.header(), "x=b");
    }

    #[test]
    fn a_request_is_written_as_a_browser_behind_a_proxy_sends_it() {
        let asker = Asker { host: "127.0.0.1:8080", address: Ipv4Addr::new(10, 0, 0, 7) };
        let request = post("/ingreso", asker, "a=1", "usuario=1");
        let text = String::from_utf8(request).unwrap();
        assert!(
            text.starts_with(
                "POST /ingreso HTTP/1.1\r\nhost: 127.0.0.1:8080\r\nx-forwarded-for: 10.0.0.7\r\n"
            )
        );
        assert!(text.contains("content-length: 9\r\n") && text.ends_with("cookie: a=1\r\n\r\nusuario=1"));
    }
}
