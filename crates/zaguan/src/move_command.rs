//! `zaguan migrate --to`: the portal moves from a file to a PostgreSQL server, whole.

use crate::config::layers::Layers;
use crate::config::read_store_and_password;
use crate::output;
use anyhow::{Context as _, Result};
use indicatif::HumanCount;
use std::path::Path;
use zaguan_store::{StoreSettings, move_to_server};

/// Moves everything, and says what is left to do.
pub async fn run(layers: &Layers, url: &str) -> Result<()> {
    let (from, password) = read_store_and_password(layers)?;
    let password = password.as_ref().map(|password| password.as_str());
    let to = StoreSettings::parse(url.trim(), password, Path::new("")).context("--to")?;
    let head = move_to_server(from.clone(), to.clone(), |moved| {
        let word = if moved.was_there { "was there already" } else { "is moved" };
        output::line(format_args!("{}: {} rows, {word}", moved.what, HumanCount(moved.rows)));
    });
    let head = head.await?;
    output::line(format_args!(
        "Everything is at {to}, row by row the same; its audit trail is whole, up to record {}.",
        head.number
    ));
    output::line(
        "Write its URL into store.url, copy the file of server.secret_file to each machine, and start the portals.",
    );
    output::line(format_args!(
        "The file {from} is as it was. Keep it, and do not start a portal on it again: it would not know what happens from now on."
    ));
    Ok(())
}
