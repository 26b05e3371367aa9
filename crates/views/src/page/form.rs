//! Forms in pages: fields as they were typed, and the summary of what was refused.

use super::Typed;
use crate::fault::WordsError;
use crate::message::Message;
use crate::refusal::Refusal;
use crate::words::Words;
use minijinja::{Value, context};

/// The fields of a form as its template gets them.
pub(super) struct Form<'a> {
    words: &'a Words,
    errors: Vec<Value>,
}

impl<'a> Form<'a> {
    pub(super) fn new(words: &'a Words) -> Self {
        Self { words, errors: Vec::new() }
    }

    /// A field: its value, and its error where it was refused.
    pub(super) fn field<R: Refusal>(&mut self, name: &str, typed: &Typed<R>) -> Result<Value, WordsError> {
        let message = typed.refusal.as_ref().map(Refusal::message);
        let error = self.refuse(name, message.as_ref())?;
        Ok(context! { value => typed.value.as_str(), error })
    }

    /// Puts what is wrong with a field into the summary, and gives the words for the place beside it.
    pub(super) fn refuse(
        &mut self,
        name: &str,
        message: Option<&Message>,
    ) -> Result<Option<String>, WordsError> {
        let text = message.map(|message| self.words.say(message)).transpose()?;
        if let Some(text) = &text {
            self.errors.push(context! { field => name, text => text.as_str() });
        }
        Ok(text)
    }

    /// Whether anything was refused.
    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The summary of what was refused, in the order of the fields.
    pub(super) fn errors(self) -> Vec<Value> {
        self.errors
    }
}

/// Samples of a field: each refusal in turn, with something typed that may have caused it.
pub(super) fn refused<R: Refusal>(value: &str) -> Vec<Typed<R>> {
    R::samples()
        .into_iter()
        .map(|refusal| Typed { value: value.to_owned(), refusal: Some(refusal) })
        .collect()
}

/// A sample of a field that was accepted.
pub(super) fn typed<R>(value: &str) -> Typed<R> {
    Typed { value: value.to_owned(), refusal: None }
}
