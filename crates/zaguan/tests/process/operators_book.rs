//! The operator's book: its configurations are right, and the invented insurers' files are loaded with them.

use crate::support::Place;

const PAGE: &str = include_str!("../../../../docs/operator/policy-book.md");

const NOBODY: &str = "smtp.url = \"smtp://127.0.0.1:9?tls=none\"";

/// The configurations of the page, each with the file that comes right after it.
fn examples() -> Vec<(String, Option<String>)> {
    let mut examples = Vec::new();
    for part in PAGE.split("\n```toml\n").skip(1) {
        let (configuration, after) = part.split_once("\n```\n").expect("an end");
        let file = after
            .trim_start()
            .strip_prefix("```text\n")
            .map(|text| text.split_once("\n```").expect("an end").0.to_owned() + "\n");
        examples.push((configuration.to_owned(), file));
    }
    examples
}

#[test]
fn every_example_is_right_and_its_file_is_loaded_whole() {
    let examples = examples();
    assert_eq!(examples.iter().filter(|(_, file)| file.is_some()).count(), 3, "three insurers");
    for (configuration, file) in examples {
        let folder = Place::empty();
        // The folder that is watched is on the operator's machine.
        let configuration = configuration.replace("/srv/entrada", &folder.directory().display().to_string());
        let place = Place::with_configuration(&format!("{NOBODY}\n{configuration}"));
        let done = place.run(&["config", "check"]);
        assert_eq!(done.status, 0, "{configuration}: {}", done.err);
        let Some(file) = file else { continue };
        let is_in_windows = file.contains('°');
        let byte = |letter: char| u8::try_from(u32::from(letter)).expect("Latin-1");
        place.write("book", if is_in_windows { file.chars().map(byte).collect() } else { file.into_bytes() });
        let done = place.run(&["policies", "import", "book", "--json"]);
        assert_eq!(done.status, 0, "{configuration}: {} {}", done.out, done.err);
        let report: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
        assert_eq!((&report["rejected"], &report["policies"]), (&0.into(), &2.into()), "{}", done.out);
        assert!(!place.run(&["policies", "show", "12345678"]).out.contains("no policy"), "{configuration}");
    }
}
