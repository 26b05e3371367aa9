//! What the browser asked of the network, and what it weighed.

use serde_json::Value;

use crate::browser::Browser;
use crate::or_fail::OrFail as _;

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
    pub async fn requests(&self) -> Vec<Request> {
        let entries = self.driver().get_log("performance").await.or_fail("reading the browser's requests");
        let events = entries.iter().filter_map(|entry| {
            let logged: Value = serde_json::from_str(&entry.message).ok()?;
            Some(logged["message"].clone())
        });
        gather(events)
    }
}

/// Puts together what several events tell of each request.
fn gather(events: impl Iterator<Item = Value>) -> Vec<Request> {
    let mut requests: Vec<(String, Request)> = Vec::new();
    for event in events {
        let told = &event["params"];
        let Some(id) = told["requestId"].as_str() else { continue };
        // A redirect keeps its identifier, so that what comes later is of the latest with it.
        let latest = requests.iter_mut().rev().find(|(known, _)| known == id).map(|(_, request)| request);
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                if let Some(redirected) = latest {
                    answered(redirected, &told["redirectResponse"]);
                    redirected.bytes = size(&told["redirectResponse"]["encodedDataLength"]);
                }
                requests.push((id.to_owned(), asked(&told["request"])));
            }
            Some("Network.responseReceived") => {
                if let Some(request) = latest {
                    answered(request, &told["response"]);
                }
            }
            Some("Network.loadingFinished") => {
                if let Some(request) = latest {
                    request.bytes = size(&told["encodedDataLength"]);
                }
            }
            _ => {}
        }
    }
    requests
        .into_iter()
        .map(|(_, request)| request)
        .filter(|one| !one.url.starts_with("data:") && !one.url.starts_with("chrome:"))
        .collect()
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
