//! A browser for tests: it keeps cookies, fills forms and follows redirects, through the portal's whole router.

use crate::or_fail::OrFail;
use crate::received_page::{Form, ReceivedPage};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::request::Builder;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt;

/// A browser.
#[derive(Clone, Debug)]
pub struct Client {
    router: Router,
    cookies: BTreeMap<String, String>,
    address: Option<IpAddr>,
    host: HeaderValue,
    more: Vec<(HeaderName, HeaderValue)>,
}

impl Client {
    /// A browser without cookies.
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            address: None,
            host: HeaderValue::from_static("127.0.0.1:8080"),
            more: Vec::new(),
        }
    }

    /// The browser at this address, such as `203.0.113.9`; without one it is on the portal's own machine.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn from_address(mut self, address: &str) -> Self {
        self.address = Some(address.parse().or_fail(address));
        self
    }

    /// The browser that knows the portal by this host.
    ///
    /// # Panics
    /// When it can stand in no header.
    #[must_use]
    pub fn at_host(mut self, host: &str) -> Self {
        self.host = HeaderValue::from_str(host).or_fail(host);
        self
    }

    /// The browser that sends this header with every request, besides its own; `host` instead of its own.
    ///
    /// # Panics
    /// When it is no header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let header = HeaderName::try_from(name).or_fail(name);
        self.more.push((header, HeaderValue::from_bytes(value.as_bytes()).or_fail(value)));
        self
    }

    /// Opens a page, and follows where it leads.
    pub async fn get(&mut self, path: &str) -> ReceivedPage {
        let page = self.ask(Method::GET, path, None).await;
        self.follow(page).await
    }

    /// Fills nothing in, presses the form's button, and follows where it leads.
    pub async fn submit(&mut self, form: Form) -> ReceivedPage {
        let page = self.post(&form.action, &form.fields).await;
        self.follow(page).await
    }

    /// Posts these fields, and does not follow where it leads.
    pub async fn post<N: AsRef<str>, V: AsRef<str>>(
        &mut self,
        path: &str,
        fields: &[(N, V)],
    ) -> ReceivedPage {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask(Method::POST, path, Some(body)).await
    }

    /// Asks with this method, and does not follow where it leads. A body is sent as a form.
    pub async fn ask(&mut self, method: Method, path: &str, body: Option<String>) -> ReceivedPage {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        self.send(request.header("sec-fetch-site", "same-origin"), body.unwrap_or_default()).await
    }

    /// Sends a request as it is, with this browser's cookies.
    pub async fn send(&mut self, request: Builder, body: impl Into<Body>) -> ReceivedPage {
        let request = request.body(body.into()).or_fail("a request");
        let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let (parts, body) = self.exchange(request).await.into_parts();
        let body = String::from_utf8(body).or_fail("the page is UTF-8");
        ReceivedPage { path, status: parts.status, headers: parts.headers, body }
    }

    /// Sends a request as it is, with this browser's cookies, and leaves the answer as it comes.
    pub async fn send_for_bytes(&mut self, request: Builder, body: impl Into<Body>) -> Response<Vec<u8>> {
        self.exchange(request.body(body.into()).or_fail("a request")).await
    }

    async fn exchange(&mut self, mut request: Request<Body>) -> Response<Vec<u8>> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = HeaderValue::try_from(cookies.join("; ")).or_fail("cookies");
        request.headers_mut().insert(COOKIE, cookies);
        for (name, value) in &self.more {
            request.headers_mut().append(name, value.clone());
        }
        request.headers_mut().entry(HOST).or_insert_with(|| self.host.clone());
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 50_000)));
        }
        let response = self.router.clone().oneshot(request).await.or_fail("the router always answers");
        self.keep_cookies(response.headers());
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.or_fail("the body comes whole");
        Response::from_parts(parts, body.to_vec())
    }

    async fn follow(&mut self, mut page: ReceivedPage) -> ReceivedPage {
        for _ in 0..10 {
            let Some(location) = page.headers.get(LOCATION).and_then(|to| to.to_str().ok()) else {
                return page;
            };
            let location = location.to_owned();
            page = self.ask(Method::GET, &location, None).await;
        }
        page
    }

    /// The value of the cookie whose name ends so.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(full, _)| full.ends_with(name)).map(|(_, value)| value.as_str())
    }

    /// Plants a cookie, keeping the name that the portal would give it.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Takes all cookies that another browser has.
    pub fn steal_cookies(&mut self, from: &Client) {
        self.cookies = from.cookies.clone();
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for header in headers.get_all(SET_COOKIE) {
            let Some((pair, attributes)) = header.to_str().ok().and_then(|text| text.split_once(';')) else {
                continue;
            };
            let Some((name, value)) = pair.split_once('=') else { continue };
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
