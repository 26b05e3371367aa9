//! Reads values from the layers as what they should be, and collects what is wrong.

use super::fault::{Advice, Fault, Faults, Origin};
use super::key::{Key, Kind, Preset, find};
use super::layers::{Layers, Written};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Reads values, and collects what is wrong.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    layers: &'a Layers,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(layers: &'a Layers) -> Self {
        Self { layers, faults: layers.faults().to_vec() }
    }

    /// The directory that relative paths start from.
    pub(crate) fn directory(&self) -> &'a Path {
        self.layers.directory()
    }

    /// What was read if nothing is wrong, else everything that is.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<T, Faults> {
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            _ if self.layers.is_broken() => Err(Faults::new(self.layers.faults().to_vec())),
            _ => Err(Faults::new(self.faults)),
        }
    }

    /// Tells that a key's value will not do.
    pub(crate) fn refuse(&mut self, name: &str, advice: Advice) {
        let preset = Origin::Preset;
        let origin = self.layers.value(name).map_or(&preset, |(_, origin)| origin);
        self.faults.push(Fault::of_key(origin, name, advice));
    }

    /// A text that must be there, as what `parse` makes of it.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Advice>,
    ) -> Option<T> {
        let text = self.text(name)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(advice) => {
                self.refuse(name, advice);
                None
            }
        }
    }

    /// A text that may be missing, as what `parse` makes of it. The outer nothing is a fault, the inner one no value.
    #[expect(clippy::option_option, reason = "a missing value and a wrong one are two things")]
    pub(crate) fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Advice>,
    ) -> Option<Option<T>> {
        match self.written(name) {
            Some(_) => self.parsed(name, parse).map(Some),
            None => Some(None),
        }
    }

    /// A whole number within a range.
    pub(crate) fn number<T>(&mut self, name: &'static str, range: RangeInclusive<T>) -> Option<T>
    where
        T: std::str::FromStr + PartialOrd + std::fmt::Display,
    {
        self.parsed(name, |text| {
            let number = text.trim().parse().ok().filter(|number| range.contains(number));
            number.ok_or_else(|| {
                Advice::new(format!("write a whole number from {} to {}", range.start(), range.end()))
            })
        })
    }

    /// A path, which starts from the configuration's directory.
    pub(crate) fn path(&mut self, name: &'static str) -> Option<PathBuf> {
        let directory = self.layers.directory();
        self.parsed(name, |text| match text {
            "" => Err(Advice::new("write a path")),
            text => Ok(directory.join(text)),
        })
    }

    /// A path that may be missing, which starts from the configuration's directory.
    #[expect(clippy::option_option, reason = "a missing value and a wrong one are two things")]
    pub(crate) fn optional_path(&mut self, name: &'static str) -> Option<Option<PathBuf>> {
        match self.written(name) {
            Some(_) => self.path(name).map(Some),
            None => Some(None),
        }
    }

    /// A list.
    pub(crate) fn list<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, Advice>,
    ) -> Option<Vec<T>> {
        let Some(Written::List(items)) = self.written(name) else { return Some(Vec::new()) };
        match items.iter().map(|item| parse(item)).collect() {
            Ok(list) => Some(list),
            Err(advice) => {
                self.refuse(name, advice);
                None
            }
        }
    }

    /// A list that must be there, of at least one and at most `limit`.
    pub(crate) fn list_of_some<T>(
        &mut self,
        name: &'static str,
        limit: usize,
        parse: impl Fn(&str) -> Result<T, Advice>,
    ) -> Option<Vec<T>> {
        if self.written(name).is_none() {
            self.faults.extend(find(name).map(missing));
            return None;
        }
        let list = self.list(name, parse)?;
        if list.is_empty() || list.len() > limit {
            self.refuse(name, Advice::new(format!("write at least one of them, and at most {limit}")));
            return None;
        }
        Some(list)
    }

    /// A table.
    pub(crate) fn table(&mut self, name: &'static str) -> Vec<(String, String)> {
        match self.written(name) {
            Some(Written::Table(pairs)) => pairs,
            _ => Vec::new(),
        }
    }

    fn text(&mut self, name: &'static str) -> Option<String> {
        match self.written(name) {
            Some(Written::Text(text)) => Some(text),
            Some(Written::List(_) | Written::Table(_)) => None,
            None => {
                let missing = find(name).map(missing);
                self.faults.extend(missing);
                None
            }
        }
    }

    fn written(&self, name: &'static str) -> Option<Written> {
        effective(self.layers, find(name)?).map(|(written, _)| written)
    }
}

/// A key's value and where it comes from; nothing where nobody set it and it has no preset.
pub(crate) fn effective(layers: &Layers, key: &Key) -> Option<(Written, Origin)> {
    layers.value(key.name).cloned().or_else(|| Some((preset(key)?, Origin::Preset)))
}

fn preset(key: &Key) -> Option<Written> {
    let Preset::Value(text) = key.preset else { return None };
    let table: toml::Table = format!("value = {text}").parse().ok()?;
    let value = table.get("value")?;
    match (key.kind, value) {
        (Kind::List, toml::Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .map(Written::List),
        (Kind::Table, toml::Value::Table(pairs)) => {
            let pair =
                |(name, value): (&String, &toml::Value)| Some((name.clone(), value.as_str()?.to_owned()));
            pairs.iter().map(pair).collect::<Option<_>>().map(Written::Table)
        }
        (_, toml::Value::String(text)) => Some(Written::Text(text.clone())),
        (_, value) => value.as_integer().map(|number| Written::Text(number.to_string())),
    }
}

fn missing(key: &Key) -> Fault {
    let (Preset::Value(example) | Preset::Absent(example) | Preset::Required(example)) = key.preset;
    let (name, section, variable) = (key.short_name(), key.section(), key.variable());
    let advice = format!("it is missing; write {name} = {example} under [{section}], or set {variable}");
    Fault::of_key(&Origin::Preset, key.name, Advice::new(advice))
}
