//! Answers to forms leave evenly: at a whole number of steps after the form was there, so that the microseconds which reading
//! somebody's rows takes show nowhere, nor those that begin for somebody when their wish is written down.
//!
//! The steps are counted from the last byte of the form and not from the first of the request, because whoever sends slowly
//! could otherwise put the end of our work where a microsecond more is a whole step more.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{Extensions, StatusCode};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

/// Longer than all that an answer takes, the hash of a password included, and too short to be felt.
const STEP: Duration = Duration::from_millis(25);

/// How much of it is waited for exactly: more than Tokio may be late.
const EXACTLY: Duration = Duration::from_millis(3);

/// When the form of a request was there.
#[derive(Clone, Debug, Default)]
struct FormCame(Arc<OnceLock<Instant>>);

/// Notes that the form of the request with these extensions is there, to its last byte.
pub(crate) fn form_came(extensions: &Extensions) {
    if let Some(came) = extensions.get::<FormCame>() {
        // A form is read once; of two times the first one counts.
        let _ = came.0.set(Instant::now());
    }
}

/// Lets the answer to a form that was looked at wait for the next whole step. Who is only told to come again is told
/// so at once.
pub(crate) async fn leave_evenly(mut request: Request, next: Next) -> Response {
    let came = FormCame::default();
    request.extensions_mut().insert(came.clone());
    let response = next.run(request).await;
    // The build that leaks must be seen to leak.
    if matches!(response.status(), StatusCode::UNPROCESSABLE_ENTITY | StatusCode::SEE_OTHER)
        && !cfg!(feature = "leaky")
        && let Some(came) = came.0.get()
    {
        wait_until(*came + whole_steps(came.elapsed())).await;
    }
    response
}

/// Waits to some microseconds. Tokio counts whole milliseconds from the moment at which a thread has nothing else to do,
/// and that moment would show in the answer; so the last of them are left to the system, which takes a time of its own.
async fn wait_until(then: Instant) {
    sleep_until(then - EXACTLY).await;
    let exactly = move || {
        #[expect(clippy::disallowed_methods, reason = "this thread is there to wait")]
        sleep(then.saturating_duration_since(Instant::now()));
    };
    // Where the runtime is ending there is nobody to wait for.
    let _ = spawn_blocking(exactly).await;
}

/// The least number of whole steps that is longer.
fn whole_steps(took: Duration) -> Duration {
    let steps = took.as_nanos() / STEP.as_nanos() + 1;
    STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::whole_steps;
    use std::time::Duration;

    #[test]
    fn an_answer_takes_a_whole_number_of_steps_and_at_least_one() {
        let milliseconds = |took: u64| whole_steps(Duration::from_micros(took)).as_millis();
        assert_eq!([0, 300, 15_000, 24_999].map(milliseconds), [25; 4]);
        assert_eq!([25_000, 49_999].map(milliseconds), [50; 2]);
    }
}
