//! Stored passwords: read from and written in the PHC string format.

use crate::settings::is_believable;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Params, Version};
use zaguan_domain::account::StoredPassword;
use zaguan_domain::secret::SecretVersion;

/// All that a hash is computed with, besides the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub(crate) salt: Salt,
    pub(crate) cost: Params,
    pub(crate) pepper: SecretVersion,
}

/// The recipe and the hash of a stored password; nothing if it is not one of ours or its cost is not believable.
pub(crate) fn read(stored: &StoredPassword) -> Option<(Recipe, Output)> {
    let parsed = PasswordHash::new(&stored.phc).ok()?;
    let is_ours = parsed.algorithm == ARGON2ID_IDENT && parsed.version == Some(Version::V0x13.into());
    let cost = Params::try_from(&parsed).ok().filter(is_believable)?;
    let recipe = Recipe { salt: parsed.salt?, cost, pepper: stored.pepper };
    let hash = parsed.hash?;
    is_ours.then_some((recipe, hash))
}

/// The stored form of a hash. The same password, salt, cost and pepper give the same text.
pub(crate) fn write(recipe: &Recipe, hash: Output) -> Option<StoredPassword> {
    let phc = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&recipe.cost).ok()?,
        salt: Some(recipe.salt),
        hash: Some(hash),
    };
    Some(StoredPassword { phc: phc.to_string(), pepper: recipe.pepper })
}
