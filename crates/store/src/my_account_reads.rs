//! What somebody who is signed in asks of their own account, and an operator of what people ask about their data.

use crate::fault::StoreFault;
use crate::store::Store;
use crate::{accounts, devices, email_changes, letters, my_data, policies, sessions};
use jiff::Timestamp;
use zaguan_domain::account::Account;
use zaguan_domain::change_password::ChangePasswordFacts;
use zaguan_domain::close_account::CloseAccountFacts;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::email_change::{EmailChange, EmailChangeFacts};
use zaguan_domain::id::{AccountId, DataRequestId};
use zaguan_domain::my_data::{DataRequest, Happening, MyData};
use zaguan_domain::session::Session;

/// So many of the latest happenings are among a person's data on the page and in the file.
const HAPPENINGS: u32 = 1_000;

impl Store {
    /// The sessions of an account, those used last first. Whether each still lives is for [`Session::is_alive`] to say.
    pub async fn sessions_of(&self, account: AccountId) -> Result<Vec<Session>, StoreFault> {
        self.read(|db| sessions::of_account(db, account)).await
    }

    /// What happened to an account and was tried with its document, the newest first.
    pub async fn happenings_of(&self, account: &Account, at_most: u32) -> Result<Vec<Happening>, StoreFault> {
        self.read(|db| my_data::happenings(db, account, at_most)).await
    }

    /// What a change of address looks at; with the letters to `new_email`, if one is asked for.
    pub async fn email_change_facts(
        &self,
        account: AccountId,
        new_email: Option<&EmailAddress>,
        now: Timestamp,
    ) -> Result<EmailChangeFacts, StoreFault> {
        self.read_together(|reader| {
            let db = reader.database();
            let account = accounts::by_id(db, account)?;
            let latest = account.as_ref().map(|account| email_changes::latest(db, account.id)).transpose()?;
            let written_to = account.iter().map(|account| &account.email).chain(new_email);
            let mailboxes = letters::to_mailboxes(db, written_to, now)?;
            Ok(EmailChangeFacts { latest: latest.flatten(), mailboxes, account })
        })
        .await
    }

    /// What changing the password of an account of a document looks at.
    pub async fn change_password_facts(
        &self,
        document: Document,
        now: Timestamp,
    ) -> Result<ChangePasswordFacts, StoreFault> {
        self.read_together(|reader| {
            let db = reader.database();
            let accounts = accounts::of(db, document)?;
            let written_to = accounts.iter().map(|account| &account.email);
            let mailboxes = letters::to_mailboxes(db, written_to, now)?;
            Ok(ChangePasswordFacts { mailboxes, accounts })
        })
        .await
    }

    /// What closing an account looks at.
    pub async fn close_account_facts(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<CloseAccountFacts, StoreFault> {
        self.read_together(|reader| {
            let db = reader.database();
            let account = accounts::by_id(db, account)?;
            let written_to = account.iter().map(|account| &account.email);
            let mailboxes = letters::to_mailboxes(db, written_to, now)?;
            Ok(CloseAccountFacts { mailboxes, account })
        })
        .await
    }

    /// The changes of address of an account, the newest first.
    pub async fn email_changes_of(&self, account: AccountId) -> Result<Vec<EmailChange>, StoreFault> {
        self.read(|db| email_changes::of_account(db, account)).await
    }

    /// The corrections that an account asked for, the newest first.
    pub async fn corrections_of(&self, account: AccountId) -> Result<Vec<DataRequest>, StoreFault> {
        self.read(|db| my_data::of_account(db, account)).await
    }

    /// The corrections that wait for an answer, those due first before.
    pub async fn open_corrections(&self) -> Result<Vec<DataRequest>, StoreFault> {
        self.read(|db| my_data::list(db, true, 0)).await
    }

    /// The latest corrections that were asked for, answered or not, the newest first.
    pub async fn corrections(&self, at_most: u32) -> Result<Vec<DataRequest>, StoreFault> {
        self.read(|db| my_data::list(db, false, at_most)).await
    }

    /// The correction of this name.
    pub async fn correction(&self, id: DataRequestId) -> Result<Option<DataRequest>, StoreFault> {
        self.read(|db| my_data::by_id(db, id)).await
    }

    /// Everything that is held of the person of an account; nothing when it was closed meanwhile.
    pub async fn my_data(&self, account: AccountId) -> Result<Option<MyData>, StoreFault> {
        self.read_together(|reader| {
            let db = reader.database();
            let Some(account) = accounts::by_id(db, account)? else {
                return Ok(None);
            };
            let mut policies = policies::of(reader, account.holder.document)?;
            policies.retain(|policy| policy.discriminator == account.holder.discriminator);
            Ok(Some(MyData {
                policies,
                sessions: sessions::of_account(db, account.id)?,
                devices: devices::of_account(db, account.id)?,
                letters: letters::of_account(db, account.id)?,
                email_changes: email_changes::of_account(db, account.id)?,
                requests: my_data::of_account(db, account.id)?,
                happenings: my_data::happenings(db, &account, HAPPENINGS)?,
                account,
            }))
        })
        .await
    }
}
