//! Links between our pages lead somewhere, and every chapter of the operator's book is in its table of contents: a page
//! that nobody finds might as well not be there.

use std::path::{Component, Path, PathBuf};

use super::Fault;

/// Where the operator's book is. Its pages are printed and packed alone, so their links stay among them.
const BOOK: &str = "docs/operator/";
const CONTENTS: &str = "docs/operator/SUMMARY.md";

/// A link of a page.
#[derive(Debug, PartialEq, Eq)]
struct Link<'a> {
    line: usize,
    target: &'a str,
}

/// Links that lead nowhere, or out of the book, and chapters that its contents lack.
pub(super) fn faults(root: &Path, files: &[(String, String)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| is_page(path)) {
        for link in links(text) {
            if let Some(words) = judge(root, files, path, link.target) {
                faults.push(Fault::new(path, link.line, words));
            }
        }
    }
    faults.extend(chapters_untold(files));
    faults
}

fn is_page(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "md")
}

fn chapters_untold(files: &[(String, String)]) -> Vec<Fault> {
    let contents = files.iter().find(|(path, _)| path == CONTENTS).map_or("", |(_, text)| text);
    let told: Vec<_> = links(contents).into_iter().map(|link| link.target).collect();
    let chapters =
        files.iter().filter(|(path, _)| path.starts_with(BOOK) && is_page(path) && path != CONTENTS);
    let untold = chapters.filter(|(path, _)| !told.contains(&&path[BOOK.len()..]));
    untold
        .map(|(path, _)| Fault::new(path, 0, format!("is not in {CONTENTS}: add the chapter there")))
        .collect()
}

/// What is wrong with a link, if anything.
fn judge(root: &Path, files: &[(String, String)], page: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, heading) =
        target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
    let path = if file.is_empty() { page.to_owned() } else { beside(page, file) };
    if page.starts_with(BOOK) && !path.starts_with(BOOK) {
        return Some(format!("`{target}` leads out of the operator's book: name the file without a link"));
    }
    if !root.join(&path).exists() {
        return Some(format!("`{target}` leads nowhere: there is no {path}"));
    }
    let heading = heading?;
    let text = files.iter().find(|(known, _)| *known == path).map_or("", |(_, text)| text);
    let there = headings(text).any(|there| there == heading);
    (!there).then(|| format!("`{target}` leads nowhere: {path} has no such heading"))
}

/// The path of a link's file from the root of the project.
fn beside(page: &str, file: &str) -> String {
    let mut path = PathBuf::from(page);
    path.pop();
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path.to_string_lossy().into_owned()
}

/// The names by which headings are linked to.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let headings = prose(text).filter_map(|(_, line)| line.strip_prefix('#'));
    headings.map(|heading| {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let name: String = heading.trim_start_matches('#').trim().chars().filter(kept).collect();
        name.to_lowercase().replace(' ', "-")
    })
}

/// The links of a page: `[words](target)` and `src="target"`, outside of code.
fn links(text: &str) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    for (line, words) in prose(text) {
        // What stands between backticks is code: every other piece.
        for piece in words.split('`').step_by(2) {
            for (opening, closing) in [("](", ')'), ("src=\"", '"')] {
                let targets = piece.split(opening).skip(1).filter_map(|rest| rest.split_once(closing));
                links.extend(targets.map(|(target, _)| Link { line, target }));
            }
        }
    }
    links
}

/// The lines that are not code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.starts_with("```");
        in_code ^= is_fence;
        (!in_code && !is_fence && !line.starts_with("    ")).then_some((index + 1, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pages: &[(&str, &str)]) -> Vec<(String, String)> {
        pages.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    /// The faults of pages that are written to a directory.
    fn found(pages: &[(&str, &str)]) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in pages {
            let file = root.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        faults(root.path(), &files(pages)).iter().map(ToString::to_string).collect()
    }

    const SUMMARY: (&str, &str) = (CONTENTS, "- [A](a.md)\n");

    #[test]
    fn links_to_pages_and_headings_that_there_are_are_right() {
        let pages = [
            SUMMARY,
            (
                "docs/operator/a.md",
                "# A page\n[here](#a-page), [there](https://x.example/a)\n## Two: `keys`, más\n",
            ),
            (
                "README.md",
                "[book](docs/operator/a.md#two-keys-más)\n`[not](a-link.md)`\n\n    [nor](this.md)\n",
            ),
        ];
        assert_eq!(found(&pages), Vec::<String>::new());
    }

    #[test]
    fn links_that_lead_nowhere_are_found_with_their_line() {
        let pages = [
            SUMMARY,
            ("docs/operator/a.md", "# A\n\n[b](b.md) [c](#c)\n"),
            ("README.md", "<img src=\"docs/no.png\">\n"),
        ];
        let found = found(&pages);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("docs/operator/a.md:3: `b.md`"), "{found:?}");
        assert!(found[2].starts_with("README.md:1: "), "{found:?}");
    }

    #[test]
    fn a_link_out_of_the_book_and_a_chapter_outside_of_its_contents_are_faults() {
        let pages = [
            SUMMARY,
            ("docs/operator/a.md", "[c](../../README.md)\n"),
            ("docs/operator/b.md", ""),
            ("README.md", ""),
        ];
        let found = found(&pages);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].contains("out of the operator's book") && found[1].starts_with("docs/operator/b.md: ")
        );
    }
}
