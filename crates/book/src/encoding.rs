//! How letters are written in bytes: what a file has, and how it becomes text.

use encoding_rs::WINDOWS_1252;
use oem_cp::code_table::{DECODING_TABLE_CP437, DECODING_TABLE_CP850};
use std::borrow::Cow;

/// How letters are written in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, the low byte first: "Texto Unicode" of spreadsheets.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// The one of Windows in Spanish; Latin-1 is read as this, too.
    Windows1252,
    /// The one of DOS in Spanish.
    Cp850,
    /// The one of DOS in English. It is never detected, because code page 850 writes the same Spanish letters, and more.
    Cp437,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1252, Self::Cp850, Self::Cp437];

    /// Its name, as it is told and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
            Self::Cp850 => "cp850",
            Self::Cp437 => "cp437",
        }
    }

    /// The encoding of that name; `latin1` and `iso-8859-1` are Windows-1252, as browsers have it.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        match plain.as_str() {
            "utf8" => Some(Self::Utf8),
            "utf16" | "utf16le" => Some(Self::Utf16Le),
            "utf16be" => Some(Self::Utf16Be),
            "windows1252" | "cp1252" | "latin1" | "iso88591" | "ansi" => Some(Self::Windows1252),
            "cp850" | "ibm850" => Some(Self::Cp850),
            "cp437" | "ibm437" => Some(Self::Cp437),
            _ => None,
        }
    }

    /// Adds the text of the bytes to `text`. UTF-16 has become UTF-8 before there are lines.
    ///
    /// Answers whether the bytes are text in this encoding; of the encodings of one byte they always are.
    pub(crate) fn decode(self, bytes: &[u8], text: &mut String) -> bool {
        match self {
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => match str::from_utf8(bytes) {
                Ok(decoded) => text.push_str(decoded),
                Err(_) => return false,
            },
            Self::Windows1252 => match WINDOWS_1252.decode_without_bom_handling(bytes).0 {
                Cow::Borrowed(decoded) => text.push_str(decoded),
                Cow::Owned(decoded) => text.push_str(&decoded),
            },
            Self::Cp850 => decode_by_table(bytes, &DECODING_TABLE_CP850, text),
            Self::Cp437 => decode_by_table(bytes, &DECODING_TABLE_CP437, text),
        }
        true
    }
}

fn decode_by_table(bytes: &[u8], table: &[char; 128], text: &mut String) {
    if let Ok(decoded) = str::from_utf8(bytes)
        && decoded.is_ascii()
    {
        text.push_str(decoded);
        return;
    }
    text.extend(bytes.iter().map(|byte| match byte.checked_sub(128) {
        Some(high) => table[usize::from(high)],
        None => char::from(*byte),
    }));
}

/// The letters of Spanish, and the signs of its office lists, as Windows-1252 writes them.
const IN_WINDOWS: &[u8] =
    b"\xc1\xc9\xcd\xd1\xd3\xda\xdc\xe1\xe9\xed\xf1\xf3\xfa\xfc\xb0\xba\xaa\xbf\xb4\x92\x93\x94\x96";
/// The same as code page 850 writes them. Its `á` is left out: in Windows-1252 it is the blank that does not break.
const IN_DOS: &[u8] = b"\x81\x82\x90\x9a\xa1\xa2\xa3\xa4\xa5\xb5\xd6\xe0\xe9\xf8\xa7\xa6\xa8";

/// What is counted of all the bytes of a file, to tell its encoding.
#[derive(Debug)]
pub(crate) struct Census {
    counts: [u64; 256],
    last: u8,
    /// The bytes of a letter that the last piece cut through.
    cut: Vec<u8>,
    is_utf8: bool,
}

impl Census {
    pub(crate) fn new() -> Self {
        Self { counts: [0; 256], last: 0, cut: Vec::new(), is_utf8: true }
    }

    /// Counts the next piece of the file.
    pub(crate) fn take(&mut self, piece: &[u8]) {
        if piece.is_ascii() && self.cut.is_empty() {
            self.last = piece.last().copied().unwrap_or(self.last);
            return;
        }
        self.is_utf8 = self.is_utf8 && self.goes_on_in_utf8(piece);
        for &byte in piece {
            // A line drawn in a printed list repeats its byte, and is no letter.
            if byte >= 128 && byte != self.last {
                self.counts[usize::from(byte)] += 1;
            }
            self.last = byte;
        }
    }

    fn goes_on_in_utf8(&mut self, piece: &[u8]) -> bool {
        let joined: Cow<'_, [u8]> = if self.cut.is_empty() {
            Cow::Borrowed(piece)
        } else {
            Cow::Owned([self.cut.as_slice(), piece].concat())
        };
        match str::from_utf8(&joined) {
            Ok(_) => self.cut.clear(),
            Err(error) if error.error_len().is_none() => self.cut = joined[error.valid_up_to()..].to_vec(),
            Err(_) => return false,
        }
        true
    }

    /// The encoding that the bytes speak for, of those in which ASCII is itself.
    pub(crate) fn verdict(&self) -> Encoding {
        let votes = |bytes: &[u8]| bytes.iter().map(|byte| self.counts[usize::from(*byte)]).sum::<u64>();
        if self.is_utf8 && self.cut.is_empty() {
            Encoding::Utf8
        } else if votes(IN_DOS) > votes(IN_WINDOWS) {
            Encoding::Cp850
        } else {
            Encoding::Windows1252
        }
    }
}

/// The characters of the bytes 0x80 to 0x9F in Windows-1252; those without one stand for themselves.
const WINDOWS_80_TO_9F: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text as it was before somebody read its UTF-8 as Windows-1252 and wrote that in UTF-8: `MUÃ‘OZ` is `MUÑOZ`.
///
/// Nothing where that is not what happened. Right Spanish is never such a text, for no lone letter of it is UTF-8.
pub(crate) fn encoded_once(text: &str) -> Option<String> {
    if !text.contains(['Ã', 'Â']) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(byte_in_windows).collect();
    String::from_utf8(bytes?).ok()
}

fn byte_in_windows(character: char) -> Option<u8> {
    if let Some(place) = WINDOWS_80_TO_9F.iter().position(|high| *high == character) {
        return u8::try_from(0x80 + place).ok();
    }
    u8::try_from(character).ok()
}
