//! The configuration in writing: the file that `config init` makes, and what `config show` prints.

use super::key::{KEYS, Key, Kind, Preset};
use super::layers::{Layers, Written};
use super::reader::effective;
use serde::Serialize;
use std::fmt::Write as _;

/// A key with its value in force, as `config show` prints it.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The key's full name.
    pub key: &'static str,
    /// Its value as TOML; of a secret only that it is there. Nothing where there is none.
    pub value: Option<String>,
    /// Where it comes from.
    pub from: String,
}

/// A configuration file with every key explained. What must be written is written as an example; the rest is there to
/// be uncommented, but for the keys that are given a value here, written as in the file.
pub fn explained_file(values: &[(&str, &str)]) -> String {
    let mut file = String::from(
        "# The configuration of the portal. Lines that begin with # say what holds without them.\n\
         # Every key can also come from the environment: server.listen as ZAGUAN__SERVER__LISTEN.\n\
         # Relative paths start from the directory of this file.\n",
    );
    let mut section = "";
    for key in KEYS {
        if key.section() != section {
            section = key.section();
            let _ = write!(file, "\n[{section}]\n");
        }
        for line in key.explained.lines() {
            let _ = writeln!(file, "# {line}");
        }
        let name = key.short_name();
        let given = values.iter().find(|(full, _)| *full == key.name);
        let _ = match key.preset {
            _ if let Some((_, value)) = given => writeln!(file, "{name} = {value}"),
            Preset::Required(example) => writeln!(file, "{name} = {example}"),
            Preset::Value(text) | Preset::Absent(text) => writeln!(file, "# {name} = {text}"),
        };
    }
    file
}

/// Every key with its value in force and where it comes from. Secrets are never in it.
pub fn shown(layers: &Layers) -> Vec<Shown> {
    KEYS.iter().map(|key| show(layers, key)).collect()
}

fn show(layers: &Layers, key: &'static Key) -> Shown {
    match effective(layers, key) {
        Some((written, origin)) => {
            Shown { key: key.name, value: Some(text(key.kind, &written)), from: origin.to_string() }
        }
        None => Shown { key: key.name, value: None, from: "not set".to_owned() },
    }
}

fn text(kind: Kind, written: &Written) -> String {
    match (kind, written) {
        // The path of a file is no secret; the URL of a server may hold a password.
        (Kind::Secret, Written::Text(text)) if text.starts_with("sqlite:") => {
            toml::Value::from(text.as_str()).to_string()
        }
        (Kind::Secret | Kind::SecretUrls, _) => "(set, not shown)".to_owned(),
        (Kind::Number, Written::Text(number)) => number.clone(),
        (_, Written::Text(text)) => toml::Value::from(text.as_str()).to_string(),
        (_, Written::List(items)) => toml::Value::from(items.clone()).to_string(),
        (_, Written::Table(pairs)) => {
            let quoted = |text: &String| toml::Value::from(text.as_str()).to_string();
            let pairs: Vec<_> =
                pairs.iter().map(|(name, value)| format!("{} = {}", quoted(name), quoted(value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

/// The settings as lines for people: `key = value  # where from`.
pub fn as_lines(settings: &[Shown]) -> String {
    let mut lines = String::new();
    for Shown { key, value, from } in settings {
        let _ = match value {
            Some(value) => writeln!(lines, "{key} = {value}  # {from}"),
            None => writeln!(lines, "# {key} is {from}"),
        };
    }
    lines
}
