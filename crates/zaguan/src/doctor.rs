//! `zaguan doctor`: looks at everything that a portal depends on, beside one that runs, and says what to do about each fault.
//!
//! It changes nothing, sends no letter, and tells no secret.

use crate::config::Config;
use crate::config::layers::Layers;
use crate::output;
use crate::world::RealWorld;
use anyhow::{Result, bail};
use clap::Args;
use zaguan_web::World as _;

mod clock;
mod database;
mod files;
pub mod finding;
mod hashing;
mod mail;
mod public;
mod trust;

use finding::{Finding, Verdict};
use hashing::Tuning;

/// What the doctor is told.
#[derive(Args, Clone, Copy, Debug)]
pub struct DoctorArguments {
    /// Measure the costs of hashing and propose one for this machine; all cores are busy meanwhile
    #[arg(long)]
    pub tune: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Looks at everything; fails when there is a fault.
pub async fn run(layers: &Layers, arguments: DoctorArguments) -> Result<()> {
    let DoctorArguments { tune, json } = arguments;
    let config = Config::read(layers)?;
    let now = RealWorld.now();
    let mut findings = vec![files::configuration(layers, &config)];
    findings.extend(database::look(&config, now).await);
    findings.extend(mail::look(&config).await);
    findings.extend(files::certificate(&config, now));
    findings.extend(public::look(&config, now).await);
    findings.extend(hashing::look(&config.hashing));
    let tuning = if tune { Some(hashing::propose(config.hashing.threads, !json)?) } else { None };
    tell(&findings, tuning.as_ref(), json)?;
    match findings.iter().filter(|finding| finding.verdict == Verdict::Fault).count() {
        0 => Ok(()),
        1 => bail!("there is a fault; what to do stands below it"),
        faults => bail!("there are {faults} faults; what to do stands below each"),
    }
}

fn tell(findings: &[Finding], tuning: Option<&Tuning>, json: bool) -> Result<()> {
    if json {
        let told = serde_json::json!({ "findings": findings, "tuning": tuning });
        output::line(serde_json::to_string_pretty(&told)?);
        return Ok(());
    }
    findings.iter().flat_map(Finding::lines).for_each(output::line);
    if let Some(tuning) = tuning {
        output::line(tuning.line());
    }
    Ok(())
}
