//! Requests that cannot be served: the expected as a kind with its own words, the unexpected as a fault with a number.

use crate::throttle::TooMany;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use zaguan_hasher::HashFault;
use zaguan_store::StoreFault;
use zaguan_views::{ErrorKind, RenderError};

/// Why a request cannot be served. It travels in the answer's extensions to [`crate::dress`], which writes the page.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// One that has words of its own.
    Expected(ErrorKind),
    /// A try that has to wait, where there is no form to show again.
    TooMany(TooMany),
    /// One that nobody expected: its cause goes to the log, its number to the person.
    Fault(Arc<dyn Error + Send + Sync>),
    /// The store does not answer, as anybody expects of disks now and then. Told as a fault is, and to be tried again.
    Unavailable(Arc<StoreFault>),
}

/// After how many seconds to try again when the portal is busy.
pub(crate) const RETRY_AFTER_CROWD: u32 = 20;

/// After how many seconds to try again when the store does not answer: somebody has to see to it first.
pub(crate) const RETRY_AFTER_OUTAGE: u32 = 120;

impl Failure {
    pub(crate) fn busy() -> Self {
        Self::Expected(ErrorKind::Busy { retry_after: RETRY_AFTER_CROWD })
    }

    pub(crate) fn fault(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Fault(Arc::new(cause))
    }

    /// A handler that panicked is a fault like any other. What it said may hold secrets and is not repeated.
    pub(crate) fn panicked() -> Self {
        #[derive(Debug)]
        struct Panicked;
        impl fmt::Display for Panicked {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a handler panicked")
            }
        }
        impl Error for Panicked {}
        Self::fault(Panicked)
    }

    /// The failure that a bare status stands for: the router's own 404 and 405, the cross-site check's 403.
    pub(crate) fn of_status(status: StatusCode) -> Option<Self> {
        let kind = match status {
            StatusCode::BAD_REQUEST => ErrorKind::BadRequest,
            StatusCode::FORBIDDEN => ErrorKind::CrossSite,
            StatusCode::NOT_FOUND => ErrorKind::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => ErrorKind::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => ErrorKind::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorKind::NotAForm,
            _ => return None,
        };
        Some(Self::Expected(kind))
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Expected(kind) => match kind {
                ErrorKind::BadRequest => StatusCode::BAD_REQUEST,
                ErrorKind::CrossSite => StatusCode::FORBIDDEN,
                ErrorKind::NotFound => StatusCode::NOT_FOUND,
                ErrorKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
                ErrorKind::TooSlow => StatusCode::REQUEST_TIMEOUT,
                ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                ErrorKind::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                ErrorKind::WrongHost => StatusCode::MISDIRECTED_REQUEST,
                ErrorKind::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
                ErrorKind::Fault { .. } => StatusCode::INTERNAL_SERVER_ERROR,
                ErrorKind::Unavailable { .. } | ErrorKind::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            },
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Self::TooMany(too_many) = self {
            response.extensions_mut().insert(too_many.mark());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<TooMany> for Failure {
    fn from(too_many: TooMany) -> Self {
        Self::TooMany(too_many)
    }
}

impl From<StoreFault> for Failure {
    fn from(fault: StoreFault) -> Self {
        if fault.is_outage() { Self::Unavailable(Arc::new(fault)) } else { Self::fault(fault) }
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Self::fault(error)
    }
}

impl From<HashFault> for Failure {
    fn from(fault: HashFault) -> Self {
        match fault {
            HashFault::Busy => Self::busy(),
            HashFault::Broken => Self::fault(fault),
        }
    }
}
