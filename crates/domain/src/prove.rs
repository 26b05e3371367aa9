//! Proving once more that one knows the password: what is sensitive asks for it again.

use crate::account::{Account, StoredPassword};
use crate::allowance::Subject;
use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::moment::Moment;
use crate::session::Session;
use crate::token::Token;

/// What a person who types their password again is told.
#[derive(Debug)]
pub enum ProveAnswer {
    /// It is right, and the session goes on under a new token.
    Proven {
        /// The token for the session's cookie.
        token: Token,
    },
    /// The session ended, or the password changed since it was tried.
    SignInAgain,
}

/// Notes that the password was typed again in a session, which gets a new token. `proven` is the password that was found
/// right.
pub fn prove(
    proven: &StoredPassword,
    signed_in: Option<&(Session, Account)>,
    moment: &mut Moment<'_>,
) -> Step<ProveAnswer> {
    let Some((session, account)) = signed_in.filter(|(_, account)| account.password == *proven) else {
        return Step::only(ProveAnswer::SignInAgain);
    };
    let token = Token::new(moment.rng);
    let changes = vec![
        Change::SessionProven {
            session: session.token,
            renamed: token.hash(),
            seen_password: proven.clone(),
            at: moment.now,
        },
        Change::AllowanceRestored(Subject::ProofOf(account.id)),
    ];
    Step::with(ProveAnswer::Proven { token }, changes)
}

/// Records that the present password was typed wrong by somebody who is signed in.
pub fn proof_refused(account: &Account, moment: &mut Moment<'_>) -> Step<()> {
    let refused = record(Event::ProofRefused, moment).of_account(account.id, &account.holder);
    Step::with((), vec![refused.into_change()])
}
