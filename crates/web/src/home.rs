//! `/inicio`: signed in, one's policies.

use crate::answer::{Answer, page};
use crate::app::App;
use crate::session::SignedIn;
use crate::visitor::Visitor;
use axum::Extension;
use axum::extract::State;
use jiff::civil::Date;
use std::cmp::Reverse;
use std::sync::Arc;
use zaguan_domain::moment::date_in_argentina;
use zaguan_domain::policy::{Policy, PolicyState};
use zaguan_views::{HomePage, ShownPolicy};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(SignedIn { account, .. }): Extension<SignedIn>,
    mut visitor: Visitor,
) -> Answer {
    let mut policies = app.store.policies_of(account.holder.document).await?;
    policies.retain(|policy| policy.discriminator == account.holder.discriminator);
    let name = policies.iter().map(|policy| policy.holder.trim()).find(|name| !name.is_empty());
    let shown = HomePage {
        document: account.holder.document,
        name: name.map(str::to_owned),
        policies: in_order(&policies, date_in_argentina(app.now())),
    };
    page(&app, visitor.page_cookies(&app), &shown)
}

/// In force first, then the newest.
pub(crate) fn in_order(policies: &[Policy], today: Date) -> Vec<ShownPolicy> {
    let mut shown: Vec<ShownPolicy> = policies
        .iter()
        .map(|policy| ShownPolicy {
            line: policy.line,
            number: policy.number.as_str().to_owned(),
            from: policy.from,
            to: policy.to,
            state: policy.state_on(today),
        })
        .collect();
    shown.sort_by_key(|policy| {
        (policy.state != PolicyState::InForce, Reverse(policy.to), Reverse(policy.from))
    });
    shown
}
