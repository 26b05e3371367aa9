//! The words as they stand in their files, for the tests that judge them.

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use zaguan_views::Locale;

/// A text: every way in which it can be said, and what goes into it.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// Each variant, less what goes into it.
    pub(crate) said: String,
    /// The names of what goes into it.
    pub(crate) placeholders: BTreeSet<String>,
}

/// The texts of a locale by their names.
pub(crate) fn catalogue(locale: Locale) -> BTreeMap<String, Text> {
    let mut texts = BTreeMap::new();
    for path in files(&folder("words").join(locale.name())) {
        let source = fs::read_to_string(&path).unwrap();
        let resource =
            parser::parse(source.as_str()).unwrap_or_else(|(_, errors)| panic!("{path:?}: {errors:?}"));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut text = Text::default();
            read(&message.value.unwrap(), &mut text);
            let twice = texts.insert(message.id.name.to_owned(), text);
            assert!(twice.is_none(), "{path:?}: {} stands twice", message.id.name);
        }
    }
    texts
}

fn read(pattern: &Pattern<&str>, text: &mut Text) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.said.push_str(value),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => read_inline(inline, text),
                Expression::Select { selector, variants } => {
                    read_inline(selector, text);
                    for variant in variants {
                        text.said.push(' ');
                        read(&variant.value, text);
                    }
                }
            },
        }
    }
}

fn read_inline(inline: &InlineExpression<&str>, text: &mut Text) {
    let InlineExpression::VariableReference { id } = inline else {
        panic!("only variables go into texts: {inline:?}");
    };
    text.placeholders.insert(id.name.to_owned());
}

/// A folder of this crate.
pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// All files in a folder and its folders.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The words of a text, in small letters.
pub(crate) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
