//! Which crate may import which: each is the only one that does its thing, and Cargo alone cannot tell.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use cargo_metadata::{DependencyKind, MetadataCommand};

use super::Fault;

/// Each crate, and those of ours it may import. ARCHITECTURE.md has the same table, with the reasons.
const OURS: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("book", &["domain"]),
    ("hasher", &["domain"]),
    ("faults", &[]),
    ("store", &["domain", "faults"]),
    ("views", &["domain"]),
    ("web", &["domain", "hasher", "store", "views"]),
    ("zaguan", &["book", "domain", "faults", "hasher", "samplebook", "store", "views", "web"]),
    ("samplebook", &["book", "domain"]),
    ("testing", &["domain", "faults", "hasher", "store", "views", "web", "zaguan"]),
    ("load", &["domain", "hasher", "store"]),
    ("xtask", &["samplebook"]),
];

/// Crates of others that only some of ours may import, in their tests too.
const THEIRS: [(&str, &[&str]); 14] = [
    ("argon2", &["hasher", "load"]),
    ("axum", &["web", "zaguan", "testing", "load"]),
    ("calamine", &["book"]),
    ("encoding_rs", &["book"]),
    ("fail", &["faults"]),
    ("fluent-bundle", &["views"]),
    ("fluent-syntax", &["views"]),
    ("lettre", &["zaguan", "testing"]),
    ("memmap2", &["hasher"]),
    ("minijinja", &["views"]),
    ("oem_cp", &["book"]),
    ("rusqlite", &["store", "testing", "load"]),
    ("thirtyfour", &["testing"]),
    ("tokio-postgres", &["store", "load"]),
];

const PAGE: &str = "ARCHITECTURE.md";

/// One line of a crate's dependencies.
#[derive(Debug)]
struct Import {
    importer: String,
    imported: String,
    only_in_tests: bool,
}

/// Imports that the tables do not allow, and lines of ARCHITECTURE.md that say otherwise than the tables.
pub(super) fn faults(root: &Path) -> anyhow::Result<Vec<Fault>> {
    let metadata = MetadataCommand::new()
        .current_dir(root)
        .no_deps()
        .exec()
        .context("could not ask cargo for the crates of the project")?;
    let mut faults = Vec::new();
    for package in metadata.workspace_packages() {
        let importer = short(&package.name).to_owned();
        for dependency in &package.dependencies {
            let import = Import {
                importer: importer.clone(),
                imported: short(&dependency.name).to_owned(),
                only_in_tests: dependency.kind == DependencyKind::Development,
            };
            faults.extend(judge(&import));
        }
        if !OURS.iter().any(|(name, _)| *name == importer) {
            faults.push(fault_of(&importer, "is not in the table of imports in xtask"));
        }
    }
    let page = root.join(PAGE);
    if page.exists() {
        let text = fs::read_to_string(&page).with_context(|| format!("could not read {}", page.display()))?;
        faults.extend(judge_page(&text));
    }
    Ok(faults)
}

/// `zaguan-domain` is `domain` here, as its folder is.
fn short(name: &str) -> &str {
    name.strip_prefix("zaguan-").unwrap_or(name)
}

fn fault_of(name: &str, words: &str) -> Fault {
    let folder = if name == "xtask" { "xtask".to_owned() } else { format!("crates/{name}") };
    Fault::new(&format!("{folder}/Cargo.toml"), 0, words)
}

fn judge(import: &Import) -> Option<Fault> {
    let Import { importer, imported, only_in_tests } = import;
    let of_ours = OURS.iter().any(|(name, _)| name == imported);
    let allowed = if of_ours {
        let may = OURS.iter().find(|(name, _)| name == importer).map_or(&[][..], |(_, may)| may);
        // Any crate may be tested through the whole portal.
        may.contains(&imported.as_str()) || (*only_in_tests && imported == "testing")
    } else {
        THEIRS
            .iter()
            .find(|(name, _)| name == imported)
            .is_none_or(|(_, may)| may.contains(&importer.as_str()))
    };
    (!allowed).then(|| fault_of(importer, &format!("`{importer}` may not import `{imported}`")))
}

/// Compares the page's table, of lines such as "| `crates/store` | speaks SQL | domain |", with ours.
fn judge_page(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut told = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((name, rest)) = line.strip_prefix("| `crates/").and_then(|rest| rest.split_once('`')) else {
            continue;
        };
        let last = rest.trim_end().trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let mut says: Vec<&str> =
            last.split(',').map(str::trim).filter(|word| !matches!(*word, "" | "–" | "-" | "none")).collect();
        says.sort_unstable();
        let may = OURS.iter().find(|(known, _)| *known == name).map(|(_, may)| *may);
        if may != Some(&says[..]) {
            let words =
                format!("says that `{name}` may import {says:?}, and the table in xtask says {may:?}");
            faults.push(Fault::new(PAGE, index + 1, words));
        }
        told.push(name);
    }
    let untold = OURS.iter().map(|(name, _)| *name).filter(|name| *name != "xtask" && !told.contains(name));
    faults
        .extend(untold.map(|name| Fault::new(PAGE, 0, format!("its table of crates lacks `crates/{name}`"))));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(importer: &str, name: &str, only_in_tests: bool) -> Option<String> {
        let import =
            Import { importer: importer.to_owned(), imported: short(name).to_owned(), only_in_tests };
        judge(&import).map(|fault| fault.to_string())
    }

    #[test]
    fn the_inner_crates_do_not_import_the_outer_ones() {
        assert_eq!(judged("web", "zaguan-store", false), None);
        assert_eq!(judged("zaguan", "zaguan-web", false), None);
        assert_eq!(
            judged("domain", "zaguan-store", false).as_deref(),
            Some("crates/domain/Cargo.toml: `domain` may not import `store`")
        );
        assert!(judged("store", "zaguan-views", true).is_some(), "not in tests either");
    }

    #[test]
    fn only_tests_import_the_test_portal() {
        assert_eq!(judged("web", "zaguan-testing", true), None);
        assert!(judged("web", "zaguan-testing", false).is_some());
    }

    #[test]
    fn one_crate_alone_imports_what_it_is_for() {
        assert_eq!(judged("store", "rusqlite", false), None);
        assert_eq!(judged("web", "tokio", false), None);
        assert!(judged("web", "rusqlite", false).is_some());
        assert!(judged("zaguan", "minijinja", true).is_some(), "not in tests either");
    }

    fn page(store: &str) -> String {
        let lines = OURS.iter().filter(|(name, _)| *name != "xtask").map(|(name, may)| {
            let may = if *name == "store" { store.to_owned() } else { may.join(", ") };
            format!("| `crates/{name}` | does its thing | {may} |\n")
        });
        format!("| crate | is | may import |\n|---|---|---|\n{}", lines.collect::<String>())
    }

    #[test]
    fn the_page_on_architecture_says_the_same() {
        assert_eq!(judge_page(&page("domain, faults")), []);
        assert_eq!(judge_page(&page("domain, faults").replace("|  |", "| – |")), [], "a dash is none");
        assert_eq!(judge_page(&page("domain, hasher"))[0].line, 7);
        let without = page("domain, faults")
            .lines()
            .filter(|line| !line.contains("views`"))
            .collect::<Vec<_>>()
            .join("\n");
        assert_eq!(judge_page(&without).len(), 1);
    }

    #[test]
    fn the_page_may_name_the_imports_in_any_order() {
        let turned = page("domain, faults")
            .replace("domain, hasher, store, views |", "views, store, hasher, domain |");
        assert_eq!(judge_page(&turned), []);
    }
}
