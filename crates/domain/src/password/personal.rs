//! What anybody may know of a person, found in a password.

use super::{PersonalWord, PersonalWords, common, comparable, without_separators};
use crate::document::Document;
use crate::policy::PolicyNumber;

/// Shorter data are found by chance in phrases that have nothing to do with them. Names are few, so theirs is lower.
const SHORTEST_DATUM: usize = 4;
const SHORTEST_NAME: usize = 3;

/// A password made of a person's data and fewer characters more than this is refused: five or fewer are a year, a
/// birthday or an exclamation, while six of somebody's own choice are worth weighing (zxcvbn does).
const ENOUGH_BESIDES: usize = 6;

/// The data in the form in which passwords are compared, the longest first.
pub(super) fn words(personal: &PersonalWords) -> Vec<(String, PersonalWord)> {
    let mut words = vec![(personal.document.to_stored(), PersonalWord::Document)];
    if let Document::Company(number) = personal.document {
        words.push((format!("{:08}", number / 10 % 100_000_000), PersonalWord::Document));
    }
    if let Some(email) = &personal.email {
        words.push((bare(email.as_str()), PersonalWord::Email));
        words.push((bare(email.local()), PersonalWord::Email));
        words.extend(split(email.local(), SHORTEST_DATUM).map(|word| (word, PersonalWord::Email)));
    }
    for number in &personal.policy_numbers {
        words.push((bare(number), PersonalWord::PolicyNumber));
        let key = PolicyNumber::read(number).map(|number| number.key());
        words.extend(key.map(|key| (bare(&key), PersonalWord::PolicyNumber)));
    }
    for name in &personal.names {
        words.extend(split(name, SHORTEST_NAME).map(|word| (word, PersonalWord::Name)));
    }
    words.push((bare(&personal.brand), PersonalWord::Brand));
    words.extend(split(&personal.brand, SHORTEST_DATUM).map(|word| (word, PersonalWord::Brand)));
    words.retain(|(word, kind)| *kind == PersonalWord::Name || word.chars().count() >= SHORTEST_DATUM);
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    words
}

/// The datum that a password is made of, the longest when there are several: with all of them taken out, and then the
/// words that people here put beside them, too little of it is left.
pub(super) fn made_of(bare_password: &str, words: &[(String, PersonalWord)]) -> Option<PersonalWord> {
    let mut rest = bare_password.replace(TAKEN_OUT, "");
    let mut longest = None;
    for (word, kind) in words {
        if take_out(word, &mut rest) {
            longest.get_or_insert(*kind);
        }
    }
    let longest = longest?;
    for word in common::in_argentina() {
        take_out(word, &mut rest);
    }
    let left = rest.chars().filter(|&c| c != TAKEN_OUT).count();
    (left < ENOUGH_BESIDES).then_some(longest)
}

/// What is taken out leaves this mark, so that its two sides do not make up another word.
const TAKEN_OUT: char = '\0';

fn take_out(word: &str, rest: &mut String) -> bool {
    let is_there = rest.contains(word);
    if is_there {
        *rest = rest.replace(word, &TAKEN_OUT.to_string());
    }
    is_there
}

fn bare(text: &str) -> String {
    without_separators(&comparable(text))
}

/// The words of a text that have at least `shortest` letters.
fn split(text: &str, shortest: usize) -> impl Iterator<Item = String> {
    let words: Vec<String> =
        comparable(text).split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect();
    words.into_iter().filter(move |word| word.chars().count() >= shortest)
}
