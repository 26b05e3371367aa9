//! A page as a test reads it: its words, its fields, its forms.

use crate::or_fail::{OrFail, fail};
use axum::http::{HeaderMap, StatusCode};
use scraper::{ElementRef, Html, Selector};

/// A page that the portal answered.
#[derive(Debug)]
pub struct ReceivedPage {
    /// The path that was asked for last.
    pub path: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub body: String,
}

/// A form of a page, being filled.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it posts to.
    pub action: String,
    /// Its fields, as they will be sent.
    pub fields: Vec<(String, String)>,
    names: Vec<String>,
}

impl ReceivedPage {
    /// The words of the page, blanks folded, without what only machines read.
    pub fn words(&self) -> String {
        let document = Html::parse_document(&self.body);
        let mut words: Vec<String> = Vec::new();
        for body in document.select(&selector("body")) {
            words.extend(body.text().flat_map(str::split_whitespace).map(str::to_owned));
        }
        words.join(" ")
    }

    /// Whether the page says this, blanks aside.
    pub fn says(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        self.texts("title").join(" ")
    }

    /// The texts of the elements that a CSS selector finds, blanks folded.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let document = Html::parse_document(&self.body);
        document.select(&selector(css)).map(folded).collect()
    }

    /// The items of the summary of errors: the field that each points to, and its words.
    pub fn errors(&self) -> Vec<(String, String)> {
        let document = Html::parse_document(&self.body);
        document
            .select(&selector("[role=alert] a[href^='#']"))
            .map(|link| (link.attr("href").unwrap_or("").trim_start_matches('#').to_owned(), folded(link)))
            .collect()
    }

    /// The value that a field shows.
    ///
    /// # Panics
    /// When there is no such field.
    pub fn value(&self, name: &str) -> String {
        let form = self.forms().into_iter().find(|form| form.names.iter().any(|field| field == name));
        let Some(form) = form else { fail_about(&format!("no field {name:?}"), self) };
        form.fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value).unwrap_or_default()
    }

    /// The form that posts to this path.
    ///
    /// # Panics
    /// When there is none.
    pub fn form(&self, action: &str) -> Form {
        match self.forms().into_iter().find(|form| form.action == action) {
            Some(form) => form,
            None => fail_about(&format!("no form that posts to {action}"), self),
        }
    }

    /// The forms of the page.
    pub fn forms(&self) -> Vec<Form> {
        let document = Html::parse_document(&self.body);
        document.select(&selector("form[method=post]")).map(read_form).collect()
    }

    /// The addresses of the page's links, in order.
    pub fn links(&self) -> Vec<String> {
        let document = Html::parse_document(&self.body);
        document
            .select(&selector("a[href]"))
            .filter_map(|link| link.attr("href").map(str::to_owned))
            .collect()
    }
}

impl Form {
    /// Types into a field.
    ///
    /// # Panics
    /// When the form has no such field: a test may not send what a person could not type.
    #[must_use]
    pub fn fill(mut self, name: &str, text: &str) -> Self {
        if !self.has(name) {
            fail(format_args!(
                "the form that posts to {} has no field {name:?}, only {:?}",
                self.action, self.names
            ));
        }
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Adds what no person could type, to see what an attacker gets.
    #[must_use]
    pub fn forge(mut self, name: &str, text: &str) -> Self {
        self.fields.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Whether the form has this field.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|field| field == name)
    }
}

fn read_form(form: ElementRef<'_>) -> Form {
    let mut read =
        Form { action: form.attr("action").unwrap_or("").to_owned(), fields: Vec::new(), names: Vec::new() };
    for field in form.select(&selector("input[name], select[name], textarea[name], button[name]")) {
        let name = field.attr("name").unwrap_or("").to_owned();
        read.names.push(name.clone());
        let kind = field.attr("type").unwrap_or("");
        let value = match field.value().name() {
            // A button sends its value only when it is the one pressed.
            "button" => continue,
            "select" => chosen(field),
            "textarea" => field.text().collect(),
            _ if matches!(kind, "checkbox" | "radio") && field.attr("checked").is_none() => continue,
            _ => field.attr("value").unwrap_or("").to_owned(),
        };
        read.fields.push((name, value));
    }
    read
}

fn chosen(select: ElementRef<'_>) -> String {
    let options = selector("option");
    let mut options = select.select(&options);
    let first = options.clone().next();
    let option = options.find(|option| option.attr("selected").is_some()).or(first);
    option.and_then(|option| option.attr("value")).unwrap_or("").to_owned()
}

fn folded(element: ElementRef<'_>) -> String {
    element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).or_fail(css)
}

#[track_caller]
fn fail_about(what: &str, page: &ReceivedPage) -> ! {
    fail(format_args!("{what} on {} ({}):\n{}", page.path, page.status, page.words()))
}
