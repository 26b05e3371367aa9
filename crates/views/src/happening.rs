//! What happened, in the words of the person whom it happened to.

use crate::fault::WordsError;
use crate::message::Message;
use crate::words::Words;
use jiff::Timestamp;
use minijinja::{Value, context};
use zaguan_domain::audit::Event;
use zaguan_domain::my_data::Happening;

/// A list of what happened, as a template gets it.
pub(crate) fn shown(
    happenings: &[Happening],
    now: Timestamp,
    words: &Words,
) -> Result<Vec<Value>, WordsError> {
    let shown = happenings.iter().map(|happening| {
        Ok(context! {
            what => words.say(&what(happening.event))?,
            when => words.when(happening.at, now)?,
            browser => happening.browser.map(|kind| words.browser(kind)).transpose()?,
            address => happening.address.map(|address| address.to_string()),
        })
    });
    shown.collect()
}

/// What happened, as a sentence without its end.
pub(crate) fn what(event: Event) -> Message {
    Message::new(match event {
        Event::RegistrationAsked => "happened-registration-asked",
        Event::RegistrationRefused => "happened-registration-refused",
        Event::KeyHeld => "happened-key-held",
        Event::HoldReleased => "happened-hold-released",
        Event::RecoveryAsked => "happened-recovery-asked",
        Event::KeyIssued => "happened-key-issued",
        Event::LetterDropped => "happened-letter-dropped",
        Event::KeyRefused => "happened-key-refused",
        Event::AccountOpened => "happened-account-opened",
        Event::PasswordSet => "happened-password-set",
        Event::PasswordChanged => "happened-password-changed",
        Event::SignedIn => "happened-signed-in",
        Event::SignInRefused => "happened-sign-in-refused",
        Event::SignedOut => "happened-signed-out",
        Event::SessionsEnded => "happened-sessions-ended",
        Event::EmailChangeAsked => "happened-email-change-asked",
        Event::EmailChanged => "happened-email-changed",
        Event::EmailRestored => "happened-email-restored",
        Event::Disowned => "happened-disowned",
        Event::AccountLocked => "happened-account-locked",
        Event::AccountUnlocked => "happened-account-unlocked",
        Event::AccountClosed => "happened-account-closed",
        Event::DataShown => "happened-data-shown",
        Event::CorrectionAsked => "happened-correction-asked",
        Event::CorrectionAnswered => "happened-correction-answered",
        Event::ProofRefused => "happened-proof-refused",
        Event::DataLookedUp => "happened-data-looked-up",
        Event::BookSwitched => "happened-book-switched",
        Event::Restored => "happened-restored",
    })
}
