//! A letter as it leaves: text and HTML in one message, with the headers that mark it as written by a program.

use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::{Address, address::AddressError};
use std::time::SystemTime;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::letter::Letter;
use zaguan_views::WrittenLetter;

/// A letter ready to leave.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Its name in the outbox, the same at every attempt.
    pub name: String,
    /// Where it goes.
    pub to: EmailAddress,
    /// When it leaves.
    pub at: Timestamp,
    /// What it says.
    pub written: WrittenLetter,
    /// All of it, as a mail server takes it.
    pub message: Message,
}

/// Why a letter cannot be put into a message.
#[derive(Debug, thiserror::Error)]
pub enum NoMessage {
    /// No mail server would understand the address.
    #[error("501 5.1.3 the address cannot be written to: {0}")]
    Address(#[from] AddressError),
    /// The message lacks something.
    #[error("the message cannot be made: {0}")]
    Message(#[from] lettre::error::Error),
}

/// Puts a letter into a message. The Message-ID comes from the letter's name, so that a letter sent twice, because the
/// process died between sending it and writing that down, is recognisable as one.
pub fn put_into_message(
    letter: &Letter,
    written: WrittenLetter,
    from: &Mailbox,
    at: Timestamp,
) -> Result<Outgoing, NoMessage> {
    let to: Address = letter.to.as_str().parse()?;
    let header = |name: &'static str, value: &str| {
        HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
    };
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(written.subject.as_str())
        .date(SystemTime::from(at))
        .message_id(Some(format!("<{}@{}>", letter.id, from.email.domain())))
        // No answering machine shall answer, and no mailing list take it in (RFC 3834).
        .raw_header(header("Auto-Submitted", "auto-generated"))
        // Exchange heeds only a header of its own.
        .raw_header(header("X-Auto-Response-Suppress", "OOF, AutoReply"))
        .multipart(MultiPart::alternative_plain_html(written.text.clone(), written.html.clone()))?;
    Ok(Outgoing { name: letter.id.to_string(), to: letter.to.clone(), at, written, message })
}

#[cfg(test)]
mod tests {
    use super::put_into_message;
    use jiff::Timestamp;
    use zaguan_domain::document::Document;
    use zaguan_domain::email::EmailAddress;
    use zaguan_domain::id::LetterId;
    use zaguan_domain::letter::{Letter, LetterKind};
    use zaguan_domain::mailbox::Cause;
    use zaguan_views::WrittenLetter;

    fn message(to: &str, subject: &str) -> String {
        let letter = Letter {
            id: LetterId::from_bytes([7; 16]),
            kind: LetterKind::RegistrationKey,
            flow: None,
            key: None,
            account: None,
            document: Document::Person(12_345_678),
            to: EmailAddress::from_stored(to).expect("an address"),
            cause: Cause::Stranger,
            browser: None,
            queued_at: Timestamp::UNIX_EPOCH,
            leaves_at: Timestamp::UNIX_EPOCH,
        };
        let written = WrittenLetter {
            subject: subject.to_owned(),
            text: "Señora: su clave es 1234-5678.\n.\nFin".to_owned(),
            html: "<p>Señora: su clave es 1234-5678.</p>".to_owned(),
        };
        let from = "Seguros Ñandú <avisos@portal.example>".parse().expect("a sender");
        let outgoing = put_into_message(&letter, written, &from, Timestamp::UNIX_EPOCH).expect("a message");
        String::from_utf8(outgoing.message.formatted()).expect("ASCII")
    }

    #[test]
    fn a_message_has_its_headers_and_both_versions() {
        let message = message("ana@example.com", "Su clave transitoria");
        for line in [
            "To: ana@example.com\r\n",
            "Subject: Su clave transitoria\r\n",
            "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n",
            "Message-ID: <07070707070707070707070707070707@portal.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "MIME-Version: 1.0\r\n",
        ] {
            assert!(message.contains(line), "{line} in {message}");
        }
        assert!(message.contains("Content-Type: text/plain; charset=utf-8"));
        assert!(message.contains("Content-Type: text/html; charset=utf-8"));
    }

    #[test]
    fn a_message_is_ascii_in_short_lines_whatever_it_says() {
        let message = message("ana@example.com", &"Ñandú ".repeat(40));
        assert!(message.is_ascii());
        assert!(message.split("\r\n").all(|line| line.len() <= 78), "{message}");
    }

    #[test]
    fn a_subject_brings_no_header_of_its_own() {
        let message = message("ana@example.com", "Su clave\r\nBcc: otro@example.com");
        assert!(!message.contains("\r\nBcc:"), "{message}");
    }
}
