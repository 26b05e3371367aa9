//! The pages for auditors name the tests that show what they say, and each of those tests exists.

use std::collections::BTreeSet;

use super::{Fault, is_rust};

/// The pages, each a list of tables whose columns are told by their headers.
const PAGES: [&str; 2] = ["docs/threats.md", "docs/asvs.md"];
const VERDICTS: [&str; 4] = ["yes", "partly", "no", "not applicable"];

/// Rows of the pages that name a test which is not there, or that show nothing.
pub(super) fn faults(files: &[(String, String)]) -> Vec<Fault> {
    let tests: BTreeSet<String> = files.iter().flat_map(|(path, text)| tests_of(path, text)).collect();
    let pages = files.iter().filter(|(path, _)| PAGES.contains(&path.as_str()));
    pages.flat_map(|(path, text)| judge(path, text, &tests)).collect()
}

fn judge(path: &str, text: &str, tests: &BTreeSet<String>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (mut header, mut ids) = (Vec::new(), BTreeSet::new());
    for (index, line) in text.lines().enumerate() {
        let Some(cells) = cells(line) else {
            header.clear();
            continue;
        };
        if header.is_empty() {
            header = cells;
            continue;
        }
        let cell = |name: &str| {
            header.iter().position(|column| *column == name).and_then(|place| cells.get(place)).copied()
        };
        let Some(verdict) = cell("verdict").filter(|verdict| !verdict.starts_with('-')) else { continue };
        let mut tell = |words: String| faults.push(Fault::new(path, index + 1, words));
        let named: Vec<&str> = cell("tests").unwrap_or_default().split('`').skip(1).step_by(2).collect();
        for name in &named {
            if !tests.contains(*name) {
                tell(format!("there is no test {name}"));
            }
        }
        if !VERDICTS.contains(&verdict) {
            tell(format!("{verdict:?} is no verdict: write yes, partly, no or not applicable"));
        }
        if verdict == "yes" && named.is_empty() {
            tell("says yes and names no test".to_owned());
        }
        if verdict != "yes" && cell("why").unwrap_or_default().is_empty() {
            tell(format!("says {verdict} and not why"));
        }
        let id = cells.first().copied().unwrap_or_default();
        if !ids.insert(id) {
            tell(format!("{id} has two rows"));
        }
    }
    faults
}

/// The cells of a row of a table.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(inside.split('|').map(str::trim).collect())
}

/// The tests of a file, named by crate, file and function: `store::store::races::a_key_is_spent_by_one`.
fn tests_of(path: &str, text: &str) -> Vec<String> {
    let Some(place) = path.strip_suffix(".rs").filter(|_| is_rust(path)) else { return Vec::new() };
    let place = place.strip_prefix("crates/").unwrap_or(place);
    let mut parts: Vec<&str> = place.split('/').filter(|part| !matches!(*part, "src" | "tests")).collect();
    if matches!(parts.last(), Some(&("lib" | "main"))) {
        parts.pop();
    }
    let place = parts.join("::");
    let mut found = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ").filter(|(before, _)| is_qualifier(before)) {
            let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            if std::mem::take(&mut is_test) {
                found.push(format!("{place}::{name}"));
            }
        }
    }
    found
}

fn is_qualifier(before: &str) -> bool {
    matches!(before, "" | "async ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "#[test]\nfn a_key_works_once() {}\n\nfn not_a_test() {}\n\n\
        #[tokio::test(flavor = \"multi_thread\")]\nasync fn a_race() {}\n";

    fn told(row: &str) -> Vec<String> {
        let page = format!("| id | verdict | tests | why |\n|---|---|---|---|\n{row}\n");
        let files = [
            ("crates/store/tests/store/keys.rs".to_owned(), SOURCE.to_owned()),
            ("docs/asvs.md".to_owned(), page),
        ];
        faults(&files).into_iter().map(|fault| fault.words).collect()
    }

    #[test]
    fn a_test_is_named_by_its_crate_its_file_and_its_name() {
        let named = ["store::store::keys::a_key_works_once", "store::store::keys::a_race"];
        assert_eq!(tests_of("crates/store/tests/store/keys.rs", SOURCE), named);
        assert_eq!(tests_of("xtask/src/main.rs", SOURCE)[0], "xtask::a_key_works_once");
    }

    #[test]
    fn a_row_that_names_tests_that_exist_is_right() {
        let none: [String; 0] = [];
        assert_eq!(told("| 1 | yes | `store::store::keys::a_key_works_once` | |"), none);
        assert_eq!(told("| 1 | no | | it is not built |"), none);
    }

    #[test]
    fn a_test_that_does_not_exist_is_found() {
        assert_eq!(told("| 1 | yes | `store::store::keys::not_a_test` | |").len(), 1);
        assert_eq!(told("| 1 | partly | `store::keys::a_race` | half |").len(), 1);
    }

    #[test]
    fn a_row_that_shows_nothing_is_found() {
        assert_eq!(told("| 1 | yes | | surely |"), ["says yes and names no test"]);
        assert_eq!(told("| 1 | no | | |"), ["says no and not why"]);
        assert_eq!(told("| 1 | maybe | `store::store::keys::a_race` | why |").len(), 1);
        let twice = "| 1 | no | | why |\n| 1 | no | | why |";
        assert_eq!(told(twice), ["1 has two rows"]);
    }
}
