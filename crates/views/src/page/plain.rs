//! Pages that are the same for everybody.

use super::Page;
use crate::fault::WordsError;
use crate::words::Words;
use minijinja::{Value, context};

/// `/`: welcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct WelcomePage;

/// `/ayuda`: whom to call, and the questions people ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct HelpPage;

/// `/privacidad`: what is done with personal data.
#[derive(Clone, Copy, Debug, Default)]
pub struct PrivacyPage;

impl Page for WelcomePage {
    const TEMPLATE: &'static str = "welcome.html";

    fn same_for_all(&self) -> Option<u64> {
        Some(0)
    }

    fn samples() -> Vec<Self> {
        vec![Self]
    }

    fn context(&self, _: &Words) -> Result<Value, WordsError> {
        Ok(context! {})
    }
}

impl Page for HelpPage {
    const TEMPLATE: &'static str = "help.html";

    fn same_for_all(&self) -> Option<u64> {
        Some(0)
    }

    fn samples() -> Vec<Self> {
        vec![Self]
    }

    fn context(&self, _: &Words) -> Result<Value, WordsError> {
        Ok(context! {})
    }
}

impl Page for PrivacyPage {
    const TEMPLATE: &'static str = "privacy.html";

    fn same_for_all(&self) -> Option<u64> {
        Some(0)
    }

    fn samples() -> Vec<Self> {
        vec![Self]
    }

    fn context(&self, _: &Words) -> Result<Value, WordsError> {
        Ok(context! {})
    }
}
