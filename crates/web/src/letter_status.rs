//! `/registro/clave/estado`: what became of the letter, on a small page that refreshes itself without JavaScript, so
//! that the key being typed on the page around it is never lost.

use crate::answer::{Answer, page};
use crate::app::App;
use crate::enter_key::ask_again_in;
use crate::failure::Failure;
use crate::visitor::Visitor;
use axum::extract::State;
use http::HeaderMap;
use http::header::{HeaderValue, REFRESH};
use std::sync::Arc;
use zaguan_domain::flow::Purpose;
use zaguan_domain::letter::{Letter, LetterKind, LetterState, MailRefusal, read_refusal};
use zaguan_views::{LetterStatus, LetterStatusPage};

/// How often the page looks again, in seconds, while a letter is about to leave, and while a mail server defers it.
const LOOK_AGAIN_SOON: u32 = 3;
const LOOK_AGAIN_LATER: u32 = 15;

pub(crate) async fn show(State(app): State<Arc<App>>, mut visitor: Visitor) -> Answer {
    let browser = visitor.browser(&app);
    let flow = app.store.flow_of(&browser, Purpose::Register).await?;
    let Some(flow) = flow else {
        let nothing = LetterStatusPage { status: LetterStatus::Waiting, ask_again_in: 0 };
        return page(&app, HeaderMap::new(), &nothing);
    };
    let letter = match flow.resolved_at {
        Some(_) if !flow.is_held(app.now()) => app.store.letter_of_flow(&flow).await?,
        Some(_) | None => None,
    };
    let status = match letter {
        Some((letter, state)) if is_too_late(&app, &letter, &state).await? => LetterStatus::TooLate,
        Some((letter, state)) => status(&letter, state),
        None => LetterStatus::Waiting,
    };
    let ask_again_in = ask_again_in(&app, &flow);
    let refresh_in = match &status {
        LetterStatus::Waiting => Some(LOOK_AGAIN_SOON),
        LetterStatus::Deferred => Some(LOOK_AGAIN_LATER),
        LetterStatus::TooLate
        | LetterStatus::Accepted { .. }
        | LetterStatus::NoSuchMailbox
        | LetterStatus::MailboxFull
        | LetterStatus::Refused { .. } => (ask_again_in > 0).then_some(LOOK_AGAIN_LATER),
    };
    let refresh = refresh_in.map(|seconds| (REFRESH, HeaderValue::from(seconds)));
    page(&app, refresh.into_iter().collect(), &LetterStatusPage { status, ask_again_in })
}

/// Whether the letter's key was over before it left, or is while it waits. It is the same of a letter to somebody who is
/// registered already: that one has a key that opens nothing, of the same age.
async fn is_too_late(app: &App, letter: &Letter, state: &LetterState) -> Result<bool, Failure> {
    let at = match state {
        LetterState::Accepted { at, .. } => *at,
        LetterState::Refused { .. } if letter.kind != LetterKind::AlreadyRegistered => return Ok(false),
        LetterState::Waiting { .. } | LetterState::Dropped { .. } | LetterState::Refused { .. } => app.now(),
    };
    let key = match letter.key {
        Some(key) => app.store.key(key).await?,
        None => None,
    };
    Ok(key.is_some_and(|key| key.is_too_late(at)))
}

/// What the person may know. Of a letter to the address of somebody who is registered already, only that it has not
/// arrived: why it was refused would tell a stranger about that address.
fn status(letter: &Letter, state: LetterState) -> LetterStatus {
    match state {
        LetterState::Accepted { server, .. } => LetterStatus::Accepted { server },
        LetterState::Waiting { attempts: 0, .. } => LetterStatus::Waiting,
        LetterState::Waiting { .. } | LetterState::Dropped { .. } => LetterStatus::Deferred,
        LetterState::Refused { .. } if letter.kind == LetterKind::AlreadyRegistered => LetterStatus::Deferred,
        LetterState::Refused { reply, .. } => match read_refusal(&reply) {
            MailRefusal::NoSuchMailbox => LetterStatus::NoSuchMailbox,
            MailRefusal::MailboxFull => LetterStatus::MailboxFull,
            MailRefusal::Other => LetterStatus::Refused { reply },
        },
    }
}
