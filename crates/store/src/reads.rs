//! The questions that the journey asks, one by one, and the facts that a step looks at, together.

use crate::audit::{AuditFilter, AuditHead, Verified};
use crate::book::{Generation, table};
use crate::database::Database;
use crate::fault::StoreFault;
use crate::letters::{LetterFilter, OutboxCounts};
use crate::policies::BookCounts;
use crate::store::Store;
use crate::{accounts, audit, devices, email_changes, epoch, flows, keys, letters, policies, sessions};
use jiff::Timestamp;
use zaguan_domain::account::Account;
use zaguan_domain::audit::Record;
use zaguan_domain::device::{DEVICE_LIFE, Device};
use zaguan_domain::disown::DisownFacts;
use zaguan_domain::document::Document;
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::hold::ReleaseFacts;
use zaguan_domain::id::{AccountId, KeyId, LetterId};
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterState};
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::Policy;
use zaguan_domain::register::RegisterFacts;
use zaguan_domain::resolve::ResolveFacts;
use zaguan_domain::session::{Bearer, Session};
use zaguan_domain::set_password::SetPasswordFacts;
use zaguan_domain::sign_in::SignInFacts;
use zaguan_domain::token::TokenHash;

impl Store {
    /// The policies of a document, by line and number.
    pub async fn policies_of(&self, document: Document) -> Result<Vec<Policy>, StoreFault> {
        self.ask(|reader| policies::of(reader, document)).await
    }

    /// The lines of business that are in the book, in the order of the catalogue.
    pub async fn lines_in_book(&self) -> Result<Vec<LineOfBusiness>, StoreFault> {
        self.ask(policies::lines).await
    }

    /// What is in the book.
    pub async fn book_counts(&self) -> Result<BookCounts, StoreFault> {
        self.read(table::counts).await
    }

    /// The generations of the book that are kept, the oldest first.
    pub async fn generations(&self) -> Result<Vec<Generation>, StoreFault> {
        self.read_together(|reader| table::all(reader.database())).await
    }

    /// The flow of this purpose that the browser began.
    pub async fn flow_of(&self, browser: &TokenHash, purpose: Purpose) -> Result<Option<Flow>, StoreFault> {
        self.read(|db| flows::of_browser(db, browser, purpose)).await
    }

    /// The flows that were asked for and not resolved yet, the oldest wish first.
    pub async fn flows_to_resolve(&self, limit: u32) -> Result<Vec<Flow>, StoreFault> {
        self.read(|db| flows::to_resolve(db, limit)).await
    }

    /// How many flows wait to be resolved.
    pub async fn flows_waiting(&self) -> Result<u64, StoreFault> {
        self.read(flows::waiting).await
    }

    /// How the outbox stands.
    pub async fn outbox_counts(&self) -> Result<OutboxCounts, StoreFault> {
        self.read(letters::outbox).await
    }

    /// The keys of a document and those that this browser asked for, in whatever state, the oldest first. Those issued
    /// more than nine days ago are of no use to anybody and are left out.
    pub async fn keys_for(
        &self,
        document: Option<Document>,
        browser: &TokenHash,
        now: Timestamp,
    ) -> Result<Vec<Key>, StoreFault> {
        self.read(|db| keys::of(db, document, browser, now)).await
    }

    /// The key of this name.
    pub async fn key(&self, id: KeyId) -> Result<Option<Key>, StoreFault> {
        self.read(|db| keys::by_id(db, id)).await
    }

    /// The accounts of a document: none, one, or two where a number was given twice.
    pub async fn accounts_of(&self, document: Document) -> Result<Vec<Account>, StoreFault> {
        self.all(&accounts::of_document(document)).await
    }

    /// The account of this name.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreFault> {
        self.first(&accounts::named(&id)).await
    }

    /// The accounts that know this browser, if it was used within [`DEVICE_LIFE`].
    pub async fn devices_of(&self, token: &TokenHash, now: Timestamp) -> Result<Vec<Device>, StoreFault> {
        self.read(|db| devices_of(db, Some(token), now)).await
    }

    /// The browsers that an account knows.
    pub async fn devices_of_account(&self, account: AccountId) -> Result<Vec<Device>, StoreFault> {
        self.read(|db| devices::of_account(db, account)).await
    }

    /// The audit trail, the newest records first, each with its number.
    pub async fn audit(&self, filter: AuditFilter, limit: u32) -> Result<Vec<(u64, Record)>, StoreFault> {
        self.read(|db| audit::list(db, filter, limit)).await
    }

    /// Walks the whole audit trail and tells what is wrong with it. `noted` is an end that was kept elsewhere, as the log
    /// has it: it finds a trail that was cut, or made anew.
    pub async fn verify_audit(&self, noted: Option<AuditHead>) -> Result<Verified, StoreFault> {
        self.read_together(|reader| audit::verify(reader.database(), noted)).await
    }

    /// The end of the audit trail.
    pub async fn audit_head(&self) -> Result<AuditHead, StoreFault> {
        self.read(audit::head).await
    }

    /// The session of this token, and whose it is. Whether it still lives is for [`Session::is_alive`] to say.
    pub async fn session(&self, token: &TokenHash) -> Result<Option<(Session, Account)>, StoreFault> {
        self.first(&sessions::by_token(token)).await
    }

    /// Whose the session of this token is. Whether it still lives is for its times to say.
    pub async fn session_bearer(&self, token: &TokenHash) -> Result<Option<Bearer>, StoreFault> {
        self.first(&sessions::bearer(token)).await
    }

    /// The latest letter that carries the key which the flow led to.
    pub async fn letter_of_flow(&self, flow: &Flow) -> Result<Option<(Letter, LetterState)>, StoreFault> {
        self.read(|db| letters::of_flow(db, flow.id)).await
    }

    /// The letters that carry a key or only tell of it, the oldest first.
    pub async fn letters_of_key(&self, key: KeyId) -> Result<Vec<(Letter, LetterState)>, StoreFault> {
        self.read(|db| letters::of_key(db, key)).await
    }

    /// The latest letters, the newest first.
    pub async fn letters(
        &self,
        filter: LetterFilter,
        limit: u32,
    ) -> Result<Vec<(Letter, LetterState)>, StoreFault> {
        self.read(|db| letters::list(db, filter, limit)).await
    }

    /// When the next letter will be due, or the next lease over; nothing if none waits.
    pub async fn next_letter_due(&self) -> Result<Option<Timestamp>, StoreFault> {
        self.read(letters::next_due).await
    }

    /// What registration looks at.
    pub async fn register_facts(
        &self,
        document: Document,
        browser: &TokenHash,
    ) -> Result<RegisterFacts, StoreFault> {
        self.read_together(|reader| {
            Ok(RegisterFacts {
                policies: policies::of(reader, document)?,
                flow: flows::of_browser(reader.database(), browser, Purpose::Register)?,
            })
        })
        .await
    }

    /// What resolving a flow looks at.
    pub async fn resolve_facts(&self, flow: &Flow) -> Result<ResolveFacts, StoreFault> {
        let (document, now) = (flow.document, flow.asked_at);
        self.read_together(|reader| {
            let db = reader.database();
            let accounts = accounts::of(db, document)?;
            let policies = policies::of(reader, document)?;
            let on_file = policies.iter().filter_map(|policy| policy.email.as_ref());
            let written_to = accounts.iter().map(|account| &account.email).chain(&flow.email).chain(on_file);
            let devices = devices_of(db, flow.device.as_ref(), now)?;
            Ok(ResolveFacts {
                keys: keys::of_document(db, document, now)?,
                letters: letters::last_queued(db, document, now)?,
                barred: letters::barred(db, document, now)?,
                devices,
                mailboxes: letters::to_mailboxes(db, written_to, now)?,
                accounts,
                policies,
            })
        })
        .await
    }

    /// What saying of a letter that one did not cause it looks at.
    pub async fn disown_facts(&self, letter: LetterId) -> Result<DisownFacts, StoreFault> {
        self.read_together(|reader| {
            let db = reader.database();
            let Some((letter, disowned_at)) = letters::by_id(db, letter)? else {
                return Ok(DisownFacts::default());
            };
            Ok(DisownFacts {
                disowned_at,
                restored_at: epoch::raised_at(db)?,
                key: letter.key.map(|key| keys::by_id(db, key)).transpose()?.flatten(),
                accounts: accounts::of(db, letter.document)?,
                policies: policies::of(reader, letter.document)?,
                email_changes: letter
                    .account
                    .map(|account| email_changes::of_account(db, account))
                    .transpose()?
                    .unwrap_or_default(),
                letter: Some(letter),
            })
        })
        .await
    }

    /// What letting a held key go by a letter looks at.
    pub async fn release_facts(&self, letter: LetterId) -> Result<ReleaseFacts, StoreFault> {
        self.read_together(|reader| {
            let db = reader.database();
            let Some((letter, _)) = letters::by_id(db, letter)? else {
                return Ok(ReleaseFacts::default());
            };
            let key = letter.key.map(|key| keys::by_id(db, key)).transpose()?.flatten();
            Ok(ReleaseFacts { letter: Some(letter), key })
        })
        .await
    }

    /// The keys of a document, in whatever state, the oldest first; those of no use to anybody are left out.
    pub async fn keys_of(&self, document: Document, now: Timestamp) -> Result<Vec<Key>, StoreFault> {
        self.read(|db| keys::of_document(db, document, now)).await
    }

    /// What signing in with these accounts of a document looks at, in a browser and by its device token.
    pub async fn sign_in_facts(
        &self,
        document: Document,
        accounts: Vec<Account>,
        (browser, device): (&TokenHash, Option<&TokenHash>),
        now: Timestamp,
    ) -> Result<SignInFacts, StoreFault> {
        self.read_together(|reader| {
            let db = reader.database();
            Ok(SignInFacts {
                keys: keys::of(db, Some(document), browser, now)?,
                devices: devices_of(db, device, now)?,
                mailboxes: letters::to_mailboxes(db, accounts.iter().map(|account| &account.email), now)?,
                accounts,
            })
        })
        .await
    }

    /// What setting a password with this key looks at.
    pub async fn set_password_facts(
        &self,
        key: KeyId,
        device: Option<&TokenHash>,
        now: Timestamp,
    ) -> Result<SetPasswordFacts, StoreFault> {
        self.read_together(|reader| {
            let db = reader.database();
            let Some(key) = keys::by_id(db, key)? else {
                return Ok(SetPasswordFacts::default());
            };
            let document = key.holder.document;
            let accounts = accounts::of(db, document)?;
            let written_to = accounts.iter().map(|account| &account.email).chain(&key.email);
            Ok(SetPasswordFacts {
                policies: policies::of(reader, document)?,
                mailboxes: letters::to_mailboxes(db, written_to, now)?,
                devices: devices_of(db, device, now)?,
                key: Some(key),
                accounts,
            })
        })
        .await
    }
}

/// The accounts that know a browser by its device token. One that was used last before [`DEVICE_LIFE`] is not known any
/// more.
fn devices_of(
    db: &dyn Database,
    device: Option<&TokenHash>,
    now: Timestamp,
) -> Result<Vec<Device>, StoreFault> {
    let since = now.saturating_sub(DEVICE_LIFE).unwrap_or(Timestamp::MIN);
    device.map_or(Ok(Vec::new()), |device| devices::of_token(db, device, since))
}
