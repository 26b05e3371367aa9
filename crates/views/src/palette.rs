//! The colours of the pages, by day and by night, and which of them meet.

use crate::color::Color;

/// WCAG AA for text.
const TEXT: f64 = 4.5;

/// The colours of the pages, by their names in the stylesheet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Palette {
    /// Behind everything.
    paper: Color,
    /// Inside fields and cards.
    surface: Color,
    /// Text.
    ink: Color,
    /// Text that steps back: hints, the footer.
    quiet: Color,
    /// Borders of fields.
    edge: Color,
    /// Thin rules between parts; they only decorate.
    rule: Color,
    /// The insurer's colour: links, the main button.
    brand: Color,
    /// Text on the insurer's colour.
    on_brand: Color,
    /// The green notice.
    good: Color,
    good_paper: Color,
    /// What went wrong.
    bad: Color,
    bad_paper: Color,
}

/// Why the insurer's colour cannot be used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooPale {
    /// The contrast that it has with the paper.
    pub(crate) ratio: f64,
    /// The nearest darker colour that has enough.
    pub(crate) darker: Color,
}

impl Palette {
    /// The colours by day, if the insurer's is dark enough to read as a link and to carry white text.
    pub(crate) fn light(brand: Color) -> Result<Self, TooPale> {
        let (paper, surface) = (Color::new(0xfb, 0xf9, 0xf5), Color::WHITE);
        let darker = brand.toward_until(Color::BLACK, &[paper, surface], TEXT);
        if darker != brand {
            return Err(TooPale { ratio: brand.contrast(paper), darker });
        }
        Ok(Self {
            paper,
            surface,
            ink: Color::new(0x1e, 0x1b, 0x18),
            quiet: Color::new(0x57, 0x52, 0x4c),
            edge: Color::new(0x7d, 0x76, 0x6d),
            rule: Color::new(0xe2, 0xdc, 0xd2),
            brand,
            on_brand: Color::WHITE,
            good: Color::new(0x14, 0x58, 0x2f),
            good_paper: Color::new(0xe6, 0xf3, 0xe8),
            bad: Color::new(0x9f, 0x16, 0x1c),
            bad_paper: Color::new(0xfc, 0xec, 0xe9),
        })
    }

    /// The colours by night; the insurer's is made lighter until it reads.
    pub(crate) fn dark(brand: Color) -> Self {
        let (paper, surface) = (Color::new(0x17, 0x18, 0x1a), Color::new(0x22, 0x24, 0x27));
        Self {
            paper,
            surface,
            ink: Color::new(0xf0, 0xed, 0xe8),
            quiet: Color::new(0xbd, 0xb7, 0xae),
            edge: Color::new(0x94, 0x8e, 0x86),
            rule: Color::new(0x3a, 0x3c, 0x40),
            // A little more than WCAG asks: pale type on a dark ground looks thinner than it is.
            brand: brand.brightened().toward_until(Color::WHITE, &[paper, surface], 6.0),
            on_brand: paper,
            good: Color::new(0xa6, 0xe3, 0xb5),
            good_paper: Color::new(0x17, 0x2e, 0x1f),
            bad: Color::new(0xff, 0xb3, 0xa9),
            bad_paper: Color::new(0x3a, 0x1a, 0x1a),
        }
    }

    /// The colour behind everything, for browsers that colour their own frame.
    pub(crate) fn paper(&self) -> Color {
        self.paper
    }

    /// The insurer's colour.
    pub(crate) fn brand(&self) -> Color {
        self.brand
    }

    /// The colours as custom properties of the stylesheet.
    pub(crate) fn to_css(self) -> String {
        let named = [
            ("paper", self.paper),
            ("surface", self.surface),
            ("ink", self.ink),
            ("quiet", self.quiet),
            ("edge", self.edge),
            ("rule", self.rule),
            ("brand", self.brand),
            ("on-brand", self.on_brand),
            ("good", self.good),
            ("good-paper", self.good_paper),
            ("bad", self.bad),
            ("bad-paper", self.bad_paper),
        ];
        named.map(|(name, color)| format!("--{name}:{};", color.to_hex())).concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG AA for the borders of fields and other shapes that carry meaning.
    const SHAPE: f64 = 3.0;

    /// Two colours that meet on a page.
    struct Pair {
        /// What it is.
        what: &'static str,
        above: Color,
        below: Color,
        /// The contrast that WCAG AA wants.
        wanted: f64,
    }

    /// Every two colours that meet on a page.
    fn pairs(palette: &Palette) -> Vec<Pair> {
        let pair = |what, above, below, wanted| Pair { what, above, below, wanted };
        vec![
            pair("text on paper", palette.ink, palette.paper, TEXT),
            pair("text in fields and cards", palette.ink, palette.surface, TEXT),
            pair("hints on paper", palette.quiet, palette.paper, TEXT),
            pair("hints in cards", palette.quiet, palette.surface, TEXT),
            pair("links on paper", palette.brand, palette.paper, TEXT),
            pair("links in cards", palette.brand, palette.surface, TEXT),
            pair("links in the green notice", palette.brand, palette.good_paper, TEXT),
            pair("links among errors", palette.bad, palette.bad_paper, TEXT),
            pair("text on the main button", palette.on_brand, palette.brand, TEXT),
            pair("text of the green notice", palette.ink, palette.good_paper, TEXT),
            pair("heading of the green notice", palette.good, palette.good_paper, TEXT),
            pair("good news in cards", palette.good, palette.surface, TEXT),
            pair("hints in the green notice", palette.quiet, palette.good_paper, TEXT),
            pair("hints among errors", palette.quiet, palette.bad_paper, TEXT),
            pair("text among errors", palette.ink, palette.bad_paper, TEXT),
            pair("error beside a field", palette.bad, palette.paper, TEXT),
            pair("bad news in cards", palette.bad, palette.surface, TEXT),
            pair("border of a field on paper", palette.edge, palette.paper, SHAPE),
            pair("border of a field inside", palette.edge, palette.surface, SHAPE),
            pair("border of a wrong field", palette.bad, palette.surface, SHAPE),
            pair("bar of the green notice", palette.good, palette.paper, SHAPE),
            pair("focus on paper", palette.ink, palette.paper, SHAPE),
            pair("focus among errors", palette.ink, palette.bad_paper, SHAPE),
        ]
    }

    /// Colours that insurers use, and the extremes that pass.
    const BRANDS: [&str; 8] =
        ["#7a1f2b", "#003b71", "#0a5c36", "#000000", "#5b2a86", "#b3261e", "#1f2937", "#006a6a"];

    #[test]
    fn every_pair_of_colours_has_the_contrast_that_wcag_wants_by_day_and_by_night() {
        for hex in BRANDS {
            let brand = Color::parse(hex).unwrap();
            for palette in [Palette::light(brand).unwrap(), Palette::dark(brand)] {
                for pair in pairs(&palette) {
                    let ratio = pair.above.contrast(pair.below);
                    assert!(ratio >= pair.wanted, "{hex}: {}: {ratio:.2} < {}", pair.what, pair.wanted);
                }
            }
        }
    }

    #[test]
    fn a_pale_colour_is_refused_with_a_darker_one_that_is_accepted() {
        for hex in ["#ffd500", "#ff7a00", "#7fb2ff", "#ffffff"] {
            let refused = Palette::light(Color::parse(hex).unwrap()).unwrap_err();
            assert!(refused.ratio < TEXT);
            assert!(Palette::light(refused.darker).is_ok(), "{hex}");
        }
    }
}
