//! Where values come from: the file, and above it the environment. Unknown names are refused with the nearest known.

use super::fault::{Advice, Fault, Origin};
use super::key::{Given, KEYS, Key, Kind, all_names, named, nearest, variable};
use crate::environment::{Environment, PREFIX};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of the file that is looked for where nobody names one.
pub const USUAL_FILE: &str = "zaguan.toml";

/// The variable that names the file.
pub const FILE_VARIABLE: &str = "ZAGUAN_CONFIG";

/// A secret in a file is no longer than this.
const SECRET_BYTES_AT_MOST: u64 = 64 * 1024;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// A text or a number.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// A table from text to text.
    Table(Vec<(String, String)>),
}

/// The values that were found, before anybody asks whether they make sense.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    file: Option<PathBuf>,
    directory: PathBuf,
    values: BTreeMap<&'static str, (Written, Origin)>,
    faults: Vec<Fault>,
    is_broken: bool,
}

impl Layers {
    /// Reads the file that `named` says, else the one that the environment says, else `zaguan.toml` if there is one,
    /// else the system's; and above it the environment. Everything that is wrong is kept for [`super::Config::read`] to tell.
    pub fn load(named: Option<&Path>, environment: &Environment) -> Self {
        let directory = environment.directory();
        let mut layers = Self { directory: directory.to_owned(), ..Self::default() };
        let said = named.map(Path::to_owned).or_else(|| environment.get(FILE_VARIABLE).map(PathBuf::from));
        match said {
            Some(file) => layers.read_file(directory, file),
            None if directory.join(USUAL_FILE).exists() => {
                layers.read_file(directory, PathBuf::from(USUAL_FILE));
            }
            None => {
                let there = environment.system_file().filter(|file| !matches!(file.try_exists(), Ok(false)));
                if let Some(file) = there {
                    layers.read_file(directory, file.to_owned());
                }
            }
        }
        layers.read_environment(environment);
        layers
    }

    /// The file that was read.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The directory that relative paths start from: the file's, or the process's where there is no file.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn value(&self, name: &str) -> Option<&(Written, Origin)> {
        self.values.get(name)
    }

    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether the file could not be read at all, so that whatever else seems missing may well be in it.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken
    }

    fn read_file(&mut self, directory: &Path, file: PathBuf) {
        let text = match fs::read_to_string(directory.join(&file)) {
            Ok(text) => text,
            Err(error) => {
                let remedy = if error.kind() == io::ErrorKind::PermissionDenied {
                    "run this as the portal's user: sudo -u zaguan zaguan …"
                } else {
                    "`zaguan config init` writes one"
                };
                let advice =
                    format!("the configuration file {} cannot be read ({error}); {remedy}", file.display());
                self.faults.push(Fault::general(Advice::new(advice)));
                self.is_broken = true;
                return;
            }
        };
        if let Some(parent) = directory.join(&file).parent() {
            parent.clone_into(&mut self.directory);
        }
        let (table, errors) = DeTable::parse_recoverable(&text);
        let source = Source { path: file.clone(), text: &text };
        self.file = Some(file);
        if errors.is_empty() {
            self.read_table("", table.get_ref(), &source);
        } else {
            self.is_broken = true;
        }
        for error in errors {
            let line = error.span().map_or(1, |span| source.line_at(span.start));
            let origin = Origin::File { path: source.path.clone(), line };
            let advice =
                format!("this is not TOML ({}); correct the line", error.message().replace('\n', "; "));
            self.faults.push(Fault::at(origin, Advice::new(advice)));
        }
    }

    fn read_table(&mut self, within: &str, table: &DeTable<'_>, source: &Source<'_>) {
        for (name, value) in table {
            let full = if within.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{within}.{}", name.get_ref())
            };
            let origin = source.origin(name);
            match (named(&full), value.get_ref()) {
                (Some((key, given)), value) => match from_toml(given.kind_of(key), value) {
                    Ok(written) => self.set(key, given, written, origin),
                    Err(advice) => self.faults.push(Fault::of_key(&origin, &full, advice)),
                },
                (None, DeValue::Table(inner)) if is_section(&full) => {
                    self.read_table(&full, inner, source);
                }
                (None, DeValue::Table(_)) if within.is_empty() => {
                    let advice = unknown(&full, &sections(), "is not a section");
                    self.faults.push(Fault::at(origin, advice));
                }
                (None, _) => {
                    let advice = unknown(&full, &all_names(), "is not a key");
                    self.faults.push(Fault::at(origin, advice));
                }
            }
        }
    }

    fn read_environment(&mut self, environment: &Environment) {
        let known: Vec<String> = all_names().iter().map(|name| variable(name)).collect();
        for name in environment.unreadable() {
            let origin = Origin::Environment { name: name.clone() };
            self.faults.push(Fault::at(origin, Advice::new("its value is not UTF-8; set it again")));
        }
        for (name, value) in environment.configuration() {
            let origin = Origin::Environment { name: name.to_owned() };
            let full = name.trim_start_matches(PREFIX).replace("__", ".").to_ascii_lowercase();
            let Some((key, given)) = named(&full).filter(|_| known.iter().any(|known| known == name)) else {
                let advice = unknown(name, &known, "sets no key");
                self.faults.push(Fault::at(origin, advice));
                continue;
            };
            // What the environment says takes the place of what the file says, however each was given.
            if self.values.get(key.name).is_some_and(|(_, origin)| matches!(origin, Origin::File { .. })) {
                self.values.remove(key.name);
            }
            match from_variable(given.kind_of(key), value) {
                Ok(written) => self.set(key, given, written, origin),
                Err(advice) => self.faults.push(Fault::of_key(&origin, key.name, advice)),
            }
        }
    }

    fn set(&mut self, key: &'static Key, given: Given, written: Written, origin: Origin) {
        if self.values.contains_key(key.name) {
            let advice = format!("it is given twice; keep either {0} or {0}_file", key.name);
            self.faults.push(Fault::of_key(&origin, key.name, Advice::new(advice)));
            return;
        }
        let written = match (given, written) {
            (Given::ByFile, Written::Text(path)) => match self.secret_in(&path) {
                Ok(secret) => in_one_text(key.kind, &secret),
                Err(advice) => {
                    self.faults.push(Fault::of_key(&origin, &format!("{}_file", key.name), advice));
                    return;
                }
            },
            (_, written) => written,
        };
        self.values.insert(key.name, (written, origin));
    }

    fn secret_in(&self, path: &str) -> Result<String, Advice> {
        let path = self.directory.join(path);
        let refused = |why: &dyn std::fmt::Display| {
            Advice::new(format!(
                "the file {} {why}; name a file that has just the secret in it",
                path.display()
            ))
        };
        let length =
            fs::metadata(&path).map_err(|error| refused(&format!("cannot be read ({error})")))?.len();
        if length > SECRET_BYTES_AT_MOST {
            return Err(refused(&"is too long for a secret"));
        }
        let text =
            fs::read_to_string(&path).map_err(|error| refused(&format!("cannot be read ({error})")))?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(refused(&"is empty")),
            secret => Ok(secret.to_owned()),
        }
    }
}

/// The file that is read, to tell lines.
struct Source<'a> {
    path: PathBuf,
    text: &'a str,
}

impl Source<'_> {
    fn line_at(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }

    fn origin<T>(&self, spanned: &Spanned<T>) -> Origin {
        Origin::File { path: self.path.clone(), line: self.line_at(spanned.span().start) }
    }
}

fn sections() -> Vec<String> {
    KEYS.iter().map(|key| key.section().to_owned()).collect()
}

fn is_section(name: &str) -> bool {
    KEYS.iter().any(|key| key.section() == name)
}

fn unknown(name: &str, known: &[String], what: &str) -> Advice {
    Advice::new(match nearest(name, known) {
        Some(near) => format!("{name} {what}; did you mean {near}?"),
        None => format!("{name} {what}; `zaguan config init` explains every key"),
    })
}

fn from_toml(kind: Kind, value: &DeValue<'_>) -> Result<Written, Advice> {
    match (kind, value) {
        (Kind::Text | Kind::Path | Kind::Secret, DeValue::String(text)) => {
            Ok(Written::Text(text.to_string()))
        }
        (Kind::Number, DeValue::Integer(number)) if number.radix() == 10 => {
            Ok(Written::Text(number.as_str().replace('_', "")))
        }
        (Kind::SecretUrls, DeValue::String(text)) => Ok(in_one_text(kind, text)),
        (Kind::List | Kind::SecretUrls, DeValue::Array(items)) => {
            let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Written::List).ok_or_else(|| wrong_kind(kind))
        }
        (Kind::Table, DeValue::Table(table)) => {
            let pair = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                let name: &std::borrow::Cow<'_, str> = name.get_ref();
                value.get_ref().as_str().map(|value| (name.to_string(), value.to_owned()))
            };
            table.iter().map(pair).collect::<Option<_>>().map(Written::Table).ok_or_else(|| wrong_kind(kind))
        }
        _ => Err(wrong_kind(kind)),
    }
}

fn from_variable(kind: Kind, value: &str) -> Result<Written, Advice> {
    match kind {
        Kind::Text | Kind::Path | Kind::Secret | Kind::SecretUrls | Kind::Number | Kind::List => {
            Ok(in_one_text(kind, value))
        }
        Kind::Table => {
            let written = format!("value = {value}");
            let table = DeTable::parse(&written).map_err(|_| wrong_kind(kind))?;
            let value = table.get_ref().get("value").ok_or_else(|| wrong_kind(kind))?;
            from_toml(kind, value.get_ref())
        }
    }
}

/// A value, or several with commas between them, that stand in one text.
fn in_one_text(kind: Kind, text: &str) -> Written {
    match kind {
        Kind::List => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Written::List(items.map(str::to_owned).collect())
        }
        Kind::SecretUrls => Written::List(urls(text)),
        Kind::Text | Kind::Path | Kind::Secret | Kind::Number | Kind::Table => Written::Text(text.to_owned()),
    }
}

/// URLs with commas or line ends between them. A comma may be part of a password too, so that only one that a scheme
/// follows ends a URL.
fn urls(text: &str) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for part in text.split_inclusive([',', '\n']) {
        let begins = part.trim_start().split_once("://").is_some_and(|(scheme, _)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.chars().all(|character| character.is_ascii_alphanumeric() || character == '+')
        });
        match urls.last_mut().filter(|_| !begins) {
            Some(last) => last.push_str(part),
            None => urls.push(part.to_owned()),
        }
    }
    let between = |character: char| character == ',' || character.is_whitespace();
    urls.iter().map(|url| url.trim_matches(between).to_owned()).filter(|url| !url.is_empty()).collect()
}

fn wrong_kind(kind: Kind) -> Advice {
    Advice::new(match kind {
        Kind::Text | Kind::Path | Kind::Secret => "write a text between quotes",
        Kind::SecretUrls => "write a text between quotes, or a list of them",
        Kind::Number => "write a whole number, without quotes",
        Kind::List => "write a list of texts, such as [\"10.0.0.0/8\"]",
        Kind::Table => "write a table of texts, such as { \"/old\" = \"/ingreso\" }",
    })
}
