//! The encodings in which insurers' systems write, for the letters that an invented book has.

use std::fmt;
use std::str::FromStr;

/// How letters become bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Without a byte order mark.
    Utf8,
    /// As Windows programs export.
    Windows1252,
    /// As programs of the time of DOS do.
    Cp850,
    /// As Excel's "Unicode text", with a byte order mark.
    Utf16Le,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Utf8, Self::Windows1252, Self::Cp850, Self::Utf16Le];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Cp850 => "cp850",
            Self::Utf16Le => "utf-16le",
        }
    }

    /// What a file begins with.
    pub(crate) fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 | Self::Windows1252 | Self::Cp850 => b"",
            Self::Utf16Le => b"\xff\xfe",
        }
    }

    /// Adds the bytes of a text.
    pub(crate) fn encode(self, text: &str, bytes: &mut Vec<u8>) {
        match self {
            Self::Utf8 => bytes.extend_from_slice(text.as_bytes()),
            Self::Windows1252 => bytes.extend(text.chars().map(windows_1252)),
            Self::Cp850 => bytes.extend(text.chars().map(cp850)),
            Self::Utf16Le => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|encoding| encoding.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| format!("one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// Letters up to `ÿ` have the number that they have in Unicode.
fn windows_1252(letter: char) -> u8 {
    u8::try_from(letter).unwrap_or(b'?')
}

/// The Spanish letters of code page 850.
fn cp850(letter: char) -> u8 {
    match letter {
        'á' => 0xa0,
        'é' => 0x82,
        'í' => 0xa1,
        'ó' => 0xa2,
        'ú' => 0xa3,
        'ü' => 0x81,
        'ñ' => 0xa4,
        'Á' => 0xb5,
        'É' => 0x90,
        'Í' => 0xd6,
        'Ó' => 0xe0,
        'Ú' => 0xe9,
        'Ü' => 0x9a,
        'Ñ' => 0xa5,
        letter if letter.is_ascii() => u8::try_from(letter).unwrap_or(b'?'),
        _ => b'?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(encoding: Encoding) -> Vec<u8> {
        let mut bytes = Vec::new();
        encoding.encode("MUÑOZ", &mut bytes);
        bytes
    }

    #[test]
    fn a_letter_of_spanish_is_written_as_each_encoding_does() {
        assert_eq!(encoded(Encoding::Utf8), "MUÑOZ".as_bytes());
        assert_eq!(encoded(Encoding::Windows1252), b"\x4d\x55\xd1\x4f\x5a");
        assert_eq!(encoded(Encoding::Cp850), b"\x4d\x55\xa5\x4f\x5a");
        assert_eq!(encoded(Encoding::Utf16Le), b"M\0U\0\xd1\0O\0Z\0");
    }

    #[test]
    fn an_encoding_is_found_by_its_name() {
        for encoding in Encoding::ALL {
            assert_eq!(encoding.to_string().to_uppercase().parse(), Ok(encoding));
        }
        assert!("latin".parse::<Encoding>().is_err_and(|words| words.contains("cp850")));
    }
}
