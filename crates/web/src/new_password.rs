//! A new password out of a form: judged by the rules, then looked up among the breached ones.

use crate::app::App;
use crate::form::Form;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use zaguan_domain::password::{BreachDigest, Password, PasswordRefusal, PersonalWords};

/// A list of passwords that were breached elsewhere.
pub trait BreachedPasswords: Debug + Send + Sync {
    /// Whether a password is in the list. Where that cannot be found out the answer is no: a list that is away shuts
    /// nobody out.
    fn has(&self, digest: BreachDigest) -> LookingUp<'_>;
}

/// A look-up under way.
pub type LookingUp<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// Reads the new password that was typed into the field `clave`, and judges it.
pub(crate) async fn read(
    app: &App,
    form: &Form,
    personal: &PersonalWords,
) -> Result<Password, PasswordRefusal> {
    let accept = |typed: &str| Password::accept(typed, &app.rules.password, personal);
    let password = form.judge("clave", PasswordRefusal::Repeated, accept)?;
    match &app.breached {
        Some(breached) if breached.has(password.breach_digest()).await => Err(PasswordRefusal::Breached),
        _ => Ok(password),
    }
}
