//! `/si-fui-yo/{token}`: whoever reads the address on file lets a held key go. Opening it changes nothing.

use crate::answer::{Answer, page, refused};
use crate::app::App;
use crate::visitor::Visitor;
use axum::extract::{Path, State};
use std::sync::Arc;
use zaguan_domain::hold::{ReleaseAnswer, look_at_release, release_by_letter};
use zaguan_domain::letter_token::LetterToken;
use zaguan_views::{ReleasePage, ReleaseState};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    mut visitor: Visitor,
    Path(text): Path<String>,
) -> Answer {
    let answer = match LetterToken::read(&text) {
        None => ReleaseAnswer::Unknown,
        Some(token) => {
            let facts = app.store.release_facts(token.letter()).await?;
            app.at_this_moment(visitor.origin(), |moment| look_at_release(&token, &facts, moment))
        }
    };
    page(&app, visitor.page_cookies(&app), &shown(&text, &answer))
}

pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    mut visitor: Visitor,
    Path(text): Path<String>,
) -> Answer {
    let answer = match LetterToken::read(&text) {
        None => ReleaseAnswer::Unknown,
        Some(token) => {
            let read = || app.store.release_facts(token.letter());
            app.decide(visitor.origin(), read, |facts, moment| release_by_letter(&token, facts, moment))
                .await?
        }
    };
    let is_done = matches!(answer, ReleaseAnswer::Released { .. } | ReleaseAnswer::AlreadyLeft);
    let write = if is_done { page } else { refused };
    write(&app, visitor.page_cookies(&app), &shown(&text, &answer))
}

fn shown(text: &str, answer: &ReleaseAnswer) -> ReleasePage {
    let state = match answer {
        ReleaseAnswer::Asks { to, .. } => ReleaseState::Asks { email: to.masked() },
        ReleaseAnswer::Released { to } => ReleaseState::Done { email: to.masked() },
        ReleaseAnswer::AlreadyLeft => ReleaseState::AlreadyLeft,
        ReleaseAnswer::Stopped => ReleaseState::Stopped,
        ReleaseAnswer::Unknown => ReleaseState::Unknown,
    };
    // Only a link that works is posted back; of any other text nothing is repeated in the page.
    let path =
        if matches!(state, ReleaseState::Asks { .. }) { format!("/si-fui-yo/{text}") } else { String::new() };
    ReleasePage { path, state }
}
