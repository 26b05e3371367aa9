//! PostgreSQL that hangs, that takes no more connections, that shows a certificate nobody knows, and a portal of two that
//! dies: nobody gets in who should not, who asks is answered kindly, and all goes on without a start.

use super::browser::Browser;
use super::two_portals::TwoPortals;
use crate::Replication;
use crate::or_fail::OrFail as _;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::task::block_in_place;
use tokio_util::sync::CancellationToken;

/// People are at work for so long before the first trouble, so that somebody has signed in and out.
const QUIET: Duration = Duration::from_secs(6);

/// People are at work for so long before each trouble.
const BEFORE: Duration = Duration::from_secs(1);

/// After a trouble both portals are to acknowledge something again within this time.
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// Whoever asks is to be answered within this time, whatever is wrong.
const ANSWERED_WITHIN: Duration = Duration::from_secs(15);

/// What nobody wants to read.
const NOT_FOR_PEOPLE: [&str; 5] = ["postgres", "tokio", "panick", "SQL", "sslmode"];

const TROUBLES: [Trouble; 4] =
    [Trouble::Hangs, Trouble::TakesNobody, Trouble::WrongCertificate, Trouble::PortalDies];

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// PostgreSQL does nothing, though it is there.
    Hangs,
    /// PostgreSQL has no connection left.
    TakesNobody,
    /// PostgreSQL shows a certificate that is not the one to trust.
    WrongCertificate,
    /// One of the portals is killed, and started again.
    PortalDies,
}

/// What is done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The binary.
    pub binary: PathBuf,
    /// How long each trouble lasts.
    pub lasts: Duration,
    /// Where the chance comes from.
    pub seed: u64,
}

/// Makes each trouble once and looks, in this empty directory. What is answered besides the figures is what was promised and
/// not kept.
///
/// # Panics
/// When the portals cannot be started at all, or nobody got in before the first trouble.
pub async fn run(plan: &Plan, directory: &Path) -> (Value, Vec<String>) {
    let mut both = TwoPortals::start(&plan.binary, directory, plan.seed, Replication::Synchronous).await;
    let stop = CancellationToken::new();
    let at_work = both.work(0, &stop);
    tokio::time::sleep(QUIET).await;
    stop.cancel();
    both.look(0, at_work).await;
    let (signed_out, document) = both.signed_out().or_fail("somebody who signed out");
    let mut told = Vec::new();
    for (trouble, round) in TROUBLES.into_iter().zip(1..) {
        let stop = CancellationToken::new();
        let at_work = both.work(round, &stop);
        tokio::time::sleep(BEFORE).await;
        trouble.begin(&mut both);
        let watch = Watch { signed_out: signed_out.clone(), document: document.clone() };
        let mut seen = Seen::default();
        let begun = Instant::now();
        while begun.elapsed() < plan.lasts {
            watch.look(both.portals[0].portal, &mut seen).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        trouble.end(&mut both, round).await;
        let back = both.wait_until_back(round, BACK_WITHIN).await;
        stop.cancel();
        both.look(round, at_work).await;
        let name = format!("{trouble:?}");
        both.violated(round, &seen.violations(trouble));
        told.push(json!({
            "trouble": name,
            "answers": seen.answers,
            "apologies": seen.apologies,
            "slowest_ms": seen.slowest.as_millis(),
            "back_ms": back.as_millis(),
        }));
    }
    both.look_at_the_end(5);
    both.report(json!({ "what": "trouble", "seconds_each": plan.lasts.as_secs(), "seed": plan.seed, "troubles": told }))
}

impl Trouble {
    fn begin(self, both: &mut TwoPortals) {
        block_in_place(|| match self {
            Self::Hangs => both.cluster.pause_primary(),
            Self::TakesNobody => both.cluster.take_nobody(),
            Self::WrongCertificate => both.cluster.show_wrong_certificate(),
            Self::PortalDies => both.portals[1].end(),
        });
    }

    async fn end(self, both: &mut TwoPortals, round: u64) {
        match self {
            Self::Hangs => both.cluster.resume_primary(),
            Self::TakesNobody => block_in_place(|| both.cluster.take_everybody()),
            Self::WrongCertificate => block_in_place(|| both.cluster.show_right_certificate()),
            Self::PortalDies => both.restart_portal(1, round).await,
        }
    }
}

/// Somebody who should not get in, and tries all the time.
struct Watch {
    signed_out: Browser,
    document: String,
}

/// What was answered meanwhile.
#[derive(Debug, Default)]
struct Seen {
    answers: u64,
    /// Pages that say that something is wrong.
    apologies: u64,
    slowest: Duration,
    wrong: Vec<String>,
}

impl Watch {
    async fn look(&self, portal: SocketAddr, seen: &mut Seen) {
        let with_password = [("usuario", self.document.as_str()), ("clave", "una clave que nadie eligió")];
        for (doing, form) in [("/sesion", None), ("/inicio", None), ("/ingreso", Some(&with_password[..]))] {
            let begun = Instant::now();
            let answer = self.signed_out.look(portal, doing, form).await;
            seen.answers += 1;
            seen.slowest = seen.slowest.max(begun.elapsed());
            match answer {
                Err(error) => seen.wrong.push(format!("{doing} was not answered: {error}")),
                Ok(answer) if answer.status >= 500 => {
                    seen.apologies += 1;
                    let is_kind = doing == "/sesion" || answer.body.contains("<html lang=\"es");
                    if !is_kind || NOT_FOR_PEOPLE.iter().any(|word| answer.body.contains(word)) {
                        seen.wrong.push(format!("{doing} was answered unkindly: {}", answer.body));
                    }
                }
                Ok(answer) if answer.leads_to("/inicio") || (form.is_none() && answer.status == 200) => {
                    seen.wrong.push(format!("{doing} let somebody in"));
                }
                Ok(_) => {}
            }
        }
    }
}

impl Seen {
    fn violations(&self, trouble: Trouble) -> Vec<String> {
        let mut found: Vec<String> = self.wrong.iter().map(|what| format!("{trouble:?}: {what}")).collect();
        if self.slowest > ANSWERED_WITHIN {
            found.push(format!("{trouble:?}: somebody was answered only after {:?}", self.slowest));
        }
        if trouble != Trouble::PortalDies && self.apologies == 0 {
            found.push(format!("{trouble:?}: nobody noticed anything, so that nothing was tried"));
        }
        found
    }
}
