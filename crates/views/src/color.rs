//! Colours, and the contrast between two of them as WCAG 2.2 computes it.

/// A colour of the screen: red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

impl Color {
    pub(crate) const WHITE: Self = Self::new(255, 255, 255);
    pub(crate) const BLACK: Self = Self::new(0, 0, 0);

    pub(crate) const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#rrggbb`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self::new(part(0)?, part(2)?, part(4)?))
    }

    /// Writes `#rrggbb`.
    pub(crate) fn to_hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// From 1 (no contrast) to 21 (black on white).
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// This colour moved towards another in steps of one fiftieth, until it has the contrast `wanted` with each of
    /// `others`; the other colour itself when nothing before it has.
    pub(crate) fn toward_until(self, goal: Self, others: &[Self], wanted: f64) -> Self {
        let is_enough = |color: &Self| others.iter().all(|other| color.contrast(*other) >= wanted);
        (0..=50).map(|step| self.mixed(goal, step)).find(is_enough).unwrap_or(goal)
    }

    /// The same hue as bright as it reads well on a dark ground, so that making it lighter does not make it grey.
    pub(crate) fn brightened(self) -> Self {
        let strongest = u16::from(self.red.max(self.green).max(self.blue)).max(1);
        let scale = |part: u8| u8::try_from(u16::from(part) * 205 / strongest).unwrap_or(u8::MAX);
        if strongest < 205 { Self::new(scale(self.red), scale(self.green), scale(self.blue)) } else { self }
    }

    /// So many fiftieths of the way to another colour.
    fn mixed(self, other: Self, fiftieths: u16) -> Self {
        let mix = |from: u8, to: u8| {
            let sum = u16::from(from) * (50 - fiftieths) + u16::from(to) * fiftieths;
            u8::try_from((sum + 25) / 50).unwrap_or(u8::MAX)
        };
        Self::new(mix(self.red, other.red), mix(self.green, other.green), mix(self.blue, other.blue))
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_what_wcag_computes() {
        assert!((Color::BLACK.contrast(Color::WHITE) - 21.0).abs() < 1e-9);
        assert!((Color::WHITE.contrast(Color::WHITE) - 1.0).abs() < 1e-9);
        let gray = Color::parse("#767676").unwrap();
        assert!((gray.contrast(Color::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_colour_is_read_and_written_alike() {
        assert_eq!(Color::parse("#7A1f2b").map(Color::to_hex).as_deref(), Some("#7a1f2b"));
        for wrong in ["", "7a1f2b", "#7a1f2", "#7a1f2bb", "#7a1f2g", "#ñandú", "red"] {
            assert_eq!(Color::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_colour_moves_only_as_far_as_it_must() {
        let yellow = Color::parse("#ffd500").unwrap();
        let darker = yellow.toward_until(Color::BLACK, &[Color::WHITE], 4.5);
        let ratio = darker.contrast(Color::WHITE);
        assert!((4.5..5.0).contains(&ratio), "{ratio}");
        let fine = Color::parse("#7a1f2b").unwrap();
        assert_eq!(fine.toward_until(Color::BLACK, &[Color::WHITE], 4.5), fine);
    }
}
