//! What the operator decides about pages and letters.

use crate::locale::Locale;
use std::path::PathBuf;

/// What the operator decides about pages and letters.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose portal this is.
    pub brand: Brand,
    /// Language and voice.
    pub locale: Locale,
    /// Where people reach the portal, such as `https://portal.example`; letters name it.
    pub public_url: String,
    /// A folder whose `templates/…` and `words/*.ftl` take the place of ours, file by file and text by text.
    pub overrides: Option<PathBuf>,
    /// Whether this is the demo, whose pages show the way to `/buzon`.
    pub demo: bool,
}

/// The insurer as people see it.
#[derive(Clone, Debug)]
pub struct Brand {
    /// Its everyday name.
    pub name: String,
    /// Its colour, `#rrggbb`; dark enough for white text on it.
    pub color: String,
    /// Its logo; the name is written where there is none.
    pub logo: Option<Logo>,
    /// The help desk's telephone, as people write it.
    pub support_phone: Option<String>,
    /// The help desk's e-mail address.
    pub support_email: Option<String>,
    /// When the help desk answers, such as "lunes a viernes de 9 a 18".
    pub support_hours: Option<String>,
    /// Its name in law, such as "Seguros del Zaguán S. A."
    pub legal_name: Option<String>,
    /// Its address in law.
    pub legal_address: Option<String>,
    /// Its number of inscription at the Superintendencia de Seguros de la Nación: four digits, the first may be 0.
    pub ssn_number: Option<String>,
    /// Who answers for the *Servicio de Atención al Asegurado*, and how to reach them.
    pub policyholder_service: Option<String>,
}

impl Brand {
    /// An insurer of this name about whom nothing else is known, in a dark red.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            color: "#7a1f2b".to_owned(),
            logo: None,
            support_phone: None,
            support_email: None,
            support_hours: None,
            legal_name: None,
            legal_address: None,
            ssn_number: None,
            policyholder_service: None,
        }
    }
}

/// A logo.
#[derive(Clone, Debug)]
pub struct Logo {
    /// In which format.
    pub format: LogoFormat,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The formats that a logo may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoFormat {
    /// Drawn in SVG.
    Svg,
    /// Dots in PNG.
    Png,
}

impl Logo {
    /// The heaviest logo that is taken, in bytes: every page carries it.
    pub const HEAVIEST: usize = 30 * 1024;

    /// Reads a logo's file; by its first bytes, whatever its name says.
    pub fn read(bytes: Vec<u8>) -> Result<Self, LogoRefusal> {
        if bytes.len() > Self::HEAVIEST {
            return Err(LogoRefusal::TooHeavy { bytes: bytes.len() });
        }
        let format = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            LogoFormat::Png
        } else if str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg")) {
            LogoFormat::Svg
        } else {
            return Err(LogoRefusal::UnknownFormat);
        };
        Ok(Self { format, bytes })
    }
}

/// Why a file cannot be the logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoRefusal {
    /// It is neither SVG nor PNG.
    #[error("the logo is neither SVG nor PNG; save it as one of the two")]
    UnknownFormat,
    /// It is heavier than [`Logo::HEAVIEST`].
    #[error("the logo has {bytes} bytes and every page carries it; make it at most {} bytes", Logo::HEAVIEST)]
    TooHeavy {
        /// What it weighs.
        bytes: usize,
    },
}
