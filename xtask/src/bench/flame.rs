//! `cargo xtask bench flame`: where the processor time of a sign-in, a session check and a page goes, as flame graphs.

mod names;
mod picture;
mod stacks;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context as _, bail};

use self::stacks::{PARTS, Stacks};
use super::page::expect_only;
use super::portal::{Portal, Running, USUAL_COST};
use super::programs::Programs;
use crate::command::{command, run as run_aloud, say};
use crate::needs;

/// What is recorded.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Flame {
    /// For how many seconds each of the three.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// How many people have an account and a session.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1_000..=50_000_000))]
    people: u32,
}

/// Looks a second at each core: no divisor of what happens every millisecond, so that nothing hides between them.
const LOOKS: &str = "1997";

/// What is asked while somebody looks, and what to tell of it.
struct Scene {
    name: &'static str,
    title: &'static str,
    asked: &'static [&'static str],
    /// Which answer everybody gets.
    status: &'static str,
}

const SCENES: [Scene; 3] = [
    Scene { name: "sign-in", title: "Sign-in", asked: &["sign-in", "--accounts"], status: "303" },
    Scene {
        name: "session",
        title: "Session check: GET /sesion",
        asked: &["ask", "--path", "/sesion", "--sessions"],
        status: "200",
    },
    Scene {
        name: "page",
        title: "Page: GET /ingreso",
        asked: &["ask", "--path", "/ingreso", "--addresses"],
        status: "200",
    },
];

/// Records the three, draws them into `docs/flame`, and prints which part of the time went where.
pub(super) fn run(root: &Path, flame: &Flame) -> anyhow::Result<()> {
    needs::meet_packages(root, &[("perf", "linux-perf")])?;
    let programs = Programs::build_with_names(root)?;
    let portal = Portal::with_people(&programs, flame.people, USUAL_COST)?;
    let folder = root.join("docs/flame");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    for scene in SCENES {
        let running = portal.start(USUAL_COST)?;
        let stacks = record(&programs, &running, &scene, flame)?;
        let picture = picture::draw(scene.title, &stacks)?;
        let path = folder.join(format!("{}.svg", scene.name));
        fs::write(&path, picture).with_context(|| format!("could not write {}", path.display()))?;
        say(&format!("\n| {} | share |\n|---|---|", scene.title));
        for (words, share) in stacks.shares(&PARTS) {
            say(&format!("| {words} | {:.1} % |", share * 100.0));
        }
        say(&format!("\n{}", path.display()));
    }
    Ok(())
}

/// Asks for some seconds more than it looks: for a second before, and until the end.
fn record(programs: &Programs, running: &Running, scene: &Scene, flame: &Flame) -> anyhow::Result<Stacks> {
    let (to, people, asks) = (running.to(), flame.people.to_string(), (flame.seconds + 4).to_string());
    let words = [scene.asked, &[&people, "--to", &to, "--seconds", &asks]].concat();
    let data = programs.folder.join(format!("{}.perf", scene.name));
    let (told, recorded) = thread::scope(|scope| {
        let asking = scope.spawn(|| programs.load(&words));
        let recorded = look_at(programs, running, flame.seconds, &data);
        (asking.join(), recorded)
    });
    recorded?;
    let told = told.map_err(|_| anyhow::anyhow!("whoever asked broke"))??;
    expect_only(told.get("sign_ins").unwrap_or(&told), scene.status)?;
    let stacks = Stacks::fold(&told_by_perf(&data)?)?;
    fs::remove_file(&data)?;
    Ok(stacks)
}

/// Notes what the process does, so many times a second, once those who ask have begun.
fn look_at(programs: &Programs, running: &Running, seconds: u32, data: &Path) -> anyhow::Result<()> {
    let (pid, wanted, data) =
        (running.id().to_string(), (seconds + 2).to_string(), data.display().to_string());
    // Virtual machines often count no cycles; the clock is everywhere.
    let look = [
        "perf",
        "record",
        "--quiet",
        "-e",
        "cpu-clock",
        "-F",
        LOOKS,
        "--call-graph",
        "fp",
        "--delay",
        "2000",
    ];
    let what = ["-o", &data, "-p", &pid, "--", "sleep", &wanted];
    run_aloud(&mut command(&programs.root, &[&look[..], &what].concat()))
}

/// Everything that was noted, as text.
fn told_by_perf(data: &Path) -> anyhow::Result<Vec<u8>> {
    let mut script = Command::new("perf");
    script.args(["script", "--no-inline", "-F", "comm,pid,tid,time,event,ip,sym,dso", "-i"]).arg(data);
    let output = script.stderr(Stdio::null()).output().context("could not run `perf script`")?;
    if !output.status.success() {
        bail!("`perf script` could not read {}", data.display());
    }
    Ok(output.stdout)
}
