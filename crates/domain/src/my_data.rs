//! My data: everything that the portal holds of a person, what happened to their account, and the corrections that they
//! ask for, with the terms of Ley 25.326.

use crate::account::Account;
use crate::audit::{Event, Record, record};
use crate::browser::BrowserKind;
use crate::change::{Change, Step};
use crate::device::Device;
use crate::document::Document;
use crate::email_change::EmailChange;
use crate::id::{AccountId, DataRequestId};
use crate::letter::{Letter, LetterState};
use crate::moment::Moment;
use crate::origin::Actor;
use crate::policy::Policy;
use crate::session::Session;
use jiff::Timestamp;
use jiff::civil::Date;
use std::net::IpAddr;

/// How many calendar days an answer to a request for access may take (Ley 25.326, article 14, number 2). The portal
/// answers at once.
pub const ACCESS_DAYS: u8 = 10;

/// How many business days a correction or deletion may take (Ley 25.326, article 16, number 2).
pub const CORRECTION_BUSINESS_DAYS: u8 = 5;

/// The longest text of a request, in characters.
pub const LONGEST_CORRECTION: usize = 2_000;

/// So many corrections of one account may wait for an answer.
pub const OPEN_CORRECTIONS: usize = 5;

/// Something that happened, as its person may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
    /// With what browser.
    pub browser: Option<BrowserKind>,
    /// From which address, of what was done to the account itself and while it is kept.
    pub address: Option<IpAddr>,
}

/// Everything that is held of a person.
#[derive(Clone, Debug)]
pub struct MyData {
    /// The account.
    pub account: Account,
    /// Their policies in the book.
    pub policies: Vec<Policy>,
    /// The browsers that are signed in.
    pub sessions: Vec<Session>,
    /// The browsers that are known.
    pub devices: Vec<Device>,
    /// The letters of the account, the newest first.
    pub letters: Vec<(Letter, LetterState)>,
    /// The changes of address, the newest first.
    pub email_changes: Vec<EmailChange>,
    /// The corrections that were asked for, the newest first.
    pub requests: Vec<DataRequest>,
    /// What happened, the newest first.
    pub happenings: Vec<Happening>,
}

/// A correction of personal data that somebody asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct DataRequest {
    /// Its name.
    pub id: DataRequestId,
    /// The account of whoever asked, which may be closed meanwhile.
    pub account: AccountId,
    /// Whose data.
    pub document: Document,
    /// What is to be corrected, in the person's words.
    pub text: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// By when the law wants it done.
    pub due_on: Date,
    /// When it was.
    pub answered_at: Option<Timestamp>,
}

impl std::fmt::Debug for DataRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The text is the person's own, and no log may hold it.
        f.debug_struct("DataRequest")
            .field("id", &self.id)
            .field("due_on", &self.due_on)
            .finish_non_exhaustive()
    }
}

/// Why a request cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionRefusal {
    /// Nothing was typed.
    Empty,
    /// The field came more than once.
    Repeated,
    /// It has more than [`LONGEST_CORRECTION`] characters.
    TooLong,
}

/// Reads what is to be corrected: any text, less what cannot be seen and the blanks around it.
pub fn read_correction(typed: &str) -> Result<String, CorrectionRefusal> {
    let unified = typed.replace("\r\n", "\n");
    let visible: String = unified.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let text = visible.trim();
    match text.chars().count() {
        0 => Err(CorrectionRefusal::Empty),
        length if length > LONGEST_CORRECTION => Err(CorrectionRefusal::TooLong),
        _ => Ok(text.to_owned()),
    }
}

/// What a person who asks for a correction is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskCorrectionAnswer {
    /// It is written down.
    Asked,
    /// As many as may wait already do.
    TooMany,
}

/// Asks for a correction. The same text sent twice while it waits is one request.
pub fn ask_correction(
    text: &str,
    account: &Account,
    requests: &[DataRequest],
    moment: &mut Moment<'_>,
) -> Step<AskCorrectionAnswer> {
    let open = || requests.iter().filter(|request| request.answered_at.is_none());
    if open().any(|request| request.text == text) {
        return Step::only(AskCorrectionAnswer::Asked);
    }
    if open().count() >= OPEN_CORRECTIONS {
        return Step::only(AskCorrectionAnswer::TooMany);
    }
    let due_on = moment.rules.holidays.business_days_after(moment.today(), CORRECTION_BUSINESS_DAYS);
    let request = DataRequest {
        id: DataRequestId::new(moment.now, moment.rng),
        account: account.id,
        document: account.holder.document,
        text: text.to_owned(),
        asked_at: moment.now,
        due_on,
        answered_at: None,
    };
    let asked = record(Event::CorrectionAsked, moment)
        .of_account(account.id, &account.holder)
        .with_detail(format!("due on {due_on}"));
    // So many were open when this was decided; the guard keeps two tabs from asking past that.
    let seen_open = u32::try_from(open().count()).unwrap_or(u32::MAX);
    Step::with(
        AskCorrectionAnswer::Asked,
        vec![Change::CorrectionAsked { request, seen_open }, asked.into_change()],
    )
}

/// Records that somebody looked at all of their data.
pub fn data_shown(account: &Account, moment: &mut Moment<'_>) -> Step<()> {
    let shown = record(Event::DataShown, moment).of_account(account.id, &account.holder);
    Step::with((), vec![shown.into_change()])
}

/// An operator did what a request asks for, at the command line.
pub fn answer_correction(request: &DataRequest, at: Timestamp) -> Vec<Change> {
    let answered = Record {
        at,
        event: Event::CorrectionAnswered,
        actor: Actor::Operator,
        document: Some(request.document),
        account: Some(request.account),
        browser: None,
        address: None,
        detail: format!("request {}", request.id),
    };
    vec![Change::CorrectionAnswered { request: request.id, at }, answered.into_change()]
}
