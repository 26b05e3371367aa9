//! A letter as it arrived in a mailbox, taken apart.

use mail_parser::{MessageParser, PartType};

use crate::or_fail::OrFail as _;

/// A letter as it arrived: its headers, its two versions and the bytes themselves.
#[derive(Debug, Clone)]
pub struct ReceivedLetter {
    /// Name and value of each header, in order; values unfolded but not decoded.
    pub headers: Vec<(String, String)>,
    /// The subject, decoded; empty if there is none.
    pub subject: String,
    /// The plain-text part as it was sent, if there is one: never made out of the HTML.
    pub text: Option<String>,
    /// The HTML part as it was sent, if there is one: never made out of the text.
    pub html: Option<String>,
    /// The whole letter, byte by byte.
    pub raw: Vec<u8>,
}

impl ReceivedLetter {
    /// Takes a letter apart; fails the test if it is not one.
    pub fn parse(raw: Vec<u8>) -> Self {
        let message = MessageParser::default().parse(&raw).or_fail("parsing a received letter");
        let headers = message
            .headers_raw()
            .map(|(name, value)| (name.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" ")))
            .collect();
        let subject = message.subject().unwrap_or_default().to_owned();
        let mut text = None;
        let mut html = None;
        for part in &message.parts {
            if let PartType::Text(body) = &part.body {
                text.get_or_insert_with(|| body.replace("\r\n", "\n"));
            } else if let PartType::Html(body) = &part.body {
                html.get_or_insert_with(|| body.replace("\r\n", "\n"));
            }
        }
        Self { headers, subject, text, html, raw }
    }

    /// The first header of a name, whatever its case: its value unfolded, with single spaces, not decoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}
