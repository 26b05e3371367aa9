//! A real Chromium for tests: what a person does with a page, and what can be seen of it afterwards.
//!
//! A step that cannot be done fails the test at once, with the address and the text of the page.

use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use thirtyfour::components::escape_string;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, ChromeCapabilities, ChromiumLikeCapabilities as _, LoggingPrefsLogLevel, WebDriver};
use tokio::time::{Instant, sleep};

use crate::browser_process::ChromeDriver;
use crate::or_fail::{OrFail as _, fail};

pub use crate::browser_axe::Violation;
pub use crate::browser_requests::Request;
pub use thirtyfour::Key;

/// Chromium's flags: headless, silent towards the world, and sure not to reach it.
const FLAGS: [&str; 10] = [
    "--headless=new",
    // Root cannot have the sandbox, and these tests open only their own pages.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // A page that asks another host is seen asking, and gets no answer.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];
/// Chromium's usual size of text, in CSS pixels.
const USUAL_TEXT: u32 = 16;
const PAGE_CHANGE: Duration = Duration::from_secs(20);
const BLOCKED: u8 = 2;
const WAITING: Duration = Duration::from_mins(1);

/// How the person's browser is.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    width: u32,
    height: u32,
    phone: bool,
    pub(crate) javascript: bool,
    dark: bool,
    text_percent: u32,
}

impl Settings {
    /// A phone of 360 by 740 CSS pixels.
    pub fn phone() -> Self {
        Self { width: 360, height: 740, phone: true, javascript: true, dark: false, text_percent: 100 }
    }

    /// A desktop window of 1280 by 800 CSS pixels.
    pub fn desktop() -> Self {
        Self { width: 1280, height: 800, phone: false, ..Self::phone() }
    }

    /// The same with another width, in CSS pixels.
    #[must_use]
    pub fn width(self, width: u32) -> Self {
        Self { width, ..self }
    }

    /// The same with JavaScript turned off.
    #[must_use]
    pub fn without_javascript(self) -> Self {
        Self { javascript: false, ..self }
    }

    /// The same for a person who prefers dark pages.
    #[must_use]
    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// The same with the browser's text size set to so many per cent of the usual.
    #[must_use]
    pub fn text_percent(self, text_percent: u32) -> Self {
        Self { text_percent, ..self }
    }

    fn capabilities(self, profile: &Path) -> WebDriverResult<ChromeCapabilities> {
        let mut wanted = ChromeCapabilities::new();
        for flag in FLAGS {
            wanted.add_arg(flag)?;
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.display()))?;
        wanted.add_arg("--lang=es-AR")?;
        let mut preferences = json!({
            "intl.accept_languages": "es-AR,es",
            "webkit.webprefs.default_font_size": USUAL_TEXT * self.text_percent / 100,
        });
        if !self.javascript {
            preferences["profile.managed_default_content_settings.javascript"] = json!(BLOCKED);
        }
        wanted.add_experimental_option("prefs", preferences)?;
        let metrics = json!({
            "width": self.width,
            "height": self.height,
            "pixelRatio": if self.phone { 2.0 } else { 1.0 },
            "mobile": self.phone,
            // Pressing by touch hangs ChromeDriver where JavaScript is off.
            "touch": false,
        });
        wanted.add_experimental_option("mobileEmulation", json!({ "deviceMetrics": metrics }))?;
        wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        Ok(wanted)
    }
}

/// A browser with a profile of its own; closed when dropped.
#[derive(Debug)]
pub struct Browser {
    // Dropped in this order: the session before the process that holds it.
    driver: WebDriver,
    pub(crate) settings: Settings,
    _process: ChromeDriver,
}

impl Browser {
    /// Opens a new browser, with an empty profile.
    pub async fn open(settings: Settings) -> Self {
        let process = ChromeDriver::start().await;
        let wanted = settings.capabilities(&process.profile()).or_fail("describing the browser");
        let driver = WebDriver::builder(process.url(), wanted)
            .request_timeout(WAITING)
            .connect()
            .await
            .or_fail("opening a browser");
        // The process ends the session when it is dropped; the driver, doing it too, would block for a minute.
        driver.clone().leak().or_fail("leaving the session to its process");
        let browser = Self { driver, settings, _process: process };
        let scheme = if settings.dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        browser
    }

    /// The session itself, for what has no word here.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Goes to an address and waits until the page is loaded.
    pub async fn goto(&self, url: &str) {
        self.driver.goto(url).await.or_fail(format_args!("going to {url}"));
    }

    /// The address of the page.
    pub async fn url(&self) -> String {
        self.driver.current_url().await.or_fail("reading the address").to_string()
    }

    /// The text of the page as a person sees it.
    pub async fn text(&self) -> String {
        let body = self.driver.find(By::Tag("body")).await.or_fail("finding the page's body");
        body.text().await.or_fail("reading the page")
    }

    /// Waits until the page, which may reload itself, has these words; fails the test when they do not come.
    pub async fn wait_for_text(&self, words: &str, limit: Duration) {
        let deadline = Instant::now() + limit;
        loop {
            // A page on its way out has no body to read; the next one has.
            if let Ok(body) = self.driver.find(By::Tag("body")).await
                && body.text().await.is_ok_and(|text| text.contains(words))
            {
                return;
            }
            if Instant::now() >= deadline {
                self.lost(format_args!("«{words}» did not come within {limit:?}")).await;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Goes back a page, as the back button does.
    pub async fn back(&self) {
        self.driver.back().await.or_fail("going back");
    }

    /// Writes into the field of that name in place of what was there; in a list, chooses the option, and among
    /// round buttons the one, that has this value or these words.
    pub async fn fill(&self, field: &str, text: &str) {
        if let Err(error) = self.try_fill(field, text).await {
            self.lost(format_args!("filling «{field}» with «{text}»: {error}")).await;
        }
    }

    async fn try_fill(&self, field: &str, text: &str) -> WebDriverResult<()> {
        let element =
            self.driver.find(By::Css(format!("[name={}]:not([type=hidden])", quoted(field)))).await?;
        let words = escape_string(text);
        if element.tag_name().await? == "select" {
            let option = format!(".//option[@value={words} or normalize-space()={words}]");
            return element.find(By::XPath(option)).await?.click().await;
        }
        if element.attr("type").await?.is_some_and(|kind| kind == "radio" || kind == "checkbox") {
            let named = format!("@name={}", escape_string(field));
            let labelled = format!("@id=//label[normalize-space()={words}]/@for");
            let within = format!("ancestor::label[normalize-space()={words}]");
            let choice = format!("//input[{named} and (@value={words} or {labelled} or {within})]");
            return self.driver.find(By::XPath(choice)).await?.click().await;
        }
        element.clear().await?;
        element.send_keys(text).await
    }

    /// What the field of that name holds.
    pub async fn field(&self, field: &str) -> String {
        let element = self.driver.find(By::Css(format!("[name={}]", quoted(field)))).await;
        match element {
            Ok(element) => element.value().await.or_fail("reading a field").unwrap_or_default(),
            Err(error) => self.lost(format_args!("finding the field «{field}»: {error}")).await,
        }
    }

    /// Presses the button with these words; if it sends a form, waits for the page that comes.
    pub async fn press(&self, words: &str) {
        let text = escape_string(words);
        let submit = format!("@type='submit' and @value={text}");
        self.click(words, &format!("//button[normalize-space()={text}] | //input[{submit}]")).await;
    }

    /// Follows the link with these words; unless it leads to a place on the same page, waits for the page that comes.
    pub async fn follow(&self, words: &str) {
        self.click(words, &format!("//a[@href and normalize-space()={}]", escape_string(words))).await;
    }

    async fn click(&self, words: &str, path: &str) {
        if let Err(error) = self.try_click(path).await {
            self.lost(format_args!("pressing «{words}»: {error}")).await;
        }
    }

    async fn try_click(&self, path: &str) -> WebDriverResult<()> {
        let before = self.page().await?;
        let element = self.driver.find(By::XPath(path)).await?;
        let leads_on = match element.attr("href").await? {
            Some(address) => !address.starts_with('#'),
            None => element.prop("type").await?.as_deref() == Some("submit"),
        };
        element.click().await?;
        if leads_on {
            self.wait_for_page_after(&before).await;
        }
        Ok(())
    }

    /// A mark of the page that is open: another page, though of the same address, has another.
    pub(crate) async fn page(&self) -> WebDriverResult<String> {
        Ok(self.driver.find(By::Tag("html")).await?.element_id().to_string())
    }

    /// Waits until another page than that is open and loaded.
    pub(crate) async fn wait_for_page_after(&self, before: &str) {
        let deadline = Instant::now() + PAGE_CHANGE;
        loop {
            // On the way from one page to the next there may be none, and so each question may fail.
            if self.page().await.is_ok_and(|now| now != before)
                && let Ok(state) = self.driver.execute("return document.readyState", vec![]).await
                && state.json() == "complete"
            {
                return;
            }
            if Instant::now() >= deadline {
                // Where a phone's page sticks out, Chromium zooms out and ChromeDriver presses beside the mark.
                let wide = self.horizontal_scroll().await;
                self.lost(format_args!("no other page came; what sticks out of this one: {wide:?}")).await;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Writes a picture of the whole page, however long it is, as PNG; makes the folders on the way.
    pub async fn screenshot(&self, path: &Path) {
        let size = self.page_size().await;
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.devtools("Page.captureScreenshot", wanted).await;
        let encoded = picture["data"].as_str().or_fail("reading the picture");
        let bytes = STANDARD.decode(encoded).or_fail("decoding the picture");
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(path, bytes))
            .or_fail(format_args!("writing {}", path.display()));
    }

    /// The size of the whole page, as soon as it has one: a page may be loaded and not yet laid out.
    async fn page_size(&self) -> Value {
        let deadline = Instant::now() + PAGE_CHANGE;
        loop {
            let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await;
            let size = &metrics["cssContentSize"];
            if size["width"].as_f64() > Some(0.0) && size["height"].as_f64() > Some(0.0) {
                return size.clone();
            }
            if Instant::now() >= deadline {
                self.lost("the page has no size to take a picture of").await;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// What makes the page scroll sideways: each element that sticks out, with its width in CSS pixels. Empty
    /// when the page does not scroll sideways.
    pub async fn horizontal_scroll(&self) -> Vec<String> {
        let script = r"
            const page = document.documentElement;
            if (page.scrollWidth <= page.clientWidth) return [];
            const wide = [...document.querySelectorAll('*')]
                .map(element => [element, element.getBoundingClientRect()])
                .filter(([, box]) => box.right > page.clientWidth + 0.5)
                .map(([element, box]) => `${element.outerHTML.slice(0, 80)} from ${box.left} to ${box.right}`);
            return wide.length ? wide : [`the page is ${page.scrollWidth} px wide`];";
        let found = self.script(script, vec![]).await;
        serde_json::from_value(found).or_fail("reading what sticks out")
    }

    /// What Chromium complained of since last asked, such as a blocked script; one line each.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.or_fail("reading the browser's console");
        let grave = entries.into_iter().filter(|entry| entry.level == "SEVERE" || entry.level == "WARNING");
        grave.map(|entry| entry.message).collect()
    }

    /// Runs a script in the page, which works with JavaScript turned off too.
    pub(crate) async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        let returned = self.driver.execute(script, arguments).await.or_fail("running a script in the page");
        returned.json().clone()
    }

    /// Sends Chromium a command of its `DevTools` protocol.
    pub(crate) async fn devtools(&self, method: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(method, parameters).await.or_fail(method)
    }

    /// Fails the test, telling where the browser was.
    pub(crate) async fn lost(&self, why: impl Display) -> ! {
        let address = self.driver.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        let page = async { self.driver.find(By::Tag("body")).await?.text().await };
        let text = page.await.unwrap_or_default();
        fail(format_args!("{why}\n— at {address}:\n{text}"))
    }
}

/// A CSS string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
