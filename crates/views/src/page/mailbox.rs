//! `/buzon`: the demo's mailbox, where the letters that were sent can be read.

use super::Page;
use crate::fault::WordsError;
use crate::words::Words;
use jiff::Timestamp;
use minijinja::{Value, context};

/// The demo's mailbox.
#[derive(Clone, Debug, Default)]
pub struct MailboxPage {
    /// The letters, newest first.
    pub letters: Vec<ShownLetter>,
}

/// A letter that was sent.
#[derive(Clone, Debug)]
pub struct ShownLetter {
    /// Where it went.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it left.
    pub at: Timestamp,
    /// Its plain text. Links in it are shown as links.
    pub text: String,
}

impl Page for MailboxPage {
    const TEMPLATE: &'static str = "mailbox.html";

    fn samples() -> Vec<Self> {
        let text = "Su clave transitoria:\n\n    7KQM-2F9X\n\nO abra este enlace:\nhttps://portal.example/enlace/AbC\n";
        let letter = ShownLetter {
            to: "ana@gmail.com".to_owned(),
            subject: "Su clave transitoria".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            text: text.to_owned(),
        };
        vec![Self::default(), Self { letters: vec![letter.clone(), letter] }]
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let letters = self.letters.iter().map(|letter| {
            Ok(context! {
                to => letter.to.as_str(),
                subject => letter.subject.as_str(),
                at => words.moment(letter.at)?,
                parts => parts(&letter.text),
            })
        });
        Ok(context! { letters => letters.collect::<Result<Vec<_>, WordsError>>()? })
    }
}

/// The text in pieces, each a link or not.
fn parts(text: &str) -> Vec<Value> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, from_link) = rest.split_at(start);
        let end = from_link
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
            .unwrap_or(from_link.len());
        let link = from_link[..end].trim_end_matches(['.', ',', ')', ';']);
        parts.push(context! { text => before, is_link => false });
        parts.push(context! { text => link, is_link => true });
        rest = &from_link[link.len()..];
    }
    parts.push(context! { text => rest, is_link => false });
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        let is_link = |part: &Value| part.get_attr("is_link").is_ok_and(|link| link.is_true());
        let text_of = |part: &Value| part.get_attr("text").unwrap().to_string();
        parts(text).iter().filter(|part| is_link(part)).map(text_of).collect()
    }

    #[test]
    fn links_are_found_in_plain_text_and_nothing_else_is() {
        assert_eq!(links("sin enlaces"), Vec::<String>::new());
        assert_eq!(links("abra https://a.example/x?y=1."), ["https://a.example/x?y=1"]);
        assert_eq!(links("(http://a/b) y\nhttps://c/d"), ["http://a/b", "https://c/d"]);
        assert_eq!(links("javascript:alert(1)"), Vec::<String>::new());
    }

    #[test]
    fn the_pieces_put_together_are_the_text() {
        let text = "uno https://a/b, dos http://c (https://d). fin";
        let together: String =
            parts(text).iter().map(|part| part.get_attr("text").unwrap().to_string()).collect();
        assert_eq!(together, text);
    }
}
