//! Mailboxes: nobody's is filled with our letters, whoever asks for them and however often.
//!
//! Of the letters that a mailbox may get, strangers can use up only a part. The rest is kept for who is probably the
//! holder, and of that the last for what the holder must hear of, so that no flood hides a takeover.

use crate::audit::{Event, Record, record};
use crate::change::Change;
use crate::letter::Letter;
use crate::moment::Moment;
use jiff::{SignedDuration, Timestamp};

/// Who caused a letter. Each may use what those before it may, and something more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Somebody in a browser that the account does not know: perhaps its holder, perhaps anybody.
    Stranger,
    /// Somebody who is probably the holder: the account knows their browser, or they have its password.
    Holder,
    /// Something that happened to the account, of which its holder must hear.
    Notice,
}

impl Cause {
    const ALL: [Self; 3] = [Self::Stranger, Self::Holder, Self::Notice];

    /// The word that the store keeps.
    pub fn to_stored(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Holder => "holder",
            Self::Notice => "notice",
        }
    }

    /// The cause that this word stands for.
    pub fn from_stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.to_stored() == word)
    }
}

/// How many letters a mailbox may get in an hour, and how many in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetterLimit {
    /// In any sixty minutes; at least 1.
    pub per_hour: u32,
    /// In any 24 hours; at least 1.
    pub per_day: u32,
}

/// How many letters a mailbox may get, of all kinds and about all documents together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetterLimits {
    /// For all causes together. Default 5 an hour and 10 a day.
    pub of_all: LetterLimit,
    /// How many of them strangers may cause. Default 3 an hour and 6 a day.
    pub by_strangers: LetterLimit,
}

impl Default for LetterLimits {
    fn default() -> Self {
        Self {
            of_all: LetterLimit { per_hour: 5, per_day: 10 },
            by_strangers: LetterLimit { per_hour: 3, per_day: 6 },
        }
    }
}

impl LetterLimits {
    /// How many letters may be of this cause or one before it. What is kept for notices is half of what is kept from
    /// strangers.
    fn up_to(&self, cause: Cause) -> LetterLimit {
        let between =
            |strangers: u32, all: u32| strangers.max(all.saturating_sub(all.saturating_sub(strangers) / 2));
        match cause {
            Cause::Stranger => self.by_strangers,
            Cause::Holder => LetterLimit {
                per_hour: between(self.by_strangers.per_hour, self.of_all.per_hour),
                per_day: between(self.by_strangers.per_day, self.of_all.per_day),
            },
            Cause::Notice => self.of_all,
        }
    }
}

/// A letter as far as it counts for the room in its mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedLetter {
    /// The mailbox, in the form by which mailboxes are compared.
    pub mailbox: String,
    /// Who caused it.
    pub cause: Cause,
    /// When it left, or will.
    pub leaves_at: Timestamp,
    /// Whether it waits with a held key. It takes no room from what leaves before it.
    pub is_held: bool,
}

/// The letters to some mailboxes in the last [`COUNTED_FOR`], with those that wait. One that was dropped does not count.
#[derive(Clone, Debug, Default)]
pub struct Mailboxes(Vec<CountedLetter>);

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// For how long a letter counts.
pub const COUNTED_FOR: SignedDuration = DAY;

/// How long a letter waits at most for room in its mailbox. Later it would tell nobody anything.
const WAITS_AT_MOST: SignedDuration = DAY;

impl Mailboxes {
    /// The letters to some mailboxes.
    pub fn new(letters: Vec<CountedLetter>) -> Self {
        Self(letters)
    }

    /// Queues a letter if there is room for it now.
    pub fn queue_now(&mut self, letter: Letter, moment: &Moment<'_>) -> Option<Vec<Change>> {
        (self.room_from(&letter, &moment.rules.letters) <= letter.leaves_at).then(|| {
            let is_held = is_held(&letter);
            self.put(letter, is_held, moment.now)
        })
    }

    /// Queues a letter, to leave when there is room for it. One that would have to wait for longer than a day is
    /// dropped, and recorded as such: as many letters have told the holder by then that something is going on.
    pub fn queue(&mut self, letter: Letter, moment: &mut Moment<'_>) -> Vec<Change> {
        let is_held = is_held(&letter);
        let leaves_at = self.room_from(&letter, &moment.rules.letters);
        if leaves_at.duration_since(letter.leaves_at) <= WAITS_AT_MOST {
            return self.put(Letter { leaves_at, ..letter }, is_held, moment.now);
        }
        let detail =
            format!("{} to {}: its mailbox has no room", letter.kind.to_stored(), letter.to.masked());
        let dropped = record(Event::LetterDropped, moment).of_document(letter.document).with_detail(detail);
        vec![Record { account: letter.account, ..dropped }.into_change()]
    }

    /// The letter, under the guard that the mailbox still is as it was read.
    fn put(&mut self, letter: Letter, is_held: bool, now: Timestamp) -> Vec<Change> {
        let mailbox = letter.to.mailbox();
        let since = now.saturating_sub(COUNTED_FOR).unwrap_or(Timestamp::MIN);
        let counts = |counted: &&CountedLetter| counted.mailbox == mailbox && counted.leaves_at > since;
        let seen = u32::try_from(self.0.iter().filter(counts).count()).unwrap_or(u32::MAX);
        let cause = letter.cause;
        self.0.push(CountedLetter { mailbox: mailbox.clone(), cause, leaves_at: letter.leaves_at, is_held });
        vec![Change::MailboxSeen { mailbox, since, letters: seen }, Change::LetterQueued(letter)]
    }

    /// When there is room for a letter, at the earliest when it means to leave.
    pub(crate) fn room_from(&self, letter: &Letter, limits: &LetterLimits) -> Timestamp {
        let is_held = is_held(letter);
        let mailbox = letter.to.mailbox();
        let mut room_from = letter.leaves_at;
        for cause in Cause::ALL.into_iter().filter(|cause| *cause >= letter.cause) {
            let mut leaving: Vec<Timestamp> = self
                .0
                .iter()
                .filter(|counted| counted.mailbox == mailbox && counted.cause <= cause)
                .filter(|counted| is_held || !counted.is_held)
                .map(|counted| counted.leaves_at)
                .collect();
            leaving.sort_unstable();
            let LetterLimit { per_hour, per_day } = limits.up_to(cause);
            room_from = room_from.max(after(&leaving, per_hour, HOUR)).max(after(&leaving, per_day, DAY));
        }
        room_from
    }
}

/// Whether a letter not queued yet waits with a held key.
fn is_held(letter: &Letter) -> bool {
    letter.leaves_at > letter.queued_at
}

/// From when on less than so many of these times are in the span before or later.
fn after(times: &[Timestamp], at_most: u32, span: SignedDuration) -> Timestamp {
    let at_most = usize::try_from(at_most.max(1)).unwrap_or(usize::MAX);
    let over = times.len().checked_sub(at_most).and_then(|place| times.get(place));
    over.map_or(Timestamp::MIN, |time| time.saturating_add(span).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Cause, CountedLetter, LetterLimits, Mailboxes};
    use crate::document::Document;
    use crate::email::EmailAddress;
    use crate::id::LetterId;
    use crate::letter::{Letter, LetterKind};
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 60 * minutes).unwrap()
    }

    fn letter(cause: Cause, minutes: i64) -> Letter {
        Letter {
            id: LetterId::from_bytes([0; 16]),
            kind: LetterKind::RecoverySteps,
            flow: None,
            key: None,
            account: None,
            document: Document::Person(12_345_678),
            to: EmailAddress::read("ana@gmail.com").unwrap(),
            cause,
            browser: None,
            queued_at: at(minutes),
            leaves_at: at(minutes),
        }
    }

    fn room_after(letters: &[(Cause, i64)], cause: Cause, minutes: i64) -> Timestamp {
        let count = |(cause, minutes): &(Cause, i64)| CountedLetter {
            mailbox: letter(*cause, *minutes).to.mailbox(),
            cause: *cause,
            leaves_at: at(*minutes),
            is_held: false,
        };
        let mailboxes = Mailboxes::new(letters.iter().map(count).collect());
        mailboxes.room_from(&letter(cause, minutes), &LetterLimits::default())
    }

    #[test]
    fn strangers_leave_room_for_the_holder_and_both_for_notices() {
        use Cause::{Holder, Notice, Stranger};
        let mut letters = vec![(Stranger, 0), (Stranger, 1), (Stranger, 2)];
        assert_eq!(room_after(&letters, Stranger, 3), at(60));
        assert_eq!(room_after(&letters, Holder, 3), at(3));
        letters.push((Holder, 3));
        assert_eq!(room_after(&letters, Holder, 4), at(60));
        assert_eq!(room_after(&letters, Notice, 4), at(4));
        letters.push((Notice, 4));
        assert_eq!(room_after(&letters, Notice, 5), at(60));
        let day: Vec<_> = (0..6).map(|number| (Stranger, number * 61)).collect();
        assert_eq!(room_after(&day, Stranger, 400), at(24 * 60));
        assert_eq!(room_after(&day, Holder, 400), at(400));
    }

    #[test]
    fn another_mailbox_has_room_of_its_own() {
        let full = [(Cause::Stranger, 0); 3];
        let count = |(cause, _): &(Cause, i64)| CountedLetter {
            mailbox: "bea@gmail.com".to_owned(),
            cause: *cause,
            leaves_at: at(0),
            is_held: false,
        };
        let mailboxes = Mailboxes::new(full.iter().map(count).collect());
        let room = mailboxes.room_from(&letter(Cause::Stranger, 1), &LetterLimits::default());
        assert_eq!(room, at(1));
    }

    fn cause() -> impl Strategy<Value = Cause> {
        prop_oneof![Just(Cause::Stranger), Just(Cause::Holder), Just(Cause::Notice)]
    }

    proptest! {
        #[test]
        fn in_no_hour_and_no_day_there_are_more_letters_than_the_limits_say(
            asked in prop::collection::vec((0..50_i64, cause()), 1..120)
        ) {
            let (mut mailboxes, mut minutes) = (Mailboxes::default(), 0);
            for (wait, cause) in asked {
                minutes += wait;
                let letter = letter(cause, minutes);
                let leaves_at = mailboxes.room_from(&letter, &LetterLimits::default());
                mailboxes.put(Letter { leaves_at, ..letter }, false, at(minutes));
            }
            let within = |from: Timestamp, span: SignedDuration, up_to: Cause| {
                let counts = |letter: &&CountedLetter| {
                    letter.cause <= up_to
                        && letter.leaves_at >= from
                        && letter.leaves_at.duration_since(from) < span
                };
                mailboxes.0.iter().filter(counts).count()
            };
            for CountedLetter { leaves_at, .. } in &mailboxes.0 {
                let (hour, day) = (SignedDuration::from_hours(1), SignedDuration::from_hours(24));
                prop_assert!(within(*leaves_at, hour, Cause::Notice) <= 5);
                prop_assert!(within(*leaves_at, day, Cause::Notice) <= 10);
                prop_assert!(within(*leaves_at, hour, Cause::Stranger) <= 3);
                prop_assert!(within(*leaves_at, day, Cause::Stranger) <= 6);
            }
        }
    }
}
