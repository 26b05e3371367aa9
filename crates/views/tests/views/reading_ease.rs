//! How easily a Spanish text reads: syllables, words, sentences, and the Szigriszt-Pazos figure that the INFLESZ
//! scale is made of.

/// The Szigriszt-Pazos figure of a text given in sentences: 206.835 − 62.3 × syllables/words − words/sentences.
/// From 65 on, the INFLESZ scale calls a text quite easy.
pub(crate) fn ease(sentences: &[String]) -> f64 {
    let words: Vec<&str> = sentences.iter().flat_map(|sentence| words(sentence)).collect();
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let (sentences, words) = (count(sentences.len()), count(words.len()));
    206.835 - 62.3 * count(syllables) / words - words / sentences
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

/// The sentences of a block of text; a block that ends without a full stop, such as a label, is one all the same.
pub(crate) fn sentences(block: &str) -> Vec<String> {
    block
        .split_inclusive(['.', '?', '!', ':', ';', '…'])
        .map(|sentence| sentence.trim().to_owned())
        .filter(|sentence| !words(sentence).is_empty())
        .collect()
}

/// The words of a sentence, less addresses, codes and numbers, which nobody reads aloud.
pub(crate) fn words(sentence: &str) -> Vec<&str> {
    sentence
        .split(|c: char| c.is_whitespace() || "«»\"“”()¿?¡!,;:·/".contains(c))
        .map(|word| word.trim_matches(['.', '-', '…']))
        .filter(|word| word.chars().any(char::is_alphabetic))
        .filter(|word| !word.chars().any(|c| c.is_ascii_digit() || c == '@' || c == '.'))
        .collect()
}

/// The syllables of a Spanish word: one for each group of vowels, where two strong ones, or a weak one with an accent,
/// do not share a group.
pub(crate) fn syllables(word: &str) -> usize {
    let mut letters: Vec<char> = word.to_lowercase().chars().collect();
    if let Some(last) = letters.last_mut().filter(|last| **last == 'y') {
        *last = 'i';
    }
    let mut syllables = 0;
    let mut before: Option<char> = None;
    for (place, letter) in letters.iter().enumerate() {
        let is_silent = *letter == 'u'
            && place.checked_sub(1).is_some_and(|place| "gq".contains(letters[place]))
            && letters.get(place + 1).is_some_and(|next| "eiéí".contains(*next));
        let vowel = Some(*letter).filter(|letter| "aeiouáéíóúü".contains(*letter) && !is_silent);
        if let Some(vowel) = vowel {
            syllables += usize::from(!before.is_some_and(|before| shares_syllable(before, vowel)));
        }
        before = vowel;
    }
    syllables.max(1)
}

fn shares_syllable(before: char, vowel: char) -> bool {
    let is_weak = |c| "iuü".contains(c);
    let is_strong = |c| "aeoáéó".contains(c);
    (is_weak(before) && (is_weak(vowel) || is_strong(vowel))) || (is_strong(before) && is_weak(vowel))
}
