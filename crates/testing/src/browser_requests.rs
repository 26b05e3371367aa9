//! What the browser asked of the network, and what it weighed.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::browser::Browser;
use crate::or_fail::OrFail as _;

const ANSWERS: Duration = Duration::from_secs(5);

/// A request that the browser made, of a page or of any part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// GET, POST…
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The status of the answer; nothing if none came.
    pub status: Option<u16>,
    /// Bytes that came over the wire, headers included; 0 if none came or they came from the cache.
    pub bytes: u64,
}

impl Browser {
    /// Every request since last asked, in order: pages, the redirects on the way to them, styles, images, icons.
    ///
    /// `data:` addresses and Chromium's own pages are not among them, because nobody is asked.
    /// Waits for the answers that are on their way, up to five seconds.
    pub async fn requests(&self) -> Vec<Request> {
        let mut events: Vec<Value> = Vec::new();
        let deadline = Instant::now() + ANSWERS;
        loop {
            let entries =
                self.driver().get_log("performance").await.or_fail("reading the browser's requests");
            events.extend(entries.iter().filter_map(|entry| {
                let logged: Value = serde_json::from_str(&entry.message).ok()?;
                Some(logged["message"].clone())
            }));
            let seen = gather(&events);
            if seen.iter().all(|one| one.ended || !asks_somebody(&one.request)) || Instant::now() >= deadline
            {
                return seen.into_iter().map(|one| one.request).filter(asks_somebody).collect();
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

fn asks_somebody(request: &Request) -> bool {
    ["http:", "https:", "ws:", "wss:"].iter().any(|scheme| request.url.starts_with(scheme))
}

/// A request as far as the events so far tell of it.
#[derive(Debug)]
struct SeenRequest {
    id: String,
    request: Request,
    ended: bool,
}

/// Puts together what several events tell of each request.
fn gather(events: &[Value]) -> Vec<SeenRequest> {
    let mut seen: Vec<SeenRequest> = Vec::new();
    for event in events {
        let told = &event["params"];
        let Some(id) = told["requestId"].as_str() else { continue };
        // A redirect keeps its identifier, so that what comes later is of the latest with it.
        let latest = seen.iter_mut().rev().find(|known| known.id == id);
        match (event["method"].as_str(), latest) {
            (Some("Network.requestWillBeSent"), latest) => {
                if let Some(redirected) = latest {
                    answered(&mut redirected.request, &told["redirectResponse"]);
                    redirected.request.bytes = size(&told["redirectResponse"]["encodedDataLength"]);
                    redirected.ended = true;
                }
                seen.push(SeenRequest { id: id.to_owned(), request: asked(&told["request"]), ended: false });
            }
            (Some("Network.responseReceived"), Some(latest)) => {
                answered(&mut latest.request, &told["response"]);
            }
            (Some("Network.loadingFinished"), Some(latest)) => {
                latest.request.bytes = size(&told["encodedDataLength"]);
                latest.ended = true;
            }
            (Some("Network.loadingFailed"), Some(latest)) => latest.ended = true,
            _ => {}
        }
    }
    seen
}

fn asked(request: &Value) -> Request {
    let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
    Request { method: text("method"), url: text("url"), status: None, bytes: 0 }
}

fn answered(request: &mut Request, response: &Value) {
    request.status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
}

/// `DevTools` writes whole numbers of bytes now as integers, now as floats.
fn size(bytes: &Value) -> u64 {
    bytes.as_u64().or_else(|| bytes.to_string().split('.').next()?.parse().ok()).unwrap_or_default()
}
