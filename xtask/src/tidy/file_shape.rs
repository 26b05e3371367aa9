//! A source file is short and says first what it is: so that whoever opens it can take it in whole.

use super::{Fault, is_rust};

const SOURCE_LINES: usize = 400;
/// Tests may be longer, because each stands by itself.
const TEST_LINES: usize = 600;

/// Faults of a file's length and of its first line.
pub(super) fn faults(path: &str, text: &str) -> Vec<Fault> {
    if !is_rust(path) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let limit = if is_test(path) { TEST_LINES } else { SOURCE_LINES };
    let lines = text.lines().count();
    if lines > limit {
        faults.push(Fault::new(path, 0, format!("{lines} lines; {limit} at most: split it by what it says")));
    }
    if !text.starts_with("//! ") {
        faults.push(Fault::new(path, 1, "must open with a sentence after //! that says what the file is"));
    }
    faults
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        format!("//! A file.\n{}", "\n".repeat(count - 1))
    }

    #[test]
    fn a_source_file_has_400_lines_at_most_and_a_test_600() {
        assert_eq!(faults("crates/a/src/b.rs", &lines(400)), []);
        assert_eq!(faults("crates/a/tests/b.rs", &lines(600)), []);
        assert_eq!(faults("crates/a/src/b/tests.rs", &lines(600)), []);
        assert_eq!(faults("crates/a/src/b.rs", &lines(401)).len(), 1);
        assert_eq!(faults("crates/a/tests/b.rs", &lines(601)).len(), 1);
        assert_eq!(faults("README.md", &lines(1000)), []);
    }

    #[test]
    fn a_file_opens_with_what_it_is() {
        assert_eq!(faults("crates/a/src/b.rs", "//! What it is.\nfn a() {}\n"), []);
        assert_eq!(faults("crates/a/src/b.rs", "fn a() {}\n").len(), 1);
        assert_eq!(faults("crates/a/src/b.rs", "").len(), 1);
    }
}
