//! What is left to do is an issue, and the code names its number: without one nobody ever comes back.

use super::Fault;

/// How a comment begins, by the file's ending.
const COMMENTS: [(&str, &str); 10] = [
    (".rs", "//"),
    (".js", "//"),
    (".css", "/*"),
    (".sql", "--"),
    (".html", "{#"),
    (".html", "<!--"),
    (".toml", "#"),
    (".ftl", "#"),
    (".sh", "#"),
    (".ci/run", "#"),
];

/// Comments that leave something to do without the number of an issue.
///
/// Only comments are looked at: in Spanish the same letters are a word, and an insurer's.
pub(super) fn faults(path: &str, text: &str) -> Vec<Fault> {
    let marks: Vec<&str> =
        COMMENTS.iter().filter(|(ending, _)| path.ends_with(ending)).map(|(_, mark)| *mark).collect();
    let is_fault = |line: &&str| {
        marks.iter().any(|mark| line.split_once(mark).is_some_and(|(_, comment)| leaves_to_do(comment)))
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| is_fault(line))
        .map(|(index, _)| {
            Fault::new(path, index + 1, "what is left to do needs an issue: write its number, as in (#12)")
        })
        .collect()
}

fn leaves_to_do(comment: &str) -> bool {
    [concat!("TO", "DO"), concat!("FIX", "ME")].iter().any(|mark| {
        comment.match_indices(mark).any(|(at, _)| {
            let before = comment[..at].chars().next_back();
            let after = &comment[at + mark.len()..];
            let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
            !is_word(before) && !is_word(after.chars().next()) && !names_issue(after)
        })
    })
}

fn names_issue(after: &str) -> bool {
    after.strip_prefix("(#").is_some_and(|number| {
        number.split_once(')').is_some_and(|(digits, _)| {
            !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = concat!("TO", "DO");

    #[test]
    fn what_is_left_to_do_names_its_issue() {
        assert_eq!(faults("a.rs", &format!("a(); // {MARK}(#12): faster\n")), []);
        for comment in
            [format!("{MARK}: faster"), format!("{MARK}(me)"), MARK.to_owned(), format!("{MARK}(#)")]
        {
            assert_eq!(faults("a.rs", &format!("//! A.\n// {comment}\n")).len(), 1, "{comment}");
        }
        assert_eq!(faults("a.sql", &format!("-- {MARK} index\n"))[0].line, 1);
    }

    #[test]
    fn spanish_words_are_no_comments() {
        assert_eq!(faults("a.rs", &format!("let line = \"{MARK} riesgo\";\n")), []);
        assert_eq!(faults("a.rs", &format!("// the {MARK}S of others\n")), []);
        assert_eq!(faults("a.csv", &format!("# {MARK} RIESGO\n")), []);
    }
}
