//! A test file that opens a browser is called so, because the test runner limits browsers by the file's name.

use super::{Fault, is_rust};

/// Test files that open a browser under a name that the limit in .config/nextest.toml does not catch.
pub(super) fn faults(path: &str, text: &str) -> Vec<Fault> {
    let Some((_, name)) = path.split_once("/tests/") else { return Vec::new() };
    if !is_rust(path) || name.starts_with("browser") {
        return Vec::new();
    }
    let line = text.lines().position(|line| line.contains("zaguan_testing::browser"));
    line.map(|index| Fault::new(path, index + 1, "opens a browser: name the test file browser…"))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENS: &str = "//! A.\nuse zaguan_testing::browser::Browser;\n";

    #[test]
    fn a_test_that_opens_a_browser_says_so_in_its_name() {
        assert_eq!(faults("crates/a/tests/browser_harness.rs", OPENS), []);
        assert_eq!(faults("crates/a/tests/browser/journeys.rs", OPENS), []);
        assert_eq!(faults("crates/a/tests/journeys.rs", "//! A.\n"), []);
        assert_eq!(faults("crates/a/tests/journeys.rs", OPENS)[0].line, 2);
    }
}
