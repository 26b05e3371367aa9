//! A database that has grown: so many people who registered, were written to and signed in, to measure what size costs.
//!
//! Everything follows from numbers, so that whoever measures a portal on such a database need not read it: the document
//! of a person, their policy, and the token in the cookie of a session.

use crate::or_fail::OrFail;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use zaguan_domain::account::{Account, Holder, StoredPassword};
use zaguan_domain::audit::{Event, Record, RecordedAddress};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::device::Device;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::flow::Purpose;
use zaguan_domain::id::{AccountId, KeyId, LetterId};
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterKind, LetterState};
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::mailbox::Cause;
use zaguan_domain::origin::Actor;
use zaguan_domain::password::Password;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};
use zaguan_domain::secret::Secrets;
use zaguan_domain::session::Session;
use zaguan_domain::token::{Token, TokenHash};
use zaguan_hasher::{HashSettings, Hasher, Standing, Turn};
use zaguan_store::{BookRow, Store};

/// Nobody else is hashed for here.
const IN_TURN: Turn = Turn { standing: Standing::Known, network: None, patience: Duration::from_mins(1) };

/// The password of everybody. It is hashed once, at the usual cost, because a million hashes would take hours.
pub const PASSWORD: &str = "cuatro palabras sin apuro";

/// The line of business of everybody's policy.
pub const LINE: LineOfBusiness = LineOfBusiness::Motor;

/// Documents go from here on.
const FIRST_DOCUMENT: u32 = 20_000_001;

/// How many people are written in one commit.
const AT_A_TIME: usize = 5_000;

/// People came over so many days, which housekeeping does not clear yet.
const DAYS: i64 = 60;

/// The document of a person, counted from 0.
pub fn document(person: u32) -> Document {
    Document::Person(FIRST_DOCUMENT + person)
}

/// The number of a person's policy, of the line [`LINE`].
pub fn policy_number(person: u32) -> String {
    (FIRST_DOCUMENT + person).to_string()
}

/// The address of a person: on file in the policy book, and where their letters went.
pub fn email(person: u32) -> EmailAddress {
    let text = format!("persona{:08}@correo.example", FIRST_DOCUMENT + person);
    EmailAddress::from_stored(&text).or_fail("an address")
}

/// The token of a session, counted from 0: there are as many as people. Whose it is does not follow from its number.
///
/// It is also the token of the device by which that person's account knows the browser.
pub fn session_token(session: u32) -> Token {
    Token::new(&mut ChaCha8Rng::seed_from_u64(u64::from(session)))
}

/// Fills an empty database with so many people, through the store's own commits: each has a policy with an address on
/// file, an account, a spent key, the letter that carried it, a device, a session that stays alive however long the
/// measurement takes, and two records of the audit trail. `tell` is told how many are written.
///
/// Rows are written in the order of the tables' keys, so this takes minutes for ten million people, not hours.
pub async fn grow(
    store: &Store,
    secrets: &Arc<Secrets>,
    people: u32,
    now: Timestamp,
    tell: impl Fn(u32) + Send,
) {
    let hasher = Hasher::new(HashSettings::default(), Arc::clone(secrets)).or_fail("a hasher");
    let salt = secrets.salt(document(0));
    let password = hasher.hash(Password::attempt(PASSWORD), salt, IN_TURN).await;
    let crowd = Crowd {
        people,
        password: password.or_fail("a hash"),
        secret: secrets.current(),
        now,
        first_at: now - SignedDuration::from_hours(DAYS * 24),
    };
    // The hashes in the order of the table's key, and each with the account of the same rank.
    let mut tokens: Vec<TokenHash> = (0..people).map(|session| session_token(session).hash()).collect();
    tokens.sort_unstable_by(|one, other| one.as_bytes().cmp(other.as_bytes()));
    let mut chance = ChaCha8Rng::seed_from_u64(u64::MAX);
    let mut written = 0;
    let mut next = Vec::new();
    for some in tokens.chunks(AT_A_TIME) {
        let after = |person: u32| person + u32::try_from(some.len()).unwrap_or(u32::MAX);
        let made = async {
            let persons = written..after(written);
            persons.zip(some).flat_map(|(person, token)| crowd.changes(person, *token, &mut chance)).collect()
        };
        // The ones before are written while these are made.
        let (committed, made) = tokio::join!(store.commit(std::mem::take(&mut next)), made);
        committed.or_fail("people are written");
        next = made;
        written = after(written);
        tell(written);
    }
    store.commit(next).await.or_fail("the last people are written");
    store.replace_book((0..people).map(book_row), now).await.or_fail("the policy book");
}

/// What is the same for everybody.
struct Crowd {
    people: u32,
    password: StoredPassword,
    secret: u32,
    now: Timestamp,
    first_at: Timestamp,
}

impl Crowd {
    /// When a person came: later than those with lower numbers.
    fn at(&self, person: u32) -> Timestamp {
        let span = self.now.duration_since(self.first_at).as_millis();
        let since = span * i128::from(person) / i128::from(self.people.max(1));
        self.first_at + SignedDuration::from_millis(i64::try_from(since).unwrap_or(0))
    }

    fn changes(&self, person: u32, token: TokenHash, chance: &mut ChaCha8Rng) -> Vec<Change> {
        let at = self.at(person);
        let account = Account {
            id: self.account_id(person, chance),
            holder: Holder { document: document(person), discriminator: String::new() },
            email: email(person),
            password: self.password.clone(),
            opened_at: at,
            locked_at: None,
        };
        let key = self.key(&account, token, chance);
        let letter = letter(&account, &key, chance);
        let accepted = LetterState::Accepted {
            at,
            server: "correo.example".to_owned(),
            reply: "250 2.0.0 Ok: queued as 4F1B2C".to_owned(),
        };
        let records = [Event::AccountOpened, Event::SignedIn].map(|event| record(event, &account, chance));
        let settled = Change::LetterSettled { letter: letter.id, state: accepted };
        let mut changes = vec![
            Change::AccountOpened(account.clone()),
            Change::KeyIssued(key),
            Change::LetterQueued(letter),
            settled,
            Change::DeviceKnown(Device {
                account: account.id,
                token,
                browser: BrowserKind::UNKNOWN,
                first_seen_at: at,
                seen_at: at,
            }),
            Change::SessionOpened { session: self.session(&account, token), seen_password: account.password },
        ];
        changes.extend(records.map(Change::Recorded));
        changes
    }

    /// Higher for higher numbers, and chance behind.
    fn account_id(&self, person: u32, chance: &mut ChaCha8Rng) -> AccountId {
        let rank = (u64::from(person) << 32) / u64::from(self.people.max(1));
        let mut bytes = [0; 16];
        chance.fill_bytes(&mut bytes);
        bytes[..4].copy_from_slice(&rank.to_be_bytes()[4..]);
        AccountId::from_bytes(bytes)
    }

    fn key(&self, account: &Account, browser: TokenHash, chance: &mut ChaCha8Rng) -> Key {
        let at = account.opened_at;
        let mut nonce = [0; 16];
        chance.fill_bytes(&mut nonce);
        Key {
            id: KeyId::new(at, chance),
            nonce,
            secret: self.secret,
            purpose: Purpose::Register,
            holder: account.holder.clone(),
            account: None,
            email: Some(account.email.clone()),
            browser,
            issued_at: at,
            held_until: None,
            expires_at: Some(at + SignedDuration::from_mins(30)),
            own_tries: 0,
            other_tries: 0,
            spent_at: Some(at),
            killed_at: None,
        }
    }

    /// Opened in a year, so that it is neither idle nor over, nor written down as seen, whenever it is looked at.
    fn session(&self, account: &Account, token: TokenHash) -> Session {
        let at = self.now + SignedDuration::from_hours(365 * 24);
        Session {
            token,
            account: account.id,
            opened_at: at,
            seen_at: at,
            browser: BrowserKind::UNKNOWN,
            proven_at: at,
        }
    }
}

fn letter(account: &Account, key: &Key, chance: &mut ChaCha8Rng) -> Letter {
    let at = account.opened_at;
    Letter {
        id: LetterId::new(at, chance),
        kind: LetterKind::RegistrationKey,
        flow: None,
        key: Some(key.id),
        account: Some(account.id),
        document: account.holder.document,
        to: account.email.clone(),
        cause: Cause::Stranger,
        browser: None,
        queued_at: at,
        leaves_at: at,
    }
}

fn record(event: Event, account: &Account, chance: &mut ChaCha8Rng) -> Record {
    let mut address = RecordedAddress { address: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)), chance: [0; 16] };
    chance.fill_bytes(&mut address.chance);
    let record = Record {
        at: account.opened_at,
        event,
        actor: Actor::Visitor,
        document: None,
        account: None,
        browser: Some(BrowserKind::UNKNOWN),
        address: Some(address),
        detail: String::new(),
    };
    record.of_account(account.id, &account.holder)
}

/// The row of a person in the policy book.
pub fn book_row(person: u32) -> BookRow {
    let policy = Policy {
        line: LINE,
        number: PolicyNumber::from_stored(&policy_number(person)).or_fail("a number"),
        previous: Vec::new(),
        from: Some(date(2026, 3, 15)),
        to: Some(date(2036, 3, 15)),
        state: Some(PolicyState::InForce),
        holder: "PEREZ, DE LA MULTITUD".to_owned(),
        discriminator: String::new(),
        email: Some(email(person)),
        email_shared: false,
    };
    BookRow { document: document(person), policy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zaguan_domain::limit::Rules;
    use zaguan_store::StoreSettings;

    #[tokio::test]
    async fn what_follows_from_numbers_is_found_in_a_database_that_has_grown() {
        let directory = tempfile::tempdir().expect("a directory");
        let settings = StoreSettings::sqlite(directory.path().join("zaguan.db"));
        Store::migrate(&settings).await.expect("a schema");
        let store = Store::open(settings).await.expect("a database");
        let secrets = Arc::new(Secrets::derive([(1, &[7; 32])]).expect("a secret"));
        let now = Timestamp::from_second(1_790_000_000).expect("a time");
        grow(&store, &secrets, 12, now, |_| ()).await;
        let hasher = Hasher::new(HashSettings::default(), Arc::clone(&secrets)).expect("a hasher");
        for number in [0, 11] {
            let accounts = store.accounts_of(document(number)).await.expect("accounts");
            assert_eq!(accounts.len(), 1);
            let stored = vec![accounts[0].password.clone()];
            let attempt = Password::attempt(PASSWORD);
            let fits = hasher.verify(attempt, stored, [0; 16], IN_TURN).await;
            assert_eq!(fits, Ok(vec![true]));
            let policies = store.policies_of(document(number)).await.expect("policies");
            assert_eq!(policies[0].number.as_str(), policy_number(number));
            let session = store.session(&session_token(number).hash()).await.expect("read");
            let (session, _) = session.expect("a session");
            let later = now + SignedDuration::from_hours(100);
            assert!(session.is_alive(later, &Rules::default()) && !session.wants_to_be_seen(later));
        }
        assert!(store.session(&session_token(12).hash()).await.expect("read").is_none());
        let letters = store.outbox_counts().await.expect("counts");
        assert_eq!((letters.waiting, letters.refused), (0, 0));
        assert_eq!(store.verify_audit(None).await.expect("a walk").records, 25, "two each, and the book");
        assert_eq!(store.forget_stale(now, &Rules::default()).await.expect("housekeeping"), 0);
    }
}
