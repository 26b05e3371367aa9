//! What a browser has to fetch to draw a page, and what it weighs on the wire; and one answer written down as it came.

use crate::browser::{Asker, attribute, get};
use crate::connection::Connection;
use crate::people::{SESSION_COOKIE, address, session_text};
use anyhow::bail;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The encodings that every browser takes.
const ENCODINGS: &str = "accept-encoding: gzip, deflate, br\r\n";

/// Which page is drawn.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Draw {
    /// Where the portal listens.
    #[arg(long)]
    to: SocketAddr,
    /// The page.
    #[arg(long)]
    path: String,
}

/// Which answer is written down.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Fetch {
    /// Where the portal listens.
    #[arg(long)]
    to: SocketAddr,
    /// The page.
    #[arg(long)]
    path: String,
    /// The person who is signed in; without, nobody is.
    #[arg(long)]
    session: Option<u32>,
    /// Where it is written.
    #[arg(long)]
    out: PathBuf,
}

/// Fetches the page and all that it needs, as a browser that was never here.
pub(crate) fn draw(draw: &Draw) -> anyhow::Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(draw.to).await?;
        let host = draw.to.to_string();
        let asker = Asker { host: &host, address: address(1) };
        let plain = get(&draw.path, asker, "", "");
        let needed = needed(connection.ask(&plain).await?.text());
        let drawn = 1 + needed.values().filter(|drawn| **drawn).count();
        let (mut bytes, mut parts) = (0, Vec::new());
        for path in std::iter::once(draw.path.clone()).chain(needed.into_keys()) {
            let request = get(&path, asker, "", ENCODINGS);
            let answer = connection.ask(&request).await?;
            if answer.status != 200 {
                bail!("{path}, which {} needs, answers {}", draw.path, answer.status);
            }
            let length = answer.head.len() + answer.body.len();
            bytes += length;
            parts.push(json!({ "path": path, "bytes": length }));
        }
        Ok(json!({ "requests_to_draw": drawn, "requests": parts.len(), "bytes": bytes, "parts": parts }))
    })
}

/// What a page makes a browser fetch: style, scripts, pictures and frames, which it needs to draw the page, and the icon,
/// which it does not.
fn needed(page: &str) -> BTreeMap<String, bool> {
    let mut paths = BTreeMap::new();
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split_whitespace().next().unwrap_or_default();
        let (path, is_drawn) = match (name, attribute(tag, "rel")) {
            ("link", Some("stylesheet" | "preload")) => (attribute(tag, "href"), true),
            ("link", Some("icon")) => (attribute(tag, "href"), false),
            ("script" | "img" | "iframe", _) => (attribute(tag, "src"), true),
            _ => continue,
        };
        paths.extend(path.filter(|path| path.starts_with('/')).map(|path| (path.to_owned(), is_drawn)));
    }
    paths
}

/// Writes one answer down, head and body.
pub(crate) fn fetch(fetch: &Fetch) -> anyhow::Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(fetch.to).await?;
        let host = fetch.to.to_string();
        let session = fetch.session.map(session_text);
        let cookies = session.map_or_else(String::new, |session| format!("{SESSION_COOKIE}={session}"));
        let request = get(&fetch.path, Asker { host: &host, address: address(1) }, &cookies, "");
        let answer = connection.ask(&request).await?;
        fs::write(&fetch.out, [answer.head, answer.body].concat())?;
        Ok(json!({ "status": answer.status, "head_bytes": answer.head.len(), "body_bytes": answer.body.len() }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_is_what_a_browser_fetches_to_draw() {
        let page = "<head><link rel=\"stylesheet\" href=\"/estilo.1.css\"><link rel=\"canonical\" href=\"/x\">\
            <link rel=\"icon\" href=\"/icono.svg\">\
            <script src=\"/clave.js\" defer></script></head><a href=\"/registro\">r</a><img alt=\"\" src=\"/logo.svg\">\
            <iframe src=\"/registro/clave/estado\"></iframe><img src=\"data:image/png;base64,AA\">";
        let expected = [
            ("/clave.js", true),
            ("/estilo.1.css", true),
            ("/icono.svg", false),
            ("/logo.svg", true),
            ("/registro/clave/estado", true),
        ];
        let needed = needed(page);
        let needed: Vec<(&str, bool)> = needed.iter().map(|(path, drawn)| (path.as_str(), *drawn)).collect();
        assert_eq!(needed, expected);
    }
}
