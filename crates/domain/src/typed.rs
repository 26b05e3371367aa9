//! What fingers, phones and clipboards add to a text, taken off before any rule looks at it.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// The text a person meant to type, as far as any field may tell: full-width forms become plain ones, marks that
/// nobody sees (zero-width, bidirectional, variation selectors) go, every kind of blank is a space, and the ends are
/// trimmed. Other control characters stay, for each rule to refuse.
pub(crate) fn visible(typed: &str) -> String {
    // What most texts are, and most cells of a book.
    if typed.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return typed.trim().to_owned();
    }
    if is_visible(typed) {
        let blanks = |c: char| if is_blank(c) { ' ' } else { c };
        return typed.trim().chars().map(blanks).collect();
    }
    // Marks that nobody sees go first, so that what they hold apart comes together.
    let seen = typed.chars().filter(|&c| !is_invisible(c));
    let text: String =
        seen.nfkc().filter(|&c| !is_invisible(c)).map(|c| if is_blank(c) { ' ' } else { c }).collect();
    text.trim().to_owned()
}

/// Whether a text has only ASCII and the accented letters of western Europe, which are plain already. Nearly all of a
/// policy book is, and looking up what each character is would take most of its loading.
pub(crate) fn is_visible(text: &str) -> bool {
    text.is_ascii() || text.chars().all(|c| c.is_ascii() || matches!(c, 'À'..='ÿ'))
}

/// The same character as a typewriter has it: a phone's «smart» dashes and quotes become `-` and `'`.
pub(crate) fn plain_punctuation(character: char) -> char {
    use GeneralCategory::{DashPunctuation, FinalPunctuation, InitialPunctuation};
    if character.is_ascii() {
        return if matches!(character, '`' | '"') { '\'' } else { character };
    }
    let category = character.general_category();
    if category == DashPunctuation || character == '\u{2212}' {
        '-'
    } else if matches!(category, InitialPunctuation | FinalPunctuation) {
        '\''
    } else {
        character
    }
}

/// The text in lower case and without accents, for comparing words: `Póliza` and `POLIZA` are one.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd()
        .filter(|&c| !unicode_normalization::char::is_combining_mark(c) && !is_invisible(c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_invisible(character: char) -> bool {
    character.general_category() == GeneralCategory::Format
        || matches!(character, '\u{034F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

fn is_blank(character: char) -> bool {
    character.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_digits_and_every_kind_of_blank_become_plain() {
        assert_eq!(visible("\u{FEFF}１２\u{00A0}３４\u{202F}５６\t７８\r\n"), "12 34 56 78");
    }

    #[test]
    fn marks_that_nobody_sees_go() {
        assert_eq!(visible("\u{202A}12\u{200B}34\u{2060}5\u{00AD}6\u{200F}\u{FE0F}\u{202C}"), "123456");
    }

    #[test]
    fn what_was_made_visible_stays_as_it_is() {
        for typed in ["a\u{200B}\u{0301}b", "\u{0B}x \u{1} y\u{0C}", "\u{FF07}\u{FEFF}1"] {
            let once = visible(typed);
            assert_eq!(visible(&once), once, "{typed:?}");
        }
        assert_eq!(visible("a\u{200B}\u{0301}"), "á");
    }

    #[test]
    fn the_letters_that_are_plain_already_are_what_the_long_way_makes_of_them() {
        let plain: String = ('\0'..='ÿ').filter(|c| c.is_ascii() || is_visible(&c.to_string())).collect();
        assert_eq!(plain.nfkc().collect::<String>(), plain);
        assert!(plain.contains('ñ') && !plain.chars().any(is_invisible));
        for other in ["ª", "\u{AD}", "\u{A0}", "e\u{301}"] {
            assert!(!is_visible(other), "{other:?}");
        }
    }

    #[test]
    fn a_nul_stays_to_be_refused() {
        assert_eq!(visible("12\u{0}34"), "12\u{0}34");
    }

    #[test]
    fn smart_dashes_and_quotes_become_plain() {
        let plain: String = "20–1—2‐3‑4−5’6“7".chars().map(plain_punctuation).collect();
        assert_eq!(plain, "20-1-2-3-4-5'6'7");
    }

    #[test]
    fn folding_takes_case_and_accents_away() {
        assert_eq!(folded("PÓLIZA Ñandú Ａ"), "poliza nandu a");
    }
}
