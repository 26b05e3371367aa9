//! What a package of an operating system holds besides the binary, written by the binary itself so that it cannot be
//! out of date: the configuration with the system's paths, the manual's pages and the completions of shells.

use crate::arguments::Arguments;
use crate::config::written;
use anyhow::{Context as _, Result};
use clap::CommandFactory as _;
use clap_complete::{Shell, generate_to};
use std::fs;
use std::path::Path;

/// What differs from the presets where a package installs the portal: configuration, data and program lie apart.
const SYSTEM_PATHS: [(&str, &str); 2] = [
    ("server.secret_file", "\"/var/lib/zaguan/zaguan.secret\""),
    ("store.url", "\"sqlite:/var/lib/zaguan/zaguan.db\""),
];

/// Writes all of them into a directory, which is made where it is not there.
pub(crate) fn write(directory: &Path) -> Result<()> {
    let (man, completions) = (directory.join("man"), directory.join("completions"));
    for directory in [&man, &completions] {
        fs::create_dir_all(directory)
            .with_context(|| format!("{} could not be made; name another directory", directory.display()))?;
    }
    let unwritten = || format!("not all could be written into {}; is there room?", directory.display());
    fs::write(directory.join("zaguan.toml"), written::explained_file(&SYSTEM_PATHS))
        .with_context(unwritten)?;
    // Only the portal's own commands have pages; `help` repeats them.
    let command = Arguments::command().disable_help_subcommand(true);
    clap_mangen::generate_to(command, &man).with_context(unwritten)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut Arguments::command(), "zaguan", &completions).with_context(unwritten)?;
    }
    Ok(())
}
