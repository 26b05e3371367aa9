//! `/no-fui-yo/{token}`: somebody got a letter that they did not cause. Opening it changes nothing; its button stops it.

use crate::answer::{Answer, page, refused};
use crate::app::App;
use crate::visitor::Visitor;
use axum::extract::{Path, State};
use std::sync::Arc;
use zaguan_domain::disown::{DisownAnswer, DisownLook, Stopped, disown, look_at_disowning};
use zaguan_domain::letter::LetterKind;
use zaguan_domain::letter_token::LetterToken;
use zaguan_views::{DisownPage, DisownState, DisownedMatter};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    mut visitor: Visitor,
    Path(text): Path<String>,
) -> Answer {
    let look = match LetterToken::read(&text) {
        None => DisownLook::Unknown,
        Some(token) => {
            let facts = app.store.disown_facts(token.letter()).await?;
            app.at_this_moment(visitor.origin(), |moment| look_at_disowning(&token, &facts, moment))
        }
    };
    page(&app, visitor.page_cookies(&app), &shown(&text, state_of(look)))
}

pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    mut visitor: Visitor,
    Path(text): Path<String>,
) -> Answer {
    let answer = match LetterToken::read(&text) {
        None => DisownAnswer::Nothing(DisownLook::Unknown),
        Some(token) => {
            let read = || app.store.disown_facts(token.letter());
            app.decide(visitor.origin(), read, |facts, moment| disown(&token, facts, moment)).await?
        }
    };
    let state = match answer {
        DisownAnswer::Done(stopped) => DisownState::Done(matter_of(stopped)),
        DisownAnswer::Nothing(look) => state_of(look),
    };
    let is_done = matches!(state, DisownState::Done(_) | DisownState::AlreadyDone(_));
    let answer = if is_done { page } else { refused };
    answer(&app, visitor.page_cookies(&app), &shown(&text, state))
}

fn state_of(look: DisownLook) -> DisownState {
    match look {
        DisownLook::Asks { kind, .. } => DisownState::Asks(matter(kind)),
        DisownLook::AlreadyDone { kind } => DisownState::AlreadyDone(matter(kind)),
        DisownLook::TooOld => DisownState::TooOld,
        DisownLook::Unknown => DisownState::Unknown,
    }
}

fn matter_of(stopped: Stopped) -> DisownedMatter {
    match stopped {
        Stopped { kind: LetterKind::EmailChanged, .. } => DisownedMatter::OldAddress,
        Stopped { is_taken: true, .. } => DisownedMatter::Taken,
        Stopped { is_locked: true, .. } => DisownedMatter::Password,
        Stopped { kind, .. } => matter(kind),
    }
}

fn matter(kind: LetterKind) -> DisownedMatter {
    match kind {
        LetterKind::RegistrationKey => DisownedMatter::Key,
        LetterKind::RegistrationHeld | LetterKind::RegistrationTold => DisownedMatter::Registration,
        LetterKind::AlreadyRegistered | LetterKind::RecoverySteps => DisownedMatter::Account,
        LetterKind::PasswordChanged | LetterKind::NewBrowser => DisownedMatter::Password,
        LetterKind::EmailChangeKey => DisownedMatter::NewAddress,
        LetterKind::EmailChangeAsked => DisownedMatter::AddressAsked,
        LetterKind::EmailChanged => DisownedMatter::OldAddress,
        LetterKind::AccountClosed => DisownedMatter::Closed,
    }
}

fn shown(text: &str, state: DisownState) -> DisownPage {
    // Only a link that works is posted back; of any other text nothing is repeated in the page.
    let path =
        if matches!(state, DisownState::Asks(_)) { format!("/no-fui-yo/{text}") } else { String::new() };
    DisownPage { path, state }
}
