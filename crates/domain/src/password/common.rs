//! Common passwords: those of the leaked lists, and the words that Argentina makes them of.

use std::sync::LazyLock;

/// See `data/README.md` for where it comes from and how it is built.
const LIST: &[u8] = include_bytes!("../../data/common-passwords.fst");

static COMMON: LazyLock<fst::Set<&'static [u8]>> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the list is a constant of this program, and a test reads it whole"
    )]
    fst::Set::new(LIST).expect("the list of common passwords is well formed")
});

const IN_ARGENTINA: &str = include_str!("../../data/common-in-argentina.txt");

/// A common password and fewer than these characters more is little more than common: whoever tries the list tries it
/// with a digit, a year's end or an exclamation too. With four more, guessing the list that way takes too long.
const ENOUGH_BESIDES_COMMON: usize = 4;

/// The words of Argentina are few, so they are tried with more: a whole year, a shirt's number and an exclamation.
const ENOUGH_BESIDES_WORD: usize = 6;

/// Whether a password, in its comparable form, is a common one or little more than one.
pub(super) fn is_common(password: &str) -> bool {
    let ends: Vec<usize> = password.char_indices().map(|(index, _)| index).chain([password.len()]).collect();
    let characters = ends.len() - 1;
    let is_listed = |before: usize, behind: usize| {
        before + behind < characters && COMMON.contains(&password[ends[before]..ends[characters - behind]])
    };
    let is_word = |word: &str| password.contains(word) && characters < word.len() + ENOUGH_BESIDES_WORD;
    (0..ENOUGH_BESIDES_COMMON).any(|more| (0..=more).any(|before| is_listed(before, more - before)))
        || in_argentina().any(is_word)
}

/// The words that Argentina makes passwords of, in lower case and without accents.
pub(super) fn in_argentina<'a>() -> impl Iterator<Item = &'a str> {
    IN_ARGENTINA.lines()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::comparable;
    use fst::Streamer as _;

    #[test]
    fn the_list_is_whole_and_has_more_than_a_hundred_thousand_entries() {
        COMMON.as_fst().verify().unwrap();
        assert!(COMMON.len() >= 100_000, "{}", COMMON.len());
    }

    #[test]
    fn every_entry_is_in_the_form_that_passwords_are_compared_in() {
        let mut entries = COMMON.stream();
        let mut of_eight = 0;
        while let Some(entry) = entries.next() {
            let entry = std::str::from_utf8(entry).unwrap();
            assert_eq!(entry, comparable(entry));
            assert!(entry.chars().count() >= 8, "{entry}");
            of_eight += usize::from(entry.chars().count() == 8);
        }
        assert!(of_eight > 30_000, "an operator may ask for eight characters only: {of_eight}");
    }

    #[test]
    fn the_words_of_argentina_are_in_that_form_too_and_each_stands_once() {
        let words: Vec<&str> = in_argentina().collect();
        assert!(words.iter().all(|word| *word == comparable(word) && word.len() >= 4 && word.is_ascii()));
        let different: std::collections::HashSet<_> = words.iter().collect();
        assert_eq!(different.len(), words.len());
    }
}
