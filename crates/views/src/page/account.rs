//! `/clave-definitiva`, `/ingreso`, `/recuperar` and `/inicio`: the password and what it opens.

use super::Typed;
use jiff::civil::Date;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::password::PasswordRefusal;
use zaguan_domain::policy::PolicyState;

/// `/clave-definitiva`: the person sets their password.
#[derive(Clone, Debug)]
pub struct SetPasswordPage {
    /// The user name that the password will go with.
    pub document: Document,
    /// How many characters a password must have.
    pub min_length: usize,
    /// Why the typed password was refused. The password itself is never shown again.
    pub trouble: Option<SetPasswordTrouble>,
}

/// Why a password was not set.
#[derive(Clone, Debug)]
pub enum SetPasswordTrouble {
    /// The password is no good.
    Refused(PasswordRefusal),
    /// Somebody with the same document number has the same one; said as "choose another, less usual one".
    Taken,
}

/// `/ingreso`: user name and password.
#[derive(Clone, Debug, Default)]
pub struct SignInPage {
    /// The user name.
    pub usuario: Typed<DocumentRefusal>,
    /// Why they are not in.
    pub trouble: Option<SignInTrouble>,
    /// What just happened, said in green.
    pub notice: Option<SignInNotice>,
}

/// Why somebody is not signed in.
#[derive(Clone, Copy, Debug)]
pub enum SignInTrouble {
    /// No password was typed.
    PasswordEmpty,
    /// The field of the password came twice.
    PasswordRepeated,
    /// The password is longer than any password can be.
    PasswordTooLong,
    /// User name or password is wrong; which is not said.
    Wrong,
}

/// What happened before the sign-in page was shown.
#[derive(Clone, Copy, Debug)]
pub enum SignInNotice {
    /// The password was set: sign in with it.
    PasswordSet,
    /// They signed out.
    SignedOut,
    /// Their session ended; or they came to a page that asks to sign in first. Said calmly, not as an error.
    SignInFirst,
}

/// `/recuperar`: the user name of somebody who forgot their password.
#[derive(Clone, Debug, Default)]
pub struct RecoverPage {
    /// The user name.
    pub usuario: Typed<DocumentRefusal>,
}

/// `/inicio`: signed in.
#[derive(Clone, Debug)]
pub struct HomePage {
    /// The user name.
    pub document: Document,
    /// The holder's name as the policy book has it; nothing when the book has none any more.
    pub name: Option<String>,
    /// Their policies: in force first, then the newest.
    pub policies: Vec<ShownPolicy>,
}

/// A policy as its holder sees it.
#[derive(Clone, Debug)]
pub struct ShownPolicy {
    /// What is insured.
    pub line: LineOfBusiness,
    /// The number, as the insurer writes it.
    pub number: String,
    /// From when it covers; nothing when the book does not say.
    pub from: Option<Date>,
    /// Until when.
    pub to: Option<Date>,
    /// In force, expired or cancelled today.
    pub state: PolicyState,
}
