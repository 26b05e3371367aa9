//! Pages for when a request cannot be served, each with what to do next.

use zaguan_domain::set_password::KeyNeeded;

/// A request that cannot be served.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// Why.
    pub kind: ErrorKind,
}

/// Why a request cannot be served.
#[derive(Clone, Debug)]
pub enum ErrorKind {
    /// 400: the request cannot be understood.
    BadRequest,
    /// 403: the form was sent from another site.
    CrossSite,
    /// 404: there is no such page.
    NotFound,
    /// 405: the page is there, but not for this method.
    MethodNotAllowed,
    /// 413: more was sent than any form holds.
    TooLarge,
    /// 415: what was sent is not a form.
    NotAForm,
    /// 500: the unexpected; the number is all that is said.
    Fault {
        /// The number that the log has too.
        incident: String,
    },
    /// 503: too many people at once; try again in so many seconds.
    Busy {
        /// Seconds.
        retry_after: u32,
    },
}

/// `/clave-definitiva` without a temporary key that works: what to do instead.
#[derive(Clone, Copy, Debug)]
pub struct KeyNeededPage {
    /// Why a password cannot be set now.
    pub why: KeyNeeded,
}
