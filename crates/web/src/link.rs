//! `/enlace/{token}`: the link of a letter. Opening it changes nothing; its button carries the key on.

use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::throttle::take;
use crate::visitor::Visitor;
use axum::extract::{Path, State};
use std::sync::Arc;
use zaguan_domain::key::KeyToken;
use zaguan_domain::link::{LinkAnswer, open_link};
use zaguan_views::{LinkPage, LinkState};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    mut visitor: Visitor,
    Path(token): Path<String>,
) -> Answer {
    let answer = look(&app, &mut visitor, &token).await?;
    page(&app, visitor.page_cookies(&app), &shown(&token, &answer))
}

pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    mut visitor: Visitor,
    Path(token): Path<String>,
) -> Answer {
    take(&app, app.rules.limits.key(visitor.origin().address)).await??;
    let answer = look(&app, &mut visitor, &token).await?;
    if let LinkAnswer::Opens { pass, .. } = &answer {
        let cookies = visitor.cookies().name_browser(&mut visitor, &app).pass(pass);
        return see_other("/clave-definitiva", cookies);
    }
    refused(&app, visitor.page_cookies(&app), &shown(&token, &answer))
}

async fn look(app: &App, visitor: &mut Visitor, token: &str) -> Result<LinkAnswer, Failure> {
    let browser = visitor.browser(app);
    let Some(link) = KeyToken::read(token) else {
        return Ok(LinkAnswer::Unknown);
    };
    let key = app.store.key(link.key()).await?;
    Ok(app.at_this_moment(visitor.origin(), |moment| open_link(&link, &browser, key.as_ref(), moment)))
}

fn shown(token: &str, answer: &LinkAnswer) -> LinkPage {
    let state = match answer {
        LinkAnswer::Opens { .. } => LinkState::Opens,
        LinkAnswer::Expired { purpose } => LinkState::Expired { purpose: *purpose },
        LinkAnswer::AlreadyUsed => LinkState::AlreadyUsed,
        LinkAnswer::Unknown => LinkState::Unknown,
    };
    // Only a link that opens is posted back; of any other text nothing is repeated in the page.
    let path = if matches!(state, LinkState::Opens) { format!("/enlace/{token}") } else { String::new() };
    LinkPage { path, state }
}
