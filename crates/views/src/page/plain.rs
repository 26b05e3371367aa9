//! Pages that are the same for everybody.

use zaguan_domain::line::LineOfBusiness;

/// `/`: welcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct WelcomePage;

/// `/guia`: the illustrated guide, drawn from the real pages.
#[derive(Clone, Debug, Default)]
pub struct GuidePage {
    /// The lines of business in this insurer's book, for the picture of the registration form.
    pub lines: Vec<LineOfBusiness>,
}

/// `/ayuda`: whom to call, and the questions people ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct HelpPage;

/// `/privacidad`: what is done with personal data.
#[derive(Clone, Copy, Debug, Default)]
pub struct PrivacyPage;
