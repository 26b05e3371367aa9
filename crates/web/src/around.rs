//! What is done around every route, from the outside in: who asks, how the answer is coded, what it wears, the door, the
//! host, and when it leaves.
//!
//! It is one layer of axum and not one for each, because a layer copies all those below it for every request: eight of them
//! took a fifth of the time of a session check.

use crate::address::ClientAddress;
use crate::app::App;
use crate::coding::Wanted;
use crate::door::{self, Door};
use crate::dress;
use crate::even;
use crate::failure::Failure;
use crate::host::{self, OurHost};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use zaguan_views::ErrorKind;

/// What it needs.
#[derive(Debug)]
pub(crate) struct Around {
    app: Arc<App>,
    door: Door,
    host: Option<OurHost>,
}

impl Around {
    pub(crate) fn new(app: &Arc<App>) -> Self {
        Self { app: Arc::clone(app), door: Door::new(app.door), host: OurHost::of(&app.public_url) }
    }

    /// The answer, or why there is none.
    async fn answer(&self, client: ClientAddress, request: Request, next: Next) -> Result<Response, Failure> {
        if dress::announces_too_much(request.headers()) {
            return Err(Failure::Expected(ErrorKind::TooLarge));
        }
        door::let_in(&self.app, &self.door, client.0, &request)?;
        host::refuse_other_hosts(&self.app, self.host.as_ref(), &request)?;
        Ok(even::leave_evenly(request, next).await)
    }
}

/// Lets a request pass to its route, and its answer out again.
pub(crate) async fn pass(State(around): State<Arc<Around>>, mut request: Request, next: Next) -> Response {
    let client = ClientAddress::of(&request, &around.app.trusted_proxies);
    request.extensions_mut().insert(client);
    let wanted = Wanted::by(request.headers());
    // A panic ends the one request and nothing else: whatever it left behind is behind locks that survive it.
    let answer = AssertUnwindSafe(around.answer(client, request, next)).catch_unwind().await;
    let answer = answer.unwrap_or_else(|_| Err(Failure::panicked()));
    let answer = dress::dress(&around.app, answer.unwrap_or_else(Failure::into_response));
    let mut answer = wanted.code(answer).await;
    answer.extensions_mut().insert(client);
    answer
}
