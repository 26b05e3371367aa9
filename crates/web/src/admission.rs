//! Admission: in whose turn a password is hashed.

use std::time::Duration;
use zaguan_domain::address::NetworkGroup;
use zaguan_domain::origin::Origin;
use zaguan_hasher::{Standing, Turn};

/// How long a person waits for the answer to a sign-in: two seconds, of which the rest of the work may take half of one.
/// Whoever would wait longer is better off with a page that says so.
const SIGN_IN_PATIENCE: Duration = Duration::from_millis(1500);

/// How long a person waits who would lose more than a try: a password that they chose, a form in their account.
const PATIENCE: Duration = Duration::from_secs(10);

/// The turn of somebody who signs in.
pub(crate) fn turn_to_sign_in(origin: Origin, standing: Standing) -> Turn {
    let network = origin.address.map(NetworkGroup::narrow);
    Turn { standing, network, patience: SIGN_IN_PATIENCE }
}

/// The turn of somebody who proved something already: that they are signed in, or have a temporary key.
pub(crate) fn turn_of_known(origin: Origin) -> Turn {
    Turn { patience: PATIENCE, ..turn_to_sign_in(origin, Standing::Known) }
}
