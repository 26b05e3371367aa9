//! `/registro`: the holder of a policy asks for a user.

use super::Typed;
use zaguan_domain::document::{DocumentRefusal, ReadDocument};
use zaguan_domain::email::{EmailAddress, EmailRefusal};
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{PolicyRefusal, Seems};
use zaguan_domain::register::LineRefusal;

/// The form of registration.
#[derive(Clone, Debug, Default)]
pub struct RegisterPage {
    /// The document number.
    pub documento: Typed<DocumentRefusal>,
    /// How the document was read, once it was.
    pub read_document: Option<ReadDocument>,
    /// What is insured: the slug that was chosen.
    pub ramo: Typed<LineRefusal>,
    /// The number of the policy.
    pub poliza: Typed<PolicyRefusal>,
    /// The e-mail address.
    pub email: Typed<EmailRefusal>,
    /// The lines of business in this insurer's book, to choose from; "No sé" comes last.
    pub lines: Vec<LineOfBusiness>,
    /// What stands in the way though each field could be read.
    pub trouble: Option<RegisterTrouble>,
}

/// What stands in the way of a registration whose fields could be read.
#[derive(Clone, Debug)]
pub enum RegisterTrouble {
    /// No policy has those data.
    NoPolicy {
        /// What the policy number seems to be instead.
        seems: Option<Seems>,
    },
    /// The policy ended too long ago.
    LapsedTooLongAgo,
    /// What is insured must be said after all.
    LineNeeded,
    /// The address looks like a slip: asked once. The page has a button that takes the suggestion
    /// (`email_sugerido`) and the form's own button insists (hidden field `email_confirmado` with the typed address).
    DidYouMean {
        /// The address that was probably meant.
        suggestion: EmailAddress,
    },
}
