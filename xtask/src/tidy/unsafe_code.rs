//! Code that the compiler cannot vouch for is in one small file, where it was measured to be worth it.

use super::Fault;

/// The file, which gives argon2 its memory in huge pages.
const ALLOWED: &str = "crates/hasher/src/memory.rs";

/// The words that let it through the lint of the workspace.
const MARK: &str = concat!("expect(unsafe", "_code");

/// Lines elsewhere that let unsafe code through.
pub(super) fn faults(path: &str, text: &str) -> Vec<Fault> {
    if path == ALLOWED {
        return Vec::new();
    }
    let words =
        format!("unsafe code is in {ALLOWED} alone: find a safe way, or a well-kept library that has one");
    let lines = text.lines().enumerate().filter(|(_, line)| line.contains(MARK));
    lines.map(|(index, _)| Fault::new(path, index + 1, words.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::{ALLOWED, MARK, faults};

    #[test]
    fn one_file_alone_may_have_it() {
        let text = format!("//! A file.\n#[{MARK}, reason = \"it is quick\")]\n");
        assert!(faults(ALLOWED, &text).is_empty());
        assert_eq!(faults("crates/web/src/app.rs", &text)[0].line, 2);
        assert!(faults("crates/web/src/app.rs", "//! A file.\n").is_empty());
    }
}
