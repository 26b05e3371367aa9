//! The command line: its commands and options, with an example for each.

use crate::audit_command::read_head;
use crate::backup::BackupArguments;
use crate::book::Mode;
use crate::config;
use crate::doctor::DoctorArguments;
use crate::restore::RestoreArguments;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use zaguan_book::Encoding;
use zaguan_domain::book::Column;
use zaguan_domain::document::Document;
use zaguan_store::AuditHead;

/// What `zaguan` is told to do.
#[derive(Debug, Parser)]
#[command(
    name = "zaguan",
    version,
    about = "The front hall of an insurer: policyholders register, sign in, and get back in.",
    arg_required_else_help = true,
    after_help = "Examples:\n  \
        zaguan demo                              try everything, with invented people\n  \
        zaguan config init > zaguan.toml         write a configuration with every key explained\n  \
        zaguan policies import padron.csv        load the policy book\n  \
        zaguan serve                             run the portal"
)]
pub struct Arguments {
    /// The configuration file.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "The configuration file [default: $ZAGUAN_CONFIG, else ./zaguan.toml, else /etc/zaguan/zaguan.toml]"
    )]
    pub config: Option<PathBuf>,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a portal with invented people, its letters to be read at /buzon; nothing to configure
    #[command(
        after_help = "Examples:\n  zaguan demo\n  zaguan demo --dir ./demo    keep accounts and letters for the next start"
    )]
    Demo(DemoArguments),
    /// Run the portal
    #[command(after_help = "Example:\n  zaguan serve --config /etc/zaguan/zaguan.toml")]
    Serve,
    /// Make the database, or bring it to this version's schema
    #[command(
        after_help = "Examples:\n  zaguan migrate\n  zaguan migrate --to 'postgres://zaguan@db.example/zaguan'    move everything to PostgreSQL"
    )]
    Migrate {
        /// Moves everything to a PostgreSQL server instead, which must be empty: its URL, as store.url takes it.
        #[arg(long, value_name = "URL")]
        to: Option<String>,
    },
    /// Write, check or show the configuration
    #[command(subcommand, after_help = "Example:\n  zaguan config check")]
    Config(ConfigCommand),
    /// The policy book
    #[command(subcommand, after_help = "Example:\n  zaguan policies import padron.csv")]
    Policies(PoliciesCommand),
    /// The letters: sent, waiting, refused
    #[command(subcommand, after_help = "Example:\n  zaguan letters list")]
    Letters(LettersCommand),
    /// The help desk's work on what there is of a document; no password or key is ever shown or set
    #[command(subcommand, after_help = "Example:\n  zaguan accounts show 12345678")]
    Accounts(AccountsCommand),
    /// The corrections of their data that people ask for, and by when the law wants them
    #[command(subcommand, after_help = "Example:\n  zaguan requests list")]
    Requests(RequestsCommand),
    /// The audit trail: what happened, and the proof that nobody changed the telling of it
    #[command(subcommand, after_help = "Example:\n  zaguan audit show 12345678")]
    Audit(AuditCommand),
    /// Copy all that the portal remembers into a new directory, while it runs; the secret file is not in it
    #[command(after_help = "Example:\n  zaguan backup /srv/backup/zaguan-2026-11-23")]
    Backup(BackupArguments),
    /// Put the database of a backup in place, once everything in it is proven; the one that is there is moved aside
    #[command(after_help = "Examples:\n  \
        zaguan restore --dry-run /srv/backup/zaguan-2026-11-23    only prove it\n  \
        zaguan restore /srv/backup/zaguan-2026-11-23              with the portal stopped\n  \
        zaguan restore --void-only                                after PostgreSQL put its own database back")]
    Restore(RestoreArguments),
    /// Look at everything that the portal depends on, and say what to do about each fault; a portal may run meanwhile
    #[command(after_help = "Examples:\n  \
        zaguan doctor\n  \
        zaguan doctor --tune    also propose what hashing should cost on this machine")]
    Doctor(DoctorArguments),
    /// Write what a package of an operating system holds besides this program
    #[command(hide = true, after_help = "Example:\n  zaguan package-files target/package")]
    PackageFiles {
        /// The directory to write into
        directory: PathBuf,
    },
}

impl Command {
    /// Whether it reads or writes the database that the configuration names.
    pub(crate) fn works_on_the_database(&self) -> bool {
        !matches!(self, Self::Demo(_) | Self::Config(_) | Self::PackageFiles { .. })
    }
}

/// What to do with the corrections that people ask for.
#[derive(Debug, Subcommand)]
pub enum RequestsCommand {
    /// Print the corrections that wait, those due first before
    #[command(after_help = "Examples:\n  zaguan requests list\n  zaguan requests list --all --json")]
    List {
        /// The latest ones, done or not, the newest first
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write down that a correction was made; its person sees so among their data
    #[command(after_help = "Example:\n  zaguan requests done 0198c2f7a1b27c3d8e4f5a6b7c8d9e0f")]
    Done {
        /// The request, as `requests list` names it
        request: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What the demo is told.
#[derive(Args, Debug)]
pub struct DemoArguments {
    /// Where to listen [default: 127.0.0.1:8080, or the next free port]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// A directory to keep everything in [default: a temporary one]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// What to do with the configuration.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write a configuration with every key explained: to the file that --config names, else to standard output
    #[command(
        after_help = "Examples:\n  zaguan config init > zaguan.toml\n  zaguan config init --config /etc/zaguan/zaguan.toml"
    )]
    Init,
    /// Check the configuration, and tell all its faults at once
    #[command(after_help = "Example:\n  zaguan config check --config /etc/zaguan/zaguan.toml")]
    Check,
    /// Print every key with its value and where it comes from; secrets are never shown
    #[command(after_help = "Examples:\n  zaguan config show\n  zaguan config show --json")]
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What to do with the policy book.
#[derive(Debug, Subcommand)]
pub enum PoliciesCommand {
    /// Load the book from a file, whatever the insurer's system exports; it takes the place of the book in use as a whole,
    /// or not at all
    #[command(after_help = "Examples:\n  \
        zaguan policies import padron.csv\n  \
        zaguan policies import padron.csv --dry-run                  only say what would be loaded\n  \
        zaguan policies import novedades.csv --mode delta            changes only\n  \
        zaguan policies import padron.xls --map \"Asociado=documento\" --drop CBU\n\n\
        Text in UTF-8, UTF-16, Windows-1252 or CP850, with ; , TAB or | between columns or of fixed width, or a workbook\n\
        (XLSX, XLS). The columns are known by their headers, in any order; documento, ramo and poliza are required:\n  \
        documento, tipo_documento, discriminador, ramo, poliza, poliza_anterior, titular, email, desde, hasta, estado,\n  \
        movimiento (A, B or M, in a file of changes)\n\
        Rejected rows go to FILE.rejected.csv, with their reasons.")]
    Import(ImportArguments),
    /// Print the generations of the book that are kept, and which is in use
    #[command(after_help = "Examples:\n  zaguan policies list\n  zaguan policies list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the policies that the book in use has for a document, e-mail addresses masked
    #[command(
        after_help = "Examples:\n  zaguan policies show 12345678\n  zaguan policies show 30-70123456-8 --json"
    )]
    Show {
        /// The document
        document: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Go back to the book that the one in use replaced
    #[command(after_help = "Example:\n  zaguan policies undo")]
    Undo {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What an import is told.
#[derive(Args, Debug)]
pub struct ImportArguments {
    /// The file
    pub file: PathBuf,
    /// What the file is of [default: snapshot]
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
    /// Read, check and compare everything, and load nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Load even a file that lacks too many policies or e-mails, or of which too many rows are rejected
    #[arg(long)]
    pub accept_shrink: bool,
    /// How letters are written in bytes, instead of detecting it: utf-8, utf-16le, utf-16be, windows-1252, cp850, cp437
    #[arg(long, value_name = "ENCODING", value_parser = encoding)]
    pub encoding: Option<Encoding>,
    /// What stands between columns, instead of detecting it: one character, or "tab"
    #[arg(long, value_name = "CHARACTER", value_parser = separator)]
    pub separator: Option<char>,
    /// Which column a header is; a number is the place of a column in a file without headers
    #[arg(long, value_name = "HEADER=COLUMN", value_parser = mapping)]
    pub map: Vec<(String, Column)>,
    /// A header whose column is dropped unread
    #[arg(long, value_name = "HEADER")]
    pub drop: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Reads the document that an operator typed, as leniently as a page does.
pub fn read_document(typed: &str) -> anyhow::Result<Document> {
    match Document::read(typed) {
        Ok(read) => Ok(read.document),
        Err(_) => anyhow::bail!("{typed:?} is no document; write a DNI, CUIT or CUIL, such as 12345678"),
    }
}

fn encoding(text: &str) -> Result<Encoding, String> {
    config::encoding(text).map_err(|advice| advice.to_string())
}

fn separator(text: &str) -> Result<char, String> {
    config::separator(text).map_err(|advice| advice.to_string())
}

fn mapping(pair: &str) -> Result<(String, Column), String> {
    let split = pair.rsplit_once('=').filter(|(header, _)| !header.trim().is_empty());
    let (header, name) = split.ok_or("write HEADER=COLUMN, such as \"Nro Asociado=documento\"")?;
    let column = config::column(name.trim()).map_err(|advice| advice.to_string())?;
    Ok((header.to_owned(), column))
}

/// What to do with letters.
#[derive(Debug, Subcommand)]
pub enum LettersCommand {
    /// Print the latest letters and what became of them, addresses masked
    #[command(after_help = "Examples:\n  zaguan letters list\n  zaguan letters list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Try again to send the letters that were refused, or one letter
    #[command(
        after_help = "Examples:\n  zaguan letters retry\n  zaguan letters retry 0198c2f7a1b27c3d8e4f5a6b7c8d9e0f"
    )]
    Retry {
        /// The letter, as `letters list` names it; all that were refused where none is named
        letter: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What to do with what there is of a document.
#[derive(Clone, Debug, Subcommand)]
pub enum AccountsCommand {
    /// Print its accounts, keys, letters and limits, addresses masked; that somebody looked is recorded
    #[command(
        after_help = "Examples:\n  zaguan accounts show 12345678\n  zaguan accounts show 30-70123456-8 --json"
    )]
    Show {
        /// The document
        document: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Send the key that waits, because the book has another address, at once: the holder called, and was called back
    #[command(after_help = "Example:\n  zaguan accounts release 12345678")]
    Release {
        /// The document
        document: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Close its accounts, as their holder asked: they go with their sessions and keys, and a letter confirms it
    #[command(
        after_help = "Examples:\n  zaguan accounts close 12345678\n  zaguan accounts close 12345678 --yes    without asking"
    )]
    Close {
        /// The document
        document: String,
        /// Do not ask whether it is meant
        #[arg(long)]
        yes: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Let who tried too often with it try again at once
    #[command(after_help = "Example:\n  zaguan accounts unlock 12345678")]
    Unlock {
        /// The document
        document: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl AccountsCommand {
    /// The document, as it was typed.
    pub fn document(&self) -> &str {
        match self {
            Self::Show { document, .. }
            | Self::Close { document, .. }
            | Self::Release { document, .. }
            | Self::Unlock { document, .. } => document,
        }
    }
}

/// What to do with the audit trail.
#[derive(Clone, Debug, Subcommand)]
pub enum AuditCommand {
    /// Print the latest records, of everything or of one document, the newest last
    #[command(
        after_help = "Examples:\n  zaguan audit show\n  zaguan audit show 12345678\n  zaguan audit show --limit 1000 --json"
    )]
    Show {
        /// The document
        document: Option<String>,
        /// How many records at most
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Find records that were altered, deleted, moved or cut off
    #[command(
        after_help = "Examples:\n  zaguan audit verify\n  zaguan audit verify --head 1742:9f86d081884c7d65…    an \"audit head\" from the log"
    )]
    Verify {
        /// An end of the trail that was kept elsewhere, as the log has it: finds a trail that was cut
        #[arg(long, value_name = "NUMBER:HASH", value_parser = read_head)]
        head: Option<AuditHead>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        fn look(command: &clap::Command) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "{} has no example", command.get_name());
            command.get_subcommands().for_each(look);
        }
        look(&Arguments::command());
    }
}
