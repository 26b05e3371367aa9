//! What only one machine knows stays out of the project: it would be wrong, or tell too much, anywhere else.

use super::Fault;

/// Text that no file may have, and why. Written in two pieces, so that this file may be looked at too.
const FORBIDDEN: [(&str, &str); 9] = [
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("../sha", "red"), "a path outside the project"),
    (concat!(".libr", "ary/"), "a path outside the project"),
    (concat!("index.crates", ".io"), "a registry's host"),
    (concat!("static.crates", ".io"), "a registry's host"),
    (concat!("registry.npm", "js.org"), "a registry's host"),
    (concat!("files.python", "hosted.org"), "a registry's host"),
    (concat!("\"resol", "ved\":"), "an address to download from"),
];

/// The one place that may look outside: it says so and passes where nothing is there.
const MAY_LOOK_OUTSIDE: (&str, &str) = ("xtask/src/supply_chain/advisories.rs", concat!("../sha", "red"));

/// Files that have one of the forbidden texts, but for Cargo's lock file, which names its registry.
pub(super) fn faults(path: &str, text: &str) -> Vec<Fault> {
    if path == "Cargo.lock" {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (forbidden, why) in FORBIDDEN {
            if line.contains(forbidden) && (path, forbidden) != MAY_LOOK_OUTSIDE {
                faults.push(Fault::new(path, index + 1, format!("`{forbidden}` is {why}: say it without")));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_one_machine_and_hosts_of_registries_are_found() {
        for (forbidden, _) in FORBIDDEN {
            let found = faults("docs/a.md", &format!("first\nsee {forbidden} there\n"));
            assert_eq!(found.len(), 1, "{forbidden}");
            assert_eq!(found[0].line, 2);
        }
    }

    #[test]
    fn only_the_check_of_advisories_may_look_outside_and_only_there() {
        let (path, folder) = MAY_LOOK_OUTSIDE;
        assert_eq!(faults(path, &format!("{folder}\n")), []);
        assert_eq!(faults("xtask/src/supply_chain.rs", &format!("{folder}\n")).len(), 1);
        assert_eq!(faults(path, &format!("{}\n", FORBIDDEN[0].0)).len(), 1);
    }

    #[test]
    fn other_text_is_left_alone() {
        assert_eq!(faults("docs/a.md", "crates.io, ./work, shared/ and rework\n"), []);
        let registry = format!("source = \"registry+https://{}\"\n", FORBIDDEN[4].0);
        assert_eq!(faults("Cargo.lock", &registry), []);
    }
}
