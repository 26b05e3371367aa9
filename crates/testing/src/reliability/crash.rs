//! Kills a portal again and again in the middle of its work, and looks whether it kept its word.

use super::crowd::Crowd;
use super::database::{Database, Engine};
use super::letters::Letters;
use super::on_disk::{self, Seen};
use super::place::{FAST_HASHES, Place, Running};
use super::sabotage::Sabotage;
use crate::or_fail::OrFail as _;
use crate::scripted_mail_server::{Act, ScriptedMailServer, Stage};
use aho_corasick::AhoCorasick;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// So many people use the portal at the same time.
const CROWDS: u32 = 12;

/// More people than a thousand rounds need.
const PEOPLE: u32 = 50_000;

/// How long the mail server takes before it says that it has a letter, so that kills come in between, too.
const MAIL_TAKES: Duration = Duration::from_millis(20);

/// A pause after each answer: twelve people then ask about fifty times a second.
const PAUSE: Duration = Duration::from_millis(150);

/// A portal is to be ready again within this time.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// What takes long is looked at after so many kills, and after the last one.
const LOOK_CLOSELY_EVERY: u64 = 50;

/// A letter that was claimed when the portal died is free again after its lease.
const LETTERS_COME_WITHIN: Duration = Duration::from_secs(150);

/// What is done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The binary.
    pub binary: PathBuf,
    /// What it keeps what it knows on. Promises are broken on purpose in files only.
    pub engine: Engine,
    /// How often it is killed.
    pub rounds: u64,
    /// How long it runs at most until then.
    pub within: Duration,
    /// Where the chance comes from.
    pub seed: u64,
    /// Whether to wait in the end for the letters whose lease runs.
    pub wait_for_letters: bool,
    /// Which promises are broken in which rounds, between the kill and the next start, to see that it is found.
    pub sabotage: Vec<(u64, Sabotage)>,
}

/// A place in the portal where it fails, and how, in the words of the crate `fail`.
#[derive(Clone, Debug)]
pub struct Failing {
    /// The place, such as `commit.before`.
    pub place: String,
    /// How, such as `3*off->1*return(abort)->off`.
    pub how: String,
    /// Whether the process has to end by it.
    pub ends: bool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was done and found, for a page.
    pub told: Value,
    /// What was promised and not kept.
    pub violations: Vec<String>,
}

struct Crash {
    plan: Plan,
    place: Place,
    database: Database,
    letters: Arc<Letters>,
    crowds: Vec<Crowd>,
    seen: Seen,
    rng: ChaCha20Rng,
    ready: Vec<Duration>,
    violations: Vec<String>,
}

/// Has a portal fail at one place after the other, each time in a new process, and looks after each whether it kept its
/// word, in this empty directory. A place that was not reached is a violation, where the process had to end by it.
///
/// # Panics
/// When the portal cannot be started without failing.
pub async fn fail_everywhere(plan: Plan, failing: &[Failing], directory: &Path) -> Report {
    let within = plan.within;
    let mut crash = Crash::prepare(plan, directory).await;
    crash.crowds.iter_mut().for_each(|crowd| crowd.expects_faults = true);
    let begun = Instant::now();
    for (Failing { place, how, ends }, round) in failing.iter().zip(0..) {
        let mut serve = crash.place.command(&["serve"]);
        serve.env("FAILPOINTS", format!("{place}={how}"));
        let running = crash.place.start_as(serve).await;
        let has_ended = crash.work(round, running, if *ends { within } else { within / 4 }).await;
        if *ends && !has_ended {
            crash.violated(round, &[format!("{place}={how}: the process did not end by it")]);
        }
        let before = crash.violations.len();
        let running = crash.start_again(round).await;
        crash.look(round, &running).await;
        for violation in &mut crash.violations[before..] {
            *violation = format!("{place}={how}: {violation}");
        }
        running.kill();
    }
    crash.report(begun.elapsed())
}

/// Kills and looks, in this empty directory.
///
/// # Panics
/// When the portal cannot be started at all.
pub async fn run(plan: Plan, directory: &Path) -> Report {
    let mut crash = Crash::prepare(plan, directory).await;
    let begun = Instant::now();
    let mut running = crash.place.start().await;
    for round in 0..crash.plan.rounds {
        crash.work_until_killed(round, running).await;
        crash.sabotage(round);
        running = crash.start_again(round).await;
        crash.look(round, &running).await;
    }
    crash.wait_for_letters(&mut running).await;
    running.kill();
    crash.report(begun.elapsed())
}

impl Crash {
    async fn prepare(plan: Plan, directory: &Path) -> Self {
        let server = ScriptedMailServer::start().await;
        server.always(Stage::AfterFinalDot, Act::Delay(MAIL_TAKES));
        let database = Database::on(plan.engine, directory);
        let settings = format!("{FAST_HASHES}{}", database.settings());
        let place = Place::prepare(&plan.binary, directory, PEOPLE, server.port(), &settings);
        let crowds = (0..CROWDS).map(|first| Crowd::new(first, CROWDS, plan.seed)).collect();
        let rng = ChaCha20Rng::seed_from_u64(plan.seed);
        let letters = Arc::new(Letters::of(server));
        let (seen, ready, violations) = (Seen::default(), Vec::new(), Vec::new());
        Self { plan, place, database, letters, crowds, seen, rng, ready, violations }
    }

    /// Lets the people work, and kills the portal at some moment.
    async fn work_until_killed(&mut self, round: u64, running: Running) {
        let most = u64::try_from(self.plan.within.as_micros()).unwrap_or(u64::MAX);
        let after = Duration::from_micros(self.rng.random_range(0..=most));
        if self.work(round, running, after).await {
            self.violated(round, &["the portal ended by itself".to_owned()]);
        }
    }

    /// Lets the people work until the portal ends by itself or its time is over. Answers whether it ended by itself.
    async fn work(&mut self, round: u64, mut running: Running, within: Duration) -> bool {
        let stop = CancellationToken::new();
        let mut at_work = JoinSet::new();
        for mut crowd in self.crowds.drain(..) {
            let (to, letters, stop) = (running.portal, Arc::clone(&self.letters), stop.clone());
            at_work.spawn(async move {
                crowd.use_portal(to, &letters, (round, PAUSE), stop).await;
                crowd
            });
        }
        let over = tokio::time::Instant::now() + within;
        let mut has_ended = false;
        while !has_ended && tokio::time::Instant::now() < over {
            let next = (tokio::time::Instant::now() + Duration::from_millis(20)).min(over);
            tokio::time::sleep_until(next).await;
            has_ended = running.has_ended();
        }
        running.kill();
        self.crowds = at_work.join_all().await;
        self.letters.killed();
        has_ended
    }

    fn sabotage(&self, round: u64) {
        for (_, sabotage) in self.plan.sabotage.iter().filter(|(when, _)| *when == round) {
            let key = self.letters.secrets().into_iter().next();
            sabotage.commit(self.database.file(), &key.or_fail("a key that left"));
        }
    }

    async fn start_again(&mut self, round: u64) -> Running {
        let left_behind = self.database.connections();
        let running = self.place.start().await;
        self.database.wait_for_end_of(&left_behind).await;
        if running.ready_after > READY_WITHIN {
            self.violated(round, &[format!("it was ready only after {:?}", running.ready_after)]);
        }
        self.ready.push(running.ready_after);
        running
    }

    /// Looks at what was acknowledged, as people and in the database.
    async fn look(&mut self, round: u64, running: &Running) {
        let mut looking = JoinSet::new();
        for mut crowd in self.crowds.drain(..) {
            let to = running.portal;
            looking.spawn(async move {
                crowd.check(to, round).await;
                crowd
            });
        }
        self.crowds = looking.join_all().await;
        let mut found: Vec<String> =
            self.crowds.iter_mut().flat_map(|crowd| std::mem::take(&mut crowd.violations)).collect();
        found.extend(on_disk::violations(&self.database, &mut self.seen));
        let tries_of_everybody = on_disk::tries_of_everybody(&self.database);
        for person in self.crowds.iter().flat_map(Crowd::everybody).filter(|person| person.active_at >= round)
        {
            let tries = tries_of_everybody.get(&person.document).copied().unwrap_or_default();
            if person.may_have_tried(tries) == Some(false) {
                found.push(format!("I7: {tries:?} wrong tries are counted, which were not made: {person:?}"));
            }
        }
        let is_last = round + 1 == self.plan.rounds;
        if is_last || (round + 1).is_multiple_of(LOOK_CLOSELY_EVERY) {
            found.extend(self.close_look());
        }
        self.violated(round, &found);
    }

    /// What takes long: the whole audit trail, every promised letter, and secrets in any file.
    fn close_look(&self) -> Vec<String> {
        let mut found = self.letters.violations();
        let verified = self.place.run(&["audit", "verify"]);
        if !verified.status.success() {
            found.push(format!("I8: {}", String::from_utf8_lossy(&verified.stderr)));
        }
        let accounted_for = on_disk::accounted_for(&self.database);
        for person in self.crowds.iter().flat_map(Crowd::everybody) {
            // It may have come between the two looks.
            if person.waits_for_letter(&self.letters)
                && !accounted_for.contains(&person.document)
                && person.waits_for_letter(&self.letters)
            {
                found.push(format!("I5: a letter neither came nor waits: {person:?}"));
            }
        }
        found.extend(self.secrets_on_disk());
        found
    }

    fn secrets_on_disk(&self) -> Vec<String> {
        let people = self
            .crowds
            .iter()
            .flat_map(Crowd::everybody)
            .flat_map(|person| person.secrets().collect::<Vec<_>>());
        let secrets: BTreeSet<String> = people.chain(self.letters.secrets()).collect();
        let secrets: Vec<String> = secrets.into_iter().collect();
        let plain = secrets.iter().map(|secret| secret.replace('-', ""));
        let wanted: Vec<String> = secrets.iter().cloned().chain(plain).collect();
        let search = AhoCorasick::new(&wanted).or_fail("looking for secrets");
        let told_in = |place: &str, bytes: &[u8]| {
            let hits = search.find_iter(bytes).count();
            (hits > 0).then(|| format!("I10: {place} has {hits} secrets as they are"))
        };
        let mut found = Vec::new();
        for path in files(self.place.directory()) {
            // A file may go while it is looked for.
            let Ok(bytes) = fs::read(&path) else { continue };
            found.extend(told_in(&path.display().to_string(), &bytes));
        }
        found.extend(told_in("the database", &self.database.text_on_server()));
        if wanted.is_empty() {
            found.push("I10: no secret was ever used, so that nothing was looked for".to_owned());
        }
        found
    }

    /// Every letter that was promised comes, those last whose lease ran when the portal died.
    async fn wait_for_letters(&mut self, running: &mut Running) {
        if !self.plan.wait_for_letters {
            return;
        }
        let begun = Instant::now();
        let waiting = |crash: &Self| {
            let people = crash.crowds.iter().flat_map(Crowd::everybody);
            people.filter(|person| person.waits_for_letter(&crash.letters)).count()
        };
        while waiting(self) > 0 && begun.elapsed() < LETTERS_COME_WITHIN {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let mut found = self.letters.violations();
        if waiting(self) > 0 {
            found.push(format!("I5: {} letters that were promised did not come", waiting(self)));
        }
        found.extend(on_disk::violations(&self.database, &mut self.seen));
        if running.has_ended() {
            found.push("the portal ended by itself".to_owned());
        }
        self.violated(self.plan.rounds, &found);
    }

    fn violated(&mut self, round: u64, found: &[String]) {
        self.violations.extend(found.iter().map(|what| format!("round {round}: {what}")));
    }

    fn report(mut self, took: Duration) -> Report {
        self.ready.sort();
        let ready =
            |share: usize| self.ready.get(self.ready.len() * share / 100).map_or(0, Duration::as_millis);
        let (letters, again) = self.letters.counts();
        let told = json!({
            "what": "crash",
            "on": format!("{:?}", self.plan.engine),
            "kills": self.plan.rounds,
            "within_seconds": self.plan.within.as_secs_f64(),
            "seed": self.plan.seed,
            "seconds": took.as_secs(),
            "requests": self.crowds.iter().map(|crowd| crowd.requests).sum::<u64>(),
            "people": self.crowds.iter().map(|crowd| crowd.everybody().count()).sum::<usize>(),
            "accounts": self.crowds.iter().flat_map(Crowd::everybody).filter(|person| person.has_account()).count(),
            "letters": letters,
            "letters_again": again,
            "ready_ms": {
                "median": ready(50),
                "p99": ready(99),
                "slowest": self.ready.last().map_or(0, Duration::as_millis),
            },
            "violations": self.violations,
        });
        Report { told, violations: self.violations }
    }
}

/// Every file under a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() { files(&path) } else { vec![path] }
        })
        .collect()
}
