//! Recovery: somebody forgot their password and types their user name.

use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::document::Document;
use crate::flow::{Flow, Purpose};
use crate::id::FlowId;
use crate::moment::Moment;
use crate::token::TokenHash;

/// Begins a recovery. There is one answer, the green notice, whoever asks: nobody is looked up here, only the wish is
/// written down, and [`crate::resolve`] finds out later who it is.
///
/// Asking again in the same browser within the wait for the same document is the same wish (the button pressed twice).
pub fn recover(
    document: Document,
    browser: TokenHash,
    flow: Option<&Flow>,
    moment: &mut Moment<'_>,
) -> Step<()> {
    let just_asked = flow.is_some_and(|flow| {
        flow.document == document && moment.now.duration_since(flow.asked_at) < moment.rules.resend_wait
    });
    if just_asked {
        return Step::only(());
    }
    let begun = Flow {
        id: FlowId::new(moment.now, moment.rng),
        purpose: Purpose::Recover,
        document,
        discriminator: None,
        email: None,
        on_file: None,
        held_until: None,
        browser,
        device: moment.origin.device,
        asked_at: moment.now,
        resolved_at: None,
        key: None,
    };
    let asked = record(Event::RecoveryAsked, moment).of_document(document).into_change();
    Step::with((), vec![Change::FlowBegun { flow: begun, replaces: flow.map(|flow| flow.id) }, asked])
}
