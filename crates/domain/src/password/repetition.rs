//! Passwords that are a few characters over and over.

use std::collections::HashSet;

/// With this many different characters or fewer, a password is a pattern however long it is.
const FEW_CHARACTERS: usize = 3;

/// Whether a password says so little that its length is a pretence: a unit repeated counts once, so it has to have the
/// `min_length` by itself; and two or three characters in any order are too few.
pub(super) fn is_repetitive(password: &str, min_length: usize) -> bool {
    let characters: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    let different: HashSet<&char> = characters.iter().collect();
    if different.len() <= FEW_CHARACTERS {
        return true;
    }
    let unit = shortest_unit(&characters);
    unit < min_length && unit * 2 <= characters.len()
}

/// The length of the shortest text that, repeated and cut off at the end, gives this one.
fn shortest_unit(characters: &[char]) -> usize {
    // The prefix function of Knuth, Morris and Pratt: the longest beginning that is also an ending, for each length.
    let mut borders = vec![0; characters.len()];
    let mut border: usize = 0;
    for end in 1..characters.len() {
        while border > 0 && characters[border] != characters[end] {
            border = borders[border - 1];
        }
        if characters[border] == characters[end] {
            border += 1;
        }
        borders[end] = border;
    }
    characters.len() - border
}
