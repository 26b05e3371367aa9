//! Limits: what a try costs is taken before anything is looked up or hashed, and who has to wait is told how long.

use crate::answer::{Answer, page_with_status};
use crate::app::App;
use crate::failure::Failure;
use http::header::{HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use zaguan_domain::allowance::Take;
use zaguan_store::Taken;
use zaguan_views::Page;

/// Marks an answer to a try that had to wait, with the name of the limit, for whoever counts them. The try itself is
/// recorded nowhere: a flood of them would fill the audit trail.
#[derive(Clone, Copy, Debug)]
pub struct Limited(pub &'static str);

/// A try that has to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooMany {
    limit: &'static str,
    /// How many seconds, at least one.
    pub(crate) retry_after: u32,
}

/// Takes what a try costs, all or nothing.
pub(crate) async fn take(app: &App, wanted: Vec<Take>) -> Result<Result<(), TooMany>, Failure> {
    let now = app.now();
    Ok(match app.store.take(wanted, now).await? {
        Taken::All => Ok(()),
        Taken::NotYet { limit, until } => {
            Err(TooMany { limit, retry_after: whole_seconds(until.duration_since(now)) })
        }
    })
}

/// A wait as `Retry-After` has it: in whole seconds, at least one.
pub(crate) fn whole_seconds(wait: SignedDuration) -> u32 {
    u32::try_from((wait.as_millis().max(1) + 999) / 1000).unwrap_or(u32::MAX)
}

impl TooMany {
    /// The page of the form, with what was typed and how long to wait.
    pub(crate) fn answer<P: Page>(self, app: &App, cookies: HeaderMap, page: &P) -> Answer {
        let mut response = page_with_status(app, StatusCode::TOO_MANY_REQUESTS, cookies, page)?;
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(self.retry_after));
        response.extensions_mut().insert(self.mark());
        Ok(response)
    }

    /// What marks an answer to this try.
    pub(crate) fn mark(self) -> Limited {
        Limited(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::{Limited, TooMany};
    use crate::failure::Failure;
    use axum::response::IntoResponse;
    use http::StatusCode;

    #[test]
    fn a_try_that_has_to_wait_is_counted_where_it_has_a_page_of_its_own_too() {
        let too_many = TooMany { limit: "proof", retry_after: 60 };
        let response = Failure::from(too_many).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.extensions().get::<Limited>().map(|limited| limited.0), Some("proof"));
    }
}
