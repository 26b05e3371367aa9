//! Registration: the holder of a policy asks for a user.

use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::document::Document;
use crate::email::EmailAddress;
use crate::flow::{Flow, Purpose};
use crate::hold::{KeyRoute, key_route};
use crate::id::FlowId;
use crate::key::{Key, KeyState};
use crate::limit::KEY_LIFE_AT_MOST;
use crate::line::LineOfBusiness;
use crate::moment::Moment;
use crate::policy::{Policy, PolicyNumber, Seems};
use crate::token::TokenHash;
use jiff::{SignedDuration, Timestamp};

/// What a person who registers has typed, read.
#[derive(Clone, Debug)]
pub struct Register {
    /// The document of the policy's holder.
    pub document: Document,
    /// What is insured; nothing for "No sé".
    pub line: Option<LineOfBusiness>,
    /// The number of the policy.
    pub number: PolicyNumber,
    /// Where the key should go.
    pub email: EmailAddress,
    /// Whether the person was asked about this very address and insists.
    pub insists_on_email: bool,
}

/// The field of the form that says what is insured, refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineRefusal {
    /// Nothing was chosen.
    Empty,
    /// The field came more than once.
    Repeated,
    /// It is none of the choices.
    Unknown,
}

/// The value of the choice "No sé" in the field `ramo`.
pub const LINE_NOT_KNOWN: &str = "no-se";

/// Reads the choice of what is insured; nothing for "No sé".
pub fn read_line(chosen: &str) -> Result<Option<LineOfBusiness>, LineRefusal> {
    match chosen.trim() {
        "" => Err(LineRefusal::Empty),
        LINE_NOT_KNOWN => Ok(None),
        slug => LineOfBusiness::from_slug(slug).map(Some).ok_or(LineRefusal::Unknown),
    }
}

/// What registration looks at.
#[derive(Clone, Debug)]
pub struct RegisterFacts {
    /// The policies of the document.
    pub policies: Vec<Policy>,
    /// The flow that this browser has.
    pub flow: Option<Flow>,
}

/// What a person who registers is told.
#[derive(Debug)]
pub enum RegisterAnswer {
    /// A letter is on its way. Who already has a user is told the same, and gets another letter.
    LetterOnItsWay,
    /// No policy has those data; which datum is wrong is not said.
    NoPolicy {
        /// What the number that was typed for the policy seems to be instead.
        seems: Option<Seems>,
    },
    /// The policy ended too long ago.
    LapsedTooLongAgo,
    /// Only the address on file would do, and the book has none: they have to call.
    NoEmailOnFile,
    /// Document and number fit several policies of different people: what is insured must be said.
    LineNeeded,
    /// The address looks like a slip; asked once.
    DidYouMean {
        /// The address that was probably meant.
        suggestion: EmailAddress,
    },
}

/// Decides a registration. A wrong triple is answered at once: a person must not wait for a letter that never comes.
pub fn register(
    input: &Register,
    browser: TokenHash,
    facts: &RegisterFacts,
    moment: &mut Moment<'_>,
) -> Step<RegisterAnswer> {
    let found: Vec<&Policy> = facts
        .policies
        .iter()
        .filter(|policy| policy.is_meant_by(&input.number))
        .filter(|policy| input.line.is_none_or(|line| policy.line == line))
        .collect();
    if found.is_empty() {
        let refused = refusal(input.document, "no policy has these data", moment);
        return Step::with(RegisterAnswer::NoPolicy { seems: input.number.seems() }, vec![refused]);
    }
    let today = moment.today();
    let Some(policy) = found.iter().find(|policy| policy.opens_the_door(today, moment.rules.lapsed_months))
    else {
        let refused = refusal(input.document, "the policy ended too long ago", moment);
        return Step::with(RegisterAnswer::LapsedTooLongAgo, vec![refused]);
    };
    if input.line.is_none() && found.iter().any(|other| other.discriminator != policy.discriminator) {
        return Step::only(RegisterAnswer::LineNeeded);
    }
    if let Some(suggestion) = input.email.suggestion().filter(|_| !input.insists_on_email) {
        return Step::only(RegisterAnswer::DidYouMean { suggestion });
    }
    let route = key_route(&facts.policies, &policy.discriminator, &input.email, moment);
    let Some(wish) = Wish::new(input.email.clone(), route) else {
        let refused = refusal(input.document, "the book has no address for the holder", moment);
        return Step::with(RegisterAnswer::NoEmailOnFile, vec![refused]);
    };
    let begun = Flow {
        id: FlowId::new(moment.now, moment.rng),
        purpose: Purpose::Register,
        document: input.document,
        discriminator: Some(policy.discriminator.clone()),
        email: Some(wish.email),
        on_file: wish.on_file,
        held_until: wish.held_until,
        browser,
        device: moment.origin.device,
        asked_at: moment.now,
        resolved_at: None,
        key: None,
    };
    if facts.flow.as_ref().is_some_and(|flow| is_same_wish(flow, &begun, moment.rules.key_life)) {
        return Step::only(RegisterAnswer::LetterOnItsWay);
    }
    let replaces = facts.flow.as_ref().map(|flow| flow.id);
    let asked = record(Event::RegistrationAsked, moment)
        .of_document(input.document)
        .with_detail(format!("for {}", input.email.masked()));
    let changes = vec![Change::FlowBegun { flow: begun, replaces }, asked.into_change()];
    Step::with(RegisterAnswer::LetterOnItsWay, changes)
}

fn refusal(document: Document, why: &str, moment: &mut Moment<'_>) -> Change {
    record(Event::RegistrationRefused, moment).of_document(document).with_detail(why).into_change()
}

/// Where a letter is wanted, and where and when it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The address that was typed.
    pub email: EmailAddress,
    /// The address on file that the key goes to instead.
    pub on_file: Option<EmailAddress>,
    /// Until when the key waits.
    pub held_until: Option<Timestamp>,
}

impl Wish {
    /// Nothing if the key can go nowhere.
    fn new(email: EmailAddress, route: KeyRoute) -> Option<Self> {
        let (on_file, held_until) = match route {
            KeyRoute::AtOnce | KeyRoute::AtOnceAndTold => (None, None),
            KeyRoute::Held { until } => (None, Some(until)),
            KeyRoute::OnFile(address) => (Some(address), None),
            KeyRoute::Nowhere => return None,
        };
        Some(Self { email, on_file, held_until })
    }
}

/// The form sent twice, the page reloaded, a second tab: the same wish, while a letter of it can still be on its way.
fn is_same_wish(flow: &Flow, wish: &Flow, key_life: SignedDuration) -> bool {
    flow.document == wish.document
        && flow.discriminator == wish.discriminator
        && flow.email == wish.email
        && (flow.is_held(wish.asked_at) || wish.asked_at.duration_since(flow.asked_at) < key_life)
}

/// What a person who asks for the letter again is told.
#[derive(Debug)]
pub enum AskAgainAnswer {
    /// It is on its way.
    LetterOnItsWay,
    /// The key waits; its letter leaves by itself.
    Held,
    /// It is too early to ask again.
    TooEarly,
    /// This browser has asked for nothing.
    NothingBegun,
    /// Only the address on file would do, and the book has none: they have to call.
    NoEmailOnFile,
    /// The corrected address looks like a slip; asked once.
    DidYouMean {
        /// The address that was probably meant.
        suggestion: EmailAddress,
    },
}

/// When a letter may be asked for again.
pub fn ask_again_from(flow: &Flow, wait: SignedDuration) -> Timestamp {
    flow.asked_at.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

/// Asks for the letter again. The same key is sent again while it lives and this browser has tries left at it.
pub fn resend(flow: Option<&Flow>, moment: &Moment<'_>) -> Step<AskAgainAnswer> {
    let Some(flow) = flow else {
        return Step::only(AskAgainAnswer::NothingBegun);
    };
    if moment.now < ask_again_from(flow, moment.rules.resend_wait) {
        return Step::only(AskAgainAnswer::TooEarly);
    }
    let Some(email) = flow.email.clone() else {
        return Step::only(AskAgainAnswer::NothingBegun);
    };
    if flow.is_held(moment.now) {
        return Step::only(AskAgainAnswer::Held);
    }
    let wish = Wish { email, on_file: flow.on_file.clone(), held_until: held_again(flow, moment) };
    Step::with(AskAgainAnswer::LetterOnItsWay, vec![asked(flow, wish, moment.now)])
}

/// A wait that is over is over for a day; whoever asks after that waits again.
fn held_again(flow: &Flow, moment: &Moment<'_>) -> Option<Timestamp> {
    let was_held_until = flow.held_until?;
    let is_over_for_long = moment.now.duration_since(was_held_until) >= KEY_LIFE_AT_MOST;
    let again = moment.now.saturating_add(moment.rules.hold.hold).unwrap_or(Timestamp::MAX);
    Some(if is_over_for_long { again } else { was_held_until })
}

/// A correction of the address.
#[derive(Clone, Debug)]
pub struct CorrectEmail {
    /// The address as it should be.
    pub email: EmailAddress,
    /// Whether the person was asked about this very address and insists.
    pub insists_on_email: bool,
}

/// Corrects the address in the browser that began. The key that went to the wrong address dies; only keys that this
/// browser asked for are its to kill. Where the new one goes is decided anew.
pub fn correct_email(
    input: &CorrectEmail,
    flow: Option<&Flow>,
    policies: &[Policy],
    keys: &[Key],
    moment: &Moment<'_>,
) -> Step<AskAgainAnswer> {
    let Some(flow) = flow else {
        return Step::only(AskAgainAnswer::NothingBegun);
    };
    if flow.email.as_ref() == Some(&input.email) {
        return resend(Some(flow), moment);
    }
    if let Some(suggestion) = input.email.suggestion().filter(|_| !input.insists_on_email) {
        return Step::only(AskAgainAnswer::DidYouMean { suggestion });
    }
    let discriminator = flow.discriminator.as_deref().unwrap_or_default();
    let route = key_route(policies, discriminator, &input.email, moment);
    let Some(wish) = Wish::new(input.email.clone(), route) else {
        return Step::only(AskAgainAnswer::NoEmailOnFile);
    };
    let answer = match wish.held_until {
        Some(_) => AskAgainAnswer::Held,
        None => AskAgainAnswer::LetterOnItsWay,
    };
    let mut changes = vec![asked(flow, wish, moment.now)];
    let own = keys.iter().filter(|key| {
        key.purpose == flow.purpose
            && key.holder.document == flow.document
            && (key.browser == flow.browser || was_kept_of(flow.browser, key, keys))
            && matches!(key.state(moment.now), KeyState::Alive | KeyState::Held)
    });
    changes.extend(own.map(|key| Change::KeyKilled { key: key.id, at: moment.now }));
    Step::with(answer, changes)
}

/// Whether this browser began a key that is kept in its mailbox ([`Change::KeyKept`]): what it sees instead of that key is
/// one with the same chance that is over.
fn was_kept_of(browser: TokenHash, key: &Key, keys: &[Key]) -> bool {
    key.browser == Key::NOBODYS && keys.iter().any(|seen| seen.browser == browser && seen.nonce == key.nonce)
}

fn asked(flow: &Flow, wish: Wish, at: Timestamp) -> Change {
    Change::FlowAsked { flow: flow.id, seen_asked_at: flow.asked_at, wish, at }
}
