//! The hasher: hashes new passwords, and says of stored ones whether they match.

use crate::pool::{Job, Pool, work_of};
use crate::settings::{HashSettings, HasherError};
use crate::stored::{self, Recipe};
use crate::turn::Turn;
use argon2::Params;
use argon2::password_hash::phc::{Output, Salt};
use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use subtle::ConstantTimeEq;
use tokio::sync::oneshot;
use zaguan_domain::account::StoredPassword;
use zaguan_domain::password::Password;
use zaguan_domain::secret::Secrets;

/// Why a password was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashFault {
    /// Too many passwords wait, or this one waited too long: try again later.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The hash could not be computed: there is no memory for it.
    #[error("a password could not be hashed; is there enough memory?")]
    Broken,
}

/// What the hasher has done since it was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HasherMetrics {
    /// Hashes computed.
    pub hashes: u64,
    /// Passwords turned away, for want of room or of time.
    pub turned_away: u64,
    /// Passwords that wait now.
    pub waiting: usize,
    /// Passwords that are hashed now.
    pub running: usize,
    /// How long one hash at the present cost takes a thread, by what was measured last; zero until something was.
    pub one_takes: Duration,
    /// How many bytes of memory the threads keep for the next hashes.
    pub kept_bytes: usize,
}

/// Hashes passwords on its own threads. Clones share them; the threads end with the last clone.
#[derive(Clone)]
pub struct Hasher {
    pool: Arc<Pool>,
    cost: Params,
    secrets: Arc<Secrets>,
    unreadable: Arc<Mutex<HashSet<String>>>,
}

/// How many stored passwords that cannot be verified are remembered, so that each is told of once.
const UNREADABLE_AT_MOST: usize = 1000;

impl Hasher {
    /// Starts the threads. A cost below OWASP's minimum is refused.
    pub fn new(settings: HashSettings, secrets: Arc<Secrets>) -> Result<Self, HasherError> {
        settings.check()?;
        let cost = settings.cost()?;
        if secrets.pepper(secrets.current()).is_none() {
            return Err(HasherError::NoPepper);
        }
        let pool = Pool::start(&settings, &cost, Arc::clone(&secrets))
            .map_err(|error| HasherError::NoThread(error.to_string()))?;
        Ok(Self { pool: Arc::new(pool), cost, secrets, unreadable: Arc::default() })
    }

    /// Hashes a new password at the current cost, with the current pepper.
    ///
    /// The same password and salt give the same stored text, so that two of them can be compared.
    pub async fn hash(
        &self,
        password: Password,
        salt: [u8; 16],
        turn: Turn,
    ) -> Result<StoredPassword, HashFault> {
        let recipe = self.recipe(salt);
        let outputs = self.compute(password, vec![recipe.clone()], turn).await?;
        outputs.first().and_then(|output| stored::write(&recipe, *output)).ok_or(HashFault::Broken)
    }

    /// Says of each stored password whether it is this one.
    ///
    /// There is one hash for each distinct salt, cost and pepper. Where nothing is stored, or what is stored cannot be
    /// computed ([`Hasher::is_readable`]), one hash with the given salt takes its place and matches nothing, so that
    /// the time does not tell.
    pub async fn verify(
        &self,
        password: Password,
        stored: Vec<StoredPassword>,
        salt: [u8; 16],
        turn: Turn,
    ) -> Result<Vec<bool>, HashFault> {
        let read: Vec<_> = stored.iter().map(|stored| self.read(stored)).collect();
        let mut recipes: Vec<Recipe> = Vec::new();
        let wanted = read.iter().map(|read| match read {
            Some((recipe, _)) => recipe.clone(),
            None => self.recipe(salt),
        });
        for recipe in wanted {
            if !recipes.contains(&recipe) {
                recipes.push(recipe);
            }
        }
        if recipes.is_empty() {
            recipes.push(self.recipe(salt));
        }
        let outputs = self.compute(password, recipes.clone(), turn).await?;
        let is_right = |recipe: &Recipe, expected: &Output| {
            let computed = recipes.iter().zip(&outputs).find(|(computed, _)| *computed == recipe);
            computed.is_some_and(|(_, output)| output.as_bytes().ct_eq(expected.as_bytes()).into())
        };
        Ok(read
            .iter()
            .map(|read| read.as_ref().is_some_and(|(recipe, hash)| is_right(recipe, hash)))
            .collect())
    }

    /// Whether a stored password can be verified. One that is damaged, of another algorithm, of a pepper that is not
    /// known here, or that claims more than 1 GiB, 20 passes or 16 lanes cannot.
    pub fn is_readable(&self, stored: &StoredPassword) -> bool {
        self.read(stored).is_some()
    }

    /// Whether a stored password cannot be verified and nobody asked this of it before: it is worth a line in the log,
    /// and only one, whoever tries it how often.
    pub fn is_newly_unreadable(&self, stored: &StoredPassword) -> bool {
        if self.is_readable(stored) {
            return false;
        }
        let mut known = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        known.len() < UNREADABLE_AT_MOST && known.insert(stored.phc.clone())
    }

    /// Whether a password has to be hashed anew: it was hashed at less cost than new ones are, or with an older pepper.
    /// Whoever has just shown that they know it is the one to do it with.
    pub fn is_outdated(&self, stored: &StoredPassword) -> bool {
        self.read(stored).is_some_and(|(recipe, _)| {
            work_of(&recipe.cost) < work_of(&self.cost) || recipe.pepper != self.secrets.current()
        })
    }

    /// Whether somebody who came now with one password could be answered in time. It costs next to nothing, so that who
    /// has to come again is told before anything is done for them.
    pub fn has_room(&self, turn: Turn) -> bool {
        self.pool.has_room(turn, &self.cost)
    }

    /// What the hasher has done.
    pub fn metrics(&self) -> HasherMetrics {
        HasherMetrics {
            hashes: self.pool.hashes(),
            turned_away: self.pool.turned_away(),
            waiting: self.pool.waiting(),
            running: self.pool.running(),
            one_takes: self.pool.expect(&self.cost),
            kept_bytes: self.pool.kept_bytes(),
        }
    }

    fn read(&self, stored: &StoredPassword) -> Option<(Recipe, Output)> {
        stored::read(stored).filter(|(recipe, _)| self.secrets.pepper(recipe.pepper).is_some())
    }

    fn recipe(&self, salt: [u8; 16]) -> Recipe {
        #[expect(clippy::expect_used, reason = "a PHC salt may have 8 to 48 bytes")]
        let salt = Salt::new(&salt).expect("16 bytes make a salt");
        Recipe { salt, cost: self.cost.clone(), pepper: self.secrets.current() }
    }

    async fn compute(
        &self,
        password: Password,
        recipes: Vec<Recipe>,
        turn: Turn,
    ) -> Result<Vec<Output>, HashFault> {
        let (reply, answer) = oneshot::channel();
        self.pool.push(Job { password, recipes, reply }, turn);
        answer.await.unwrap_or(Err(HashFault::Broken))
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("cost", &self.cost).finish_non_exhaustive()
    }
}
