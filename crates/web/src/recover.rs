//! `/recuperar`: somebody forgot their password.

use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::throttle::take;
use crate::visitor::Visitor;
use axum::extract::State;
use std::sync::Arc;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::flow::Purpose;
use zaguan_domain::origin::Origin;
use zaguan_domain::recover::recover;
use zaguan_domain::resolve::resolve;
use zaguan_domain::token::TokenHash;
use zaguan_store::CommitError;
use zaguan_views::RecoverPage;

pub(crate) async fn show(State(app): State<Arc<App>>, mut visitor: Visitor) -> Answer {
    let browser = visitor.browser(&app);
    let flow = app.store.flow_of(&browser, Purpose::Recover).await?;
    let mut shown = RecoverPage::default();
    if let Some(flow) = flow {
        // Who asks again does not type their user name again.
        shown.usuario.value = flow.document.shown();
    }
    page(&app, visitor.page_cookies(&app), &shown)
}

pub(crate) async fn submit(State(app): State<Arc<App>>, mut visitor: Visitor, form: Form) -> Answer {
    let (document, usuario) = form.read("usuario", DocumentRefusal::Repeated, Document::read);
    let Some(read) = document else {
        return refused(&app, visitor.page_cookies(&app), &RecoverPage { usuario, too_many: None });
    };
    if let Err(too_many) = take(&app, app.rules.limits.recovery(visitor.origin().address)).await? {
        let shown = RecoverPage { usuario, too_many: Some(too_many.retry_after) };
        return too_many.answer(&app, visitor.page_cookies(&app), &shown);
    }
    let browser = visitor.browser(&app);
    let facts = || app.store.flow_of(&browser, Purpose::Recover);
    app.decide(visitor.origin(), facts, |flow, moment| {
        recover(read.document, browser, flow.as_ref(), moment)
    })
    .await?;
    if cfg!(feature = "leaky") {
        write_at_once(&app, &browser).await?;
    }
    let cookies = visitor.cookies().name_browser(&mut visitor, &app);
    see_other("/recuperar/clave", cookies)
}

/// What a portal that tells who exists does: it looks, and where there is an account the key is made in the request.
async fn write_at_once(app: &App, browser: &TokenHash) -> Result<(), Failure> {
    let Some(flow) = app.store.flow_of(browser, Purpose::Recover).await? else { return Ok(()) };
    let facts = app.store.resolve_facts(&flow).await?;
    if facts.accounts.is_empty() {
        return Ok(());
    }
    let changes = app.at_this_moment(Origin::PORTAL, |moment| resolve(&flow, &facts, moment));
    match app.store.commit(changes).await {
        Ok(()) | Err(CommitError::Conflict) => Ok(()),
        Err(CommitError::Fault(fault)) => Err(fault.into()),
    }
}
