//! The process's environment, read in one place.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// What the configuration's variables begin with.
pub(crate) const PREFIX: &str = "ZAGUAN__";

/// Where a package of the operating system puts the configuration.
const SYSTEM_FILE: &str = "/etc/zaguan/zaguan.toml";

/// The variables that concern the portal, and the directory that relative paths start from.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    unreadable: Vec<String>,
    directory: PathBuf,
    system_file: Option<PathBuf>,
}

impl Environment {
    /// The environment of this process. A variable whose value is not UTF-8 is remembered as unreadable.
    pub fn of_process() -> Self {
        let directory = std::env::current_dir().unwrap_or_default();
        let system_file = Some(PathBuf::from(SYSTEM_FILE));
        let mut read = Self { directory, system_file, ..Self::default() };
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
        let variables = std::env::vars_os();
        for (name, value) in variables {
            let name = name.to_string_lossy().into_owned();
            if !name.starts_with("ZAGUAN") {
                continue;
            }
            match value.into_string() {
                Ok(value) => {
                    read.variables.insert(name, value);
                }
                Err(_) => read.unreadable.push(name),
            }
        }
        read
    }

    /// An environment with these variables, in this directory.
    pub fn new<'a>(
        directory: impl Into<PathBuf>,
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            variables: variables.into_iter().map(owned).collect(),
            unreadable: Vec::new(),
            directory: directory.into(),
            system_file: None,
        }
    }

    /// The directory that the process was started in.
    pub fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    /// The configuration that holds where nobody names one and none is in the directory.
    pub(crate) fn system_file(&self) -> Option<&std::path::Path> {
        self.system_file.as_deref()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The variables that set keys of the configuration.
    pub(crate) fn configuration(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.variables.iter().filter(|(name, _)| name.starts_with(PREFIX));
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The variables whose values are not UTF-8.
    pub(crate) fn unreadable(&self) -> &[String] {
        &self.unreadable
    }
}
