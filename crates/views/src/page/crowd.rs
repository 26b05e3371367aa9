//! `/ingreso` when more people sign in than can be answered in time: the page waits and tries again by itself.

use super::Page;
use crate::fault::WordsError;
use crate::samples;
use crate::words::Words;
use minijinja::{Value, context};
use zaguan_domain::document::Document;

/// Many people sign in at once. The page leads to the form again by itself, with the user name filled in. It has no
/// field, because what is typed into a page that goes away by itself is lost.
#[derive(Clone, Copy, Debug)]
pub struct CrowdPage {
    /// The user name that will be filled in.
    pub document: Document,
    /// In how many seconds the browser tries again.
    pub retry_after: u32,
}

impl Page for CrowdPage {
    const TEMPLATE: &'static str = "crowd.html";

    fn samples() -> Vec<Self> {
        vec![Self { document: samples::DOCUMENT, retry_after: 20 }]
    }

    fn context(&self, _: &Words) -> Result<Value, WordsError> {
        Ok(context! { document => self.document.shown(), retry_after => self.retry_after })
    }
}
