//! The files that are built in, and those of the operator that take their place.

use crate::fault::ViewsError;
use crate::locale::Locale;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Names and sources of the templates of these names.
macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../templates/", $name)))),*]
    };
}

/// Names and sources of the words in a folder: a file for each area of the portal.
macro_rules! words {
    ($folder:literal) => {
        words![$folder: "common", "welcome", "register", "key", "account", "guide", "help", "error", "letter",
            "refusal", "line", "mailbox", "browser", "hold", "my_account", "crowd"]
    };
    ($folder:literal: $($area:literal),*) => {
        &[$((
            concat!($folder, "/", $area, ".ftl"),
            include_str!(concat!("../words/", $folder, "/", $area, ".ftl")),
        )),*]
    };
}

/// Names and sources of our templates.
pub(crate) const TEMPLATES: &[(&str, &str)] = templates![
    "layout.html",
    "picture.html",
    "form.html",
    "new_password.html",
    "contact.html",
    "welcome.html",
    "register.html",
    "enter_key.html",
    "letter_status.html",
    "link.html",
    "disown.html",
    "release.html",
    "set_password.html",
    "key_needed.html",
    "sign_in.html",
    "crowd.html",
    "recover.html",
    "home.html",
    "happenings.html",
    "my_account.html",
    "prove.html",
    "change_password.html",
    "email_change.html",
    "confirm_email_change.html",
    "my_sessions.html",
    "my_data.html",
    "close_account.html",
    "guide.html",
    "help.html",
    "privacy.html",
    "error.html",
    "mailbox.html",
    "policy.svg",
    "favicon.svg",
    "letter/layout.html",
    "letter/layout.txt",
    "letter/picture.txt",
    "letter/registration_key.html",
    "letter/registration_key.txt",
    "letter/registration_held.html",
    "letter/registration_held.txt",
    "letter/registration_told.html",
    "letter/registration_told.txt",
    "letter/already_registered.html",
    "letter/already_registered.txt",
    "letter/recovery_steps.html",
    "letter/recovery_steps.txt",
    "letter/key_too_late.html",
    "letter/key_too_late.txt",
    "letter/password_changed.html",
    "letter/password_changed.txt",
    "letter/new_browser.html",
    "letter/new_browser.txt",
    "letter/email_change_key.html",
    "letter/email_change_key.txt",
    "letter/email_change_asked.html",
    "letter/email_change_asked.txt",
    "letter/email_changed.html",
    "letter/email_changed.txt",
    "letter/account_closed.html",
    "letter/account_closed.txt",
];

/// The stylesheet, less the colours that go before it.
pub(crate) const STYLESHEET: &str = include_str!("../assets/style.css");

/// The script that tells how strong a password looks.
pub(crate) const SCRIPT: &str = include_str!("../assets/strength.js");

/// Names and sources of our words in a locale.
pub(crate) fn words(locale: Locale) -> &'static [(&'static str, &'static str)] {
    match locale {
        Locale::EsAr => words!["es-AR"],
        Locale::EsArVos => words!["es-AR-vos"],
        Locale::En => words!["en"],
    }
}

/// The operator's templates: each takes the place of ours of the same name.
pub(crate) fn overridden_templates(folder: Option<&Path>) -> Result<Vec<(&'static str, String)>, ViewsError> {
    let Some(folder) = existing(folder, "templates")? else {
        return Ok(Vec::new());
    };
    let mut templates = Vec::new();
    for path in files_in(&folder)? {
        let named = TEMPLATES.iter().find(|(name, _)| path == folder.join(name));
        let Some((name, _)) = named else {
            return Err(ViewsError::OverridesNothing { path });
        };
        templates.push((*name, read(&path)?));
    }
    Ok(templates)
}

/// The operator's words: each text takes the place of ours of the same name, in whatever file it stands.
pub(crate) fn overridden_words(folder: Option<&Path>) -> Result<Vec<(PathBuf, String)>, ViewsError> {
    let Some(folder) = existing(folder, "words")? else {
        return Ok(Vec::new());
    };
    let mut words = Vec::new();
    for path in files_in(&folder)? {
        if path.extension().is_none_or(|extension| extension != "ftl") {
            return Err(ViewsError::OverridesNothing { path });
        }
        let source = read(&path)?;
        words.push((path, source));
    }
    Ok(words)
}

/// The part of the folder with this name, where there is one. The folder itself must be there: an operator who named
/// it means it.
fn existing(folder: Option<&Path>, part: &str) -> Result<Option<PathBuf>, ViewsError> {
    let Some(folder) = folder else {
        return Ok(None);
    };
    fs::read_dir(folder).map_err(|source| ViewsError::Unreadable { path: folder.to_owned(), source })?;
    let part = folder.join(part);
    Ok(part.is_dir().then_some(part))
}

/// All files in a folder and its folders, in the order of their names.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, ViewsError> {
    let unreadable = |source: io::Error| ViewsError::Unreadable { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            files.extend(files_in(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String, ViewsError> {
    fs::read_to_string(path).map_err(|source| ViewsError::Unreadable { path: path.to_owned(), source })
}
