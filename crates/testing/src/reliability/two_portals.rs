//! Two portals on one PostgreSQL that has a standby, the people who use them, and a look at what they acknowledged.

use super::browser::Browser;
use super::crowd::Crowd;
use super::letters::Letters;
use super::on_disk::NEVER;
use super::place::{FAST_HASHES, Place, Running};
use crate::scripted_mail_server::ScriptedMailServer;
use crate::{FailoverCluster, Replication};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, block_in_place};
use tokio_util::sync::CancellationToken;

/// So many people use the portals at the same time.
const CROWDS: u32 = 12;

/// More people than a hundred rounds need.
const PEOPLE: u32 = 20_000;

/// A pause after each answer: twelve people then ask about fifty times a second.
const PAUSE: Duration = Duration::from_millis(150);

/// Longer than the portals may take to be back.
const PATIENCE: Duration = Duration::from_mins(1);

/// The portals and all around them.
pub(super) struct TwoPortals {
    pub(super) cluster: FailoverCluster,
    /// One has the addresses of both servers, the other that of `HAProxy`.
    pub(super) portals: [Running; 2],
    places: [Place; 2],
    letters: Arc<Letters>,
    crowds: Vec<Crowd>,
    dead_keys: HashSet<String>,
    violations: Vec<String>,
}

impl TwoPortals {
    /// Starts all of it in this empty directory.
    ///
    /// # Panics
    /// When a part of it does not start.
    pub(super) async fn start(binary: &Path, directory: &Path, seed: u64, replication: Replication) -> Self {
        let server = ScriptedMailServer::start().await;
        let cluster = block_in_place(|| FailoverCluster::start(replication));
        let settings = |url: &str| format!("{FAST_HASHES}[store]\nurl = \"{url}\"\n");
        let (named, proxied) = (settings(&cluster.tls_url()), settings(&cluster.proxied_tls_url()));
        let one = Place::prepare(binary, &directory.join("one"), PEOPLE, server.port(), &named);
        // The first start makes the secret, which the other portal has, too.
        let first = one.start().await;
        let two = one.beside(&directory.join("two"), (&named, &proxied));
        let portals = [first, two.start().await];
        let mut crowds: Vec<Crowd> = (0..CROWDS).map(|first| Crowd::new(first, CROWDS, seed)).collect();
        for crowd in &mut crowds {
            crowd.expects_faults = true;
        }
        Self {
            cluster,
            portals,
            places: [one, two],
            letters: Arc::new(Letters::of(server)),
            crowds,
            dead_keys: HashSet::new(),
            violations: Vec::new(),
        }
    }

    /// Lets the people work at both portals, each at the other one than in the round before.
    pub(super) fn work(&mut self, round: u64, stop: &CancellationToken) -> JoinSet<Crowd> {
        let mut at_work = JoinSet::new();
        for (place, mut crowd) in self.crowds.drain(..).enumerate() {
            let to = self.portals[(place + usize::from(round.is_multiple_of(2))) % 2].portal;
            let (letters, stop) = (Arc::clone(&self.letters), stop.clone());
            at_work.spawn(async move {
                crowd.use_portal(to, &letters, (round, PAUSE), stop).await;
                crowd
            });
        }
        at_work
    }

    /// Waits until both portals acknowledge something again; answers how long that took.
    pub(super) async fn wait_until_back(&mut self, round: u64, within: Duration) -> Duration {
        let since = Instant::now();
        let [one, two] = self.portals.each_ref().map(|running| acknowledges(running.portal));
        let (one, two) = tokio::join!(one, two);
        let back = since.elapsed();
        if !(one && two) || back > within {
            self.violated(round, &[format!("the portals were back only after {back:?}")]);
        }
        back
    }

    /// Looks at what was acknowledged, as people and in the database, once the people have stopped.
    pub(super) async fn look(&mut self, round: u64, at_work: JoinSet<Crowd>) {
        let mut looking = JoinSet::new();
        for (place, mut crowd) in at_work.join_all().await.into_iter().enumerate() {
            let to = self.portals[place % 2].portal;
            looking.spawn(async move {
                crowd.check(to, round).await;
                crowd
            });
        }
        self.letters.killed();
        self.crowds = looking.join_all().await;
        let mut found: Vec<String> =
            self.crowds.iter_mut().flat_map(|crowd| std::mem::take(&mut crowd.violations)).collect();
        for (what, question) in NEVER {
            let rows = self.cluster.ask(question);
            if rows != "0" {
                found.push(format!("{what}: {rows} times"));
            }
        }
        let dead =
            self.cluster.ask("select id::text from key where coalesce(spent_at, killed_at) is not null");
        let dead: HashSet<String> = dead.lines().map(str::to_owned).collect();
        let revived = self.dead_keys.difference(&dead).count();
        if revived > 0 {
            found.push(format!("I2: {revived} keys that were used or killed are not any more"));
        }
        self.dead_keys = dead;
        if self.portals.iter_mut().any(Running::has_ended) {
            found.push("a portal ended by itself".to_owned());
        }
        self.violated(round, &found);
    }

    /// Looks at the whole audit trail, and at what repeats among the letters.
    pub(super) fn look_at_the_end(&mut self, rounds: u64) {
        let mut found = self.letters.violations();
        let verified = self.places[0].run(&["audit", "verify"]);
        if !verified.status.success() {
            found.push(format!("I8: {}", String::from_utf8_lossy(&verified.stderr)));
        }
        self.violated(rounds, &found);
    }

    /// Kills a portal and starts it again.
    pub(super) async fn restart_portal(&mut self, which: usize, round: u64) {
        let was = self.portals[which].id();
        self.portals[which].end();
        self.portals[which] = self.places[which].start().await;
        if self.portals[which].id() == was {
            self.violated(round, &["the portal was not killed".to_owned()]);
        }
    }

    /// A browser whose session was ended, and the document of whoever it was.
    pub(super) fn signed_out(&self) -> Option<(Browser, String)> {
        let mut people = self.crowds.iter().flat_map(Crowd::everybody);
        people.find_map(|person| Some((person.signed_out()?.clone(), person.document.clone())))
    }

    pub(super) fn violated(&mut self, round: u64, found: &[String]) {
        self.violations.extend(found.iter().map(|what| format!("round {round}: {what}")));
    }

    /// What was done, for a page, and what was promised and not kept.
    pub(super) fn report(self, mut told: Value) -> (Value, Vec<String>) {
        let people = || self.crowds.iter().flat_map(Crowd::everybody);
        told["requests"] = self.crowds.iter().map(|crowd| crowd.requests).sum::<u64>().into();
        told["people"] = people().count().into();
        told["accounts"] = people().filter(|person| person.has_account()).count().into();
        told["letters"] = self.letters.counts().0.into();
        told["violations"] = json!(self.violations);
        (told, self.violations)
    }
}

/// Waits until a portal acknowledges something that it has to write; answers whether it did.
async fn acknowledges(portal: SocketAddr) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        // That a key is on its way is said to everybody, and written down before.
        let mut browser = Browser::at(Ipv4Addr::new(10, 255, 0, 1));
        let answer = browser.post(portal, "/recuperar", &[("usuario", "12345678")]).await;
        if answer.is_ok_and(|answer| answer.leads_to("/recuperar/clave")) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}
