//! What every handler shares: the parts of the portal, and the way from facts to a durable answer.

use crate::door::DoorLimits;
use crate::failure::Failure;
use crate::kept::Kept;
use crate::new_password::BreachedPasswords;
use crate::world::{World, at_this_moment};
use ipnet::IpNet;
use jiff::Timestamp;
use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::Notify;
use zaguan_domain::change::Step;
use zaguan_domain::limit::Rules;
use zaguan_domain::moment::Moment;
use zaguan_domain::origin::Origin;
use zaguan_domain::secret::Secrets;
use zaguan_hasher::Hasher;
use zaguan_store::{CommitError, Store, StoreFault};
use zaguan_views::{ShownLetter, Views};

/// The parts of the portal.
#[derive(Debug)]
pub struct App {
    /// What the portal remembers.
    pub store: Store,
    /// Who hashes passwords.
    pub hasher: Hasher,
    /// Who writes the pages.
    pub views: Views,
    /// The pages and files that are the same for everybody.
    pub kept: Kept,
    /// From which keys, links and passes are derived.
    pub secrets: Arc<Secrets>,
    /// The operator's numbers.
    pub rules: Rules,
    /// The insurer's name, which no password may be made of.
    pub brand_name: String,
    /// The passwords that were breached elsewhere, where the operator has a list of them.
    pub breached: Option<Arc<dyn BreachedPasswords>>,
    /// Where people reach the portal.
    pub public_url: PublicUrl,
    /// The reverse proxies, who are believed when they say whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// How much one network may ask at all.
    pub door: DoorLimits,
    /// Time and chance.
    pub world: Arc<dyn World>,
    /// Told when a commit leaves work for whoever resolves flows and sends letters.
    pub wake: Arc<Notify>,
    /// The paths that printed manuals name, and where they lead.
    pub legacy: Vec<LegacyPath>,
    /// The demo's mailbox.
    pub mailbox: Option<Arc<dyn Mailbox>>,
}

/// Where people reach the portal: scheme, host and port, without a path.
#[derive(Clone, Debug)]
pub struct PublicUrl {
    origin: String,
}

impl PublicUrl {
    /// The portal's origin, such as `https://portal.example` (scheme, host and any port; no slash at the end).
    pub fn new(origin: &str) -> Self {
        Self { origin: origin.trim_end_matches('/').to_owned() }
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether people reach it by HTTPS; only then are cookies `Secure` and prefixed `__Host-`.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// The absolute address of a path.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// A path that a printed manual names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyPath {
    /// The old path, such as `/netprod/Account/Login`.
    pub path: String,
    /// The query that it must have; nothing for any.
    pub query: Option<String>,
    /// The page that it leads to.
    pub to: String,
}

impl LegacyPath {
    /// The paths of the manual that this portal's journey comes from: they lead where the manual says that they do.
    pub fn of_the_manual() -> Vec<Self> {
        let leads = |query: Option<&str>, to: &str| Self {
            path: "/netprod/Account/Login".to_owned(),
            query: query.map(str::to_owned),
            to: to.to_owned(),
        };
        vec![leads(Some("registroAsegurado=true"), "/registro"), leads(None, "/ingreso")]
    }
}

/// A mailbox that can be read from the portal itself: the demo's.
pub trait Mailbox: Debug + Send + Sync {
    /// The letters that were sent, newest first.
    fn letters(&self) -> Vec<ShownLetter>;
}

/// How often a step decides again when others were faster. Each conflict means that another one got through, and
/// what can be contended for (five tries, one spending) is soon used up.
const DECIDE_AT_MOST: usize = 32;

impl App {
    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.world.now()
    }

    /// Calls `step` with this moment.
    pub fn at_this_moment<T>(&self, origin: Origin, step: impl FnOnce(&mut Moment<'_>) -> T) -> T {
        at_this_moment(&*self.world, &self.rules, &self.secrets, origin, step)
    }

    /// Reads the facts, decides, and commits; decides again with fresh facts while a guard fails. The answer comes
    /// back only once it is durable.
    pub(crate) async fn decide<Facts, Answer, Reading>(
        &self,
        origin: Origin,
        read: impl Fn() -> Reading,
        step: impl Fn(&Facts, &mut Moment<'_>) -> Step<Answer>,
    ) -> Result<Answer, Failure>
    where
        Reading: Future<Output = Result<Facts, StoreFault>>,
    {
        for _ in 0..DECIDE_AT_MOST {
            let facts = read().await?;
            let Step { answer, changes } = self.at_this_moment(origin, |moment| step(&facts, moment));
            if changes.is_empty() {
                return Ok(answer);
            }
            match self.store.commit(changes).await {
                Ok(()) => {
                    self.wake.notify_one();
                    return Ok(answer);
                }
                Err(CommitError::Conflict) => {}
                Err(CommitError::Fault(fault)) => return Err(fault.into()),
            }
        }
        Err(Failure::busy())
    }
}
