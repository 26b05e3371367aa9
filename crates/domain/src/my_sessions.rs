//! My sessions: the browsers that are signed in to an account, ended one by one or all but this one.

use crate::account::Account;
use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::moment::Moment;
use crate::session::Session;
use crate::token::TokenHash;

/// Ends the session of this name ([`Session::name`]). One that is not there any more is as good as ended.
pub fn end_session(name: &str, account: &Account, sessions: &[Session], moment: &mut Moment<'_>) -> Step<()> {
    let Some(session) = sessions.iter().find(|session| session.name() == name) else {
        return Step::only(());
    };
    let ended = Change::SessionEnded { token: session.token };
    let told =
        record(Event::SessionsEnded, moment).of_account(account.id, &account.holder).with_detail("one");
    Step::with((), vec![ended, told.into_change()])
}

/// Ends all sessions of an account but this one, and forgets the other browsers.
pub fn end_other_sessions(this: TokenHash, account: &Account, moment: &mut Moment<'_>) -> Step<()> {
    let changes = vec![
        Change::OtherSessionsEnded { account: account.id, except: this },
        Change::DevicesForgotten { account: account.id, except: moment.origin.device },
        record(Event::SessionsEnded, moment)
            .of_account(account.id, &account.holder)
            .with_detail("all others")
            .into_change(),
    ];
    Step::with((), changes)
}
