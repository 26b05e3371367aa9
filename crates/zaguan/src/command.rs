//! Runs a command, and says how it ended: 0 done, 1 the work failed, 2 wrong usage or configuration.

use crate::arguments::{
    Arguments, AuditCommand, Command, ConfigCommand, LettersCommand, PoliciesCommand, RequestsCommand,
};
use crate::backup::BackupArguments;
use crate::config::fault::Faults;
use crate::config::layers::{FILE_VARIABLE, Layers};
use crate::config::{Config, read_backup, read_book, read_store, written};
use crate::environment::Environment;
use crate::{
    accounts_command, audit_command, backup, database_owner, demo, doctor, letters_command, logs, output,
    package_files, panics, policies_command, policies_import, requests_command, restore, serve,
};
use anyhow::{Context as _, Result};
use clap::Parser as _;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use zaguan_store::Store;

/// The work failed.
const FAILED: u8 = 1;
/// How long files that are being read may take when everything else has ended.
const READS_END_WITHIN: Duration = Duration::from_secs(2);
/// Wrong usage or configuration.
const WRONG_USAGE: u8 = 2;

/// Runs what the arguments say.
pub fn run(arguments: impl IntoIterator<Item = OsString>, environment: &Environment) -> ExitCode {
    panics::tell_in_a_sentence();
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(WRONG_USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::error(format_args!("the system gives no threads to run on ({error})"));
            return ExitCode::from(FAILED);
        }
    };
    let done = runtime.block_on(obey(arguments, environment));
    // What is still read then is of a disk that hangs, and nobody waits for it.
    runtime.shutdown_timeout(READS_END_WITHIN);
    logs::finish();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let faults = error.downcast_ref::<Faults>();
            match faults {
                Some(faults) => output::error(faults),
                None => output::error(format_args!("{error:#}")),
            }
            ExitCode::from(if faults.is_some() { WRONG_USAGE } else { FAILED })
        }
    }
}

async fn obey(arguments: Arguments, environment: &Environment) -> Result<()> {
    let named = arguments.config.as_deref();
    let layers = || Layers::load(named, environment);
    if arguments.command.works_on_the_database()
        && let Ok(store) = read_store(&layers())
    {
        store.file().map_or(Ok(()), database_owner::refuse_root)?;
    }
    match arguments.command {
        Command::Demo(demo) => demo::run(demo, environment.directory()).await,
        Command::Serve => serve::run(Config::read(&layers())?).await,
        Command::Migrate { to: None } => migrate(&layers()).await,
        Command::Migrate { to: Some(url) } => crate::move_command::run(&layers(), &url).await,
        Command::Config(ConfigCommand::Init) => init(named, environment),
        Command::Config(ConfigCommand::Check) => check(&layers()),
        Command::Config(ConfigCommand::Show { json }) => show(&layers(), json),
        Command::Policies(command) => policies(command, &layers(), environment).await,
        Command::Accounts(command) => accounts_command::run(command, Config::read(&layers())?).await,
        Command::Audit(AuditCommand::Show { document, limit, json }) => {
            audit_command::show(read_store(&layers())?, document.as_deref(), limit, json).await
        }
        Command::Audit(AuditCommand::Verify { head, json }) => {
            audit_command::verify(read_store(&layers())?, head, json).await
        }
        Command::Letters(LettersCommand::List { json }) => {
            letters_command::list(read_store(&layers())?, json).await
        }
        Command::Letters(LettersCommand::Retry { letter, json }) => {
            letters_command::retry(read_store(&layers())?, letter.as_deref(), json).await
        }
        Command::Backup(BackupArguments { directory, json }) => {
            let directory = environment.directory().join(directory);
            backup::run(&directory, json, &read_backup(&layers())?).await
        }
        Command::Restore(mut arguments) => {
            arguments.directory =
                arguments.directory.map(|directory| environment.directory().join(directory));
            restore::run(&arguments, &read_backup(&layers())?).await
        }
        Command::PackageFiles { directory } => package_files::write(&environment.directory().join(directory)),
        Command::Doctor(arguments) => doctor::run(&layers(), arguments).await,
        Command::Requests(RequestsCommand::List { all, json }) => {
            requests_command::list(read_store(&layers())?, all, json).await
        }
        Command::Requests(RequestsCommand::Done { request, json }) => {
            requests_command::done(read_store(&layers())?, &request, json).await
        }
    }
}

async fn policies(command: PoliciesCommand, layers: &Layers, environment: &Environment) -> Result<()> {
    match command {
        PoliciesCommand::Import(arguments) => {
            let (store, book) = read_book(layers)?;
            let file = environment.directory().join(&arguments.file);
            policies_import::run(&file, arguments, store, book).await
        }
        PoliciesCommand::List { json } => policies_command::list(read_store(layers)?, json).await,
        PoliciesCommand::Show { document, json } => {
            policies_command::show(read_store(layers)?, &document, json).await
        }
        PoliciesCommand::Undo { json } => policies_command::undo(read_store(layers)?, json).await,
    }
}

async fn migrate(layers: &Layers) -> Result<()> {
    let settings = read_store(layers)?;
    let migrated = Store::migrate(&settings).await?;
    let was = match migrated.from {
        0 => "is made".to_owned(),
        _ if migrated.is_ahead() => {
            "is ahead of this program, which works with it and changed nothing; upgrade the program"
                .to_owned()
        }
        from if from == migrated.to => "was up to date".to_owned(),
        from => format!("was brought from schema {from} up to date"),
    };
    output::line(format_args!("The database {} {was}: schema {}.", settings, migrated.to));
    Ok(())
}

/// Writes the explained configuration where it was asked for, and never over a file that is there.
fn init(named: Option<&Path>, environment: &Environment) -> Result<()> {
    let said = named.map(Path::to_owned).or_else(|| environment.get(FILE_VARIABLE).map(PathBuf::from));
    let Some(path) = said else {
        output::text(&written::explained_file(&[]));
        return Ok(());
    };
    let path = environment.directory().join(path);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path).with_context(|| {
        format!("{} was not written; name another file with --config, or move that one away", path.display())
    })?;
    file.write_all(written::explained_file(&[]).as_bytes())
        .with_context(|| format!("{} was not written whole", path.display()))?;
    output::line(format_args!(
        "{} is written. Edit it, then run: zaguan config check --config {0}",
        path.display()
    ));
    Ok(())
}

fn check(layers: &Layers) -> Result<()> {
    let config = Config::read(layers)?;
    serve::check(&config)?;
    match layers.file() {
        Some(file) => output::line(format_args!("{} is right.", file.display())),
        None => output::line("The configuration from the environment is right."),
    }
    Ok(())
}

fn show(layers: &Layers, json: bool) -> Result<()> {
    if !layers.faults().is_empty() {
        return Err(Faults::new(layers.faults().to_vec()).into());
    }
    let settings = written::shown(layers);
    if json {
        output::line(serde_json::to_string_pretty(&settings)?);
    } else {
        output::text(&written::as_lines(&settings));
    }
    Ok(())
}
