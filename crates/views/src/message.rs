//! A text to be said, by its name in the catalogue and with what goes into it.

/// A text to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) key: &'static str,
    pub(crate) arguments: Vec<(&'static str, Argument)>,
}

/// What goes into a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    Text(String),
    /// A number that may decide between singular and plural.
    Number(i64),
}

impl Message {
    pub(crate) fn new(key: &'static str) -> Self {
        Self { key, arguments: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, argument: impl Into<Argument>) -> Self {
        self.arguments.push((name, argument.into()));
        self
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<u8> for Argument {
    fn from(number: u8) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<i8> for Argument {
    fn from(number: i8) -> Self {
        Self::Number(i64::from(number))
    }
}
