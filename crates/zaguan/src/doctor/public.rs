//! The public address, asked as a browser asks it: the name, the way, the certificate, and who answers.

use super::finding::Finding;
use super::{clock, files, trust};
use crate::config::Config;
use crate::tls;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

const PUBLIC: &str = "public address";
const CERTIFICATE: &str = "certificate in public";

/// What the whole exchange may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The page that is asked for, and the cookie by which a portal is known that answers.
const PAGE: &str = "/ingreso";
const MARK: &str = "zaguan-navegador=";
/// More of an answer is not read, in bytes.
const ANSWER_AT_MOST: u64 = 16 * 1024;

const MAY_BE_NORMAL: &str =
    "see from outside; that this machine does not reach its own public address may be normal";

/// What was heard at an address.
#[derive(Debug)]
struct Heard {
    status: u16,
    head: String,
    until: Option<Timestamp>,
}

/// Why nothing was heard.
#[derive(Debug)]
enum Deaf {
    Unresolved(io::Error),
    Unreachable(io::Error),
    NotTrusted(io::Error),
    Babble,
    Slow,
}

/// Asks the public address for a page.
pub(super) async fn look(config: &Config, now: Timestamp) -> Vec<Finding> {
    let origin = config.server.public_url.origin();
    let Ok(url) = Url::parse(origin) else {
        return vec![Finding::fault(PUBLIC, format!("{origin} is no address"), "correct server.public_url")];
    };
    let heard = timeout(PATIENCE, ask(&url, PAGE)).await.unwrap_or(Err(Deaf::Slow));
    let mut findings = match heard {
        Err(deaf) => vec![judge_silence(origin, &deaf)],
        Ok(heard) => {
            let mut findings = vec![judge_answer(origin, &heard)];
            findings.extend(heard.until.map(|until| files::days_left(CERTIFICATE, origin, until, now)));
            findings.extend(date(&heard.head).map(|said| clock::beside_another(origin, said, now)));
            findings
        }
    };
    if url.scheme() == "https" && url.port().is_none() {
        let plain = origin.replacen("https://", "http://", 1);
        if let Ok(url) = Url::parse(&plain) {
            let heard = timeout(PATIENCE, ask(&url, "/")).await.unwrap_or(Err(Deaf::Slow));
            findings.push(judge_plain(&plain, origin, &heard));
        }
    }
    findings
}

/// Asks whoever answers at a URL for a page.
async fn ask(url: &Url, page: &str) -> Result<Heard, Deaf> {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<SocketAddr> = lookup_host((bare, port)).await.map_err(Deaf::Unresolved)?.collect();
    let stream = TcpStream::connect(addresses.as_slice()).await.map_err(Deaf::Unreachable)?;
    let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    if url.scheme() != "https" {
        return converse(stream, &authority, page, None).await;
    }
    let name =
        ServerName::try_from(bare.to_owned()).map_err(|error| Deaf::Unresolved(io::Error::other(error)))?;
    let connector = TlsConnector::from(client().map_err(|error| Deaf::NotTrusted(io::Error::other(error)))?);
    let stream = connector.connect(name, stream).await.map_err(Deaf::NotTrusted)?;
    let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let until = shown.and_then(|certificate| tls::validity(certificate).ok()).map(|(_, until)| until);
    converse(stream, &authority, page, until).await
}

/// TLS as a browser of this machine does it.
fn client() -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    authority: &str,
    page: &str,
    until: Option<Timestamp>,
) -> Result<Heard, Deaf> {
    let request = format!(
        "GET {page} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: zaguan-doctor\r\nAccept: text/html\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(Deaf::Unreachable)?;
    let mut answer = Vec::new();
    // Who closes without a goodbye has said enough, if there is a head.
    let _ = stream.take(ANSWER_AT_MOST).read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer);
    let head = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    let status =
        head.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok());
    status.map_or(Err(Deaf::Babble), |status| Ok(Heard { status, head, until }))
}

/// The value of a header.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn date(head: &str) -> Option<Timestamp> {
    let zoned = rfc2822::DateTimeParser::new().parse_zoned(header(head, "date")?).ok()?;
    Some(zoned.timestamp())
}

fn judge_silence(origin: &str, deaf: &Deaf) -> Finding {
    match deaf {
        Deaf::Unresolved(error) => Finding::warning(
            PUBLIC,
            format!("the name in {origin} has no address here ({error})"),
            format!("compare server.public_url with the name server's entry; {MAY_BE_NORMAL}"),
        ),
        Deaf::Unreachable(error) => Finding::warning(
            PUBLIC,
            format!("nobody answers at {origin} from here ({error})"),
            format!("does the portal run, and the proxy before it? {MAY_BE_NORMAL}"),
        ),
        Deaf::Slow => Finding::warning(
            PUBLIC,
            format!("nobody answered at {origin} within {} seconds", PATIENCE.as_secs()),
            format!("does a firewall stand between? {MAY_BE_NORMAL}"),
        ),
        Deaf::NotTrusted(error) => {
            let words = error.to_string();
            let remedy = trust::remedy(&words, "server.public_url", None);
            let remedy = remedy.unwrap_or_else(|| "is it a server of HTTPS that answers there?".to_owned());
            Finding::fault(CERTIFICATE, format!("people's browsers refuse {origin}: {words}"), remedy)
        }
        Deaf::Babble => Finding::fault(
            PUBLIC,
            format!("what answers at {origin} speaks no HTTP"),
            "correct server.public_url, or what listens there",
        ),
    }
}

fn judge_answer(origin: &str, heard: &Heard) -> Finding {
    let fault = |words: &str, remedy: &str| Finding::fault(PUBLIC, format!("{origin} {words}"), remedy);
    match heard.status {
        _ if heard.head.contains(MARK) => Finding::good(PUBLIC, format!("the portal answers at {origin}")),
        421 => fault(
            "reaches a portal that is asked by another name",
            "let the proxy pass the Host header on as it comes, and compare server.public_url with what people type",
        ),
        502..=504 => fault(
            "reaches a proxy that does not reach the portal",
            "start the portal, and compare the proxy's target with server.listen",
        ),
        status => fault(
            &format!("is answered by something that is no portal (status {status} for {PAGE})"),
            "compare the name server's entry and the proxy's target with this machine and server.listen",
        ),
    }
}

/// People type the name without https.
fn judge_plain(plain: &str, origin: &str, heard: &Result<Heard, Deaf>) -> Finding {
    const PLAIN: &str = "without https";
    match heard {
        Ok(heard) => {
            let location = header(&heard.head, "location").unwrap_or_default();
            if matches!(heard.status, 301 | 302 | 307 | 308) && location.starts_with(origin) {
                return Finding::good(PLAIN, format!("{plain} leads to {origin}"));
            }
            Finding::warning(
                PLAIN,
                format!("{plain} does not lead to {origin} (status {})", heard.status),
                "let the proxy answer it with a redirect (301)",
            )
        }
        Err(_) => Finding::warning(
            PLAIN,
            format!("nobody answers at {plain}, where people come who type the name alone"),
            format!("let a proxy listen on port 80 and redirect to {origin}; {MAY_BE_NORMAL}"),
        ),
    }
}

#[cfg(test)]
mod tests;
