//! `zaguan accounts`: the help desk's work on what there is of a document. No password and no key is shown or set, addresses
//! are masked, and every look is recorded.

use crate::arguments::{AccountsCommand, read_document};
use crate::config::Config;
use crate::output;
use crate::secret_file::{self, Missing};
use crate::world::RealWorld;
use anyhow::{Result, bail};
use jiff::Timestamp;
use std::future::Future;
use std::io::{self, IsTerminal as _};
use zaguan_domain::account::Account;
use zaguan_domain::change::Step;
use zaguan_domain::close_account::{CloseAccountFacts, account_closed};
use zaguan_domain::document::Document;
use zaguan_domain::help_desk;
use zaguan_domain::hold::release_hold;
use zaguan_domain::limit::Rules;
use zaguan_domain::moment::Moment;
use zaguan_domain::origin::Origin;
use zaguan_domain::secret::Secrets;
use zaguan_store::{CommitError, HelpDeskFacts, Store, StoreFault};
use zaguan_web::{World as _, at_this_moment};

mod shown;

use shown::Shown;

/// How often is decided again when somebody else was faster.
const DECIDE_AT_MOST: usize = 8;

/// Does what the operator says.
pub async fn run(command: AccountsCommand, config: Config) -> Result<()> {
    let document = read_document(command.document())?;
    let store = Store::open(config.store.clone()).await?;
    let done = match HelpDesk::open(store.clone(), &config) {
        Ok(desk) => desk.obey(command, document).await,
        Err(error) => Err(error),
    };
    store.close().await;
    done
}

/// Asks at the terminal whether it is meant; where there is none, it is not.
fn is_meant(addresses: &[String]) -> Result<bool> {
    let input = io::stdin();
    if !input.is_terminal() {
        bail!("nobody is there to be asked; add --yes if it is meant");
    }
    let whose = addresses.join(" and that of ");
    output::remark(format_args!(
        "This closes for good the account of {whose}. Type \"close\" if it is meant:"
    ));
    let mut typed = String::new();
    input.read_line(&mut typed)?;
    Ok(typed.trim() == "close")
}

struct HelpDesk {
    store: Store,
    rules: Rules,
    secrets: Secrets,
}

impl HelpDesk {
    fn open(store: Store, config: &Config) -> Result<Self> {
        let secrets = secret_file::open(&config.server.secret_file, Missing::Refuse, &RealWorld)?;
        Ok(Self { store, rules: config.rules.clone(), secrets })
    }

    async fn obey(&self, command: AccountsCommand, document: Document) -> Result<()> {
        match command {
            AccountsCommand::Show { json, .. } => self.show(document, json).await,
            AccountsCommand::Close { yes, json, .. } => self.close(document, yes, json).await,
            AccountsCommand::Release { json, .. } => self.release(document, json).await,
            AccountsCommand::Unlock { json, .. } => self.unlock(document, json).await,
        }
    }

    /// The look is recorded before anything is shown.
    async fn show(&self, document: Document, json: bool) -> Result<()> {
        let look_up =
            |_: &HelpDeskFacts, moment: &mut Moment<'_>| Step::with((), help_desk::look_up(document, moment));
        let (facts, ()) = self.decide(|now| self.store.help_desk_facts(document, now), look_up).await?;
        let shown = Shown::new(document, &facts, RealWorld.now(), &self.rules);
        if json {
            output::line(serde_json::to_string_pretty(&shown)?);
        } else {
            shown.lines().iter().for_each(output::line);
        }
        Ok(())
    }

    async fn close(&self, document: Document, yes: bool, json: bool) -> Result<()> {
        let accounts = self.store.accounts_of(document).await?;
        if accounts.is_empty() {
            bail!("that document has no account");
        }
        let addresses: Vec<String> = accounts.iter().map(|account| account.email.masked()).collect();
        if !yes && !is_meant(&addresses)? {
            bail!("nothing was closed");
        }
        for account in &accounts {
            let close = |facts: &CloseAccountFacts, moment: &mut Moment<'_>| match &facts.account {
                Some(account) => Step::with((), account_closed(account, facts.mailboxes.clone(), moment)),
                None => Step::only(()),
            };
            self.decide(|now| self.store.close_account_facts(account.id, now), close).await?;
        }
        if json {
            output::line(serde_json::json!({ "closed": accounts.len() }));
        } else {
            output::line(format_args!("Closed; a letter confirms it to {}.", addresses.join(" and ")));
        }
        Ok(())
    }

    async fn release(&self, document: Document, json: bool) -> Result<()> {
        let release = |facts: &HelpDeskFacts, moment: &mut Moment<'_>| release_hold(&facts.keys, moment);
        let (_, addresses) = self.decide(|now| self.store.help_desk_facts(document, now), release).await?;
        if addresses.is_empty() {
            bail!("no key of that document waits; `zaguan accounts show` says what there is");
        }
        if json {
            output::line(serde_json::json!({ "released_to": addresses }));
        } else {
            output::line(format_args!("The key leaves now, to {}.", addresses.join(" and ")));
        }
        Ok(())
    }

    async fn unlock(&self, document: Document, json: bool) -> Result<()> {
        let unlock = |facts: &HelpDeskFacts, moment: &mut Moment<'_>| {
            let accounts: Vec<Account> = facts.accounts.iter().map(|facts| facts.account.clone()).collect();
            Step::with((), help_desk::unlock(document, &accounts, moment))
        };
        let (facts, ()) = self.decide(|now| self.store.help_desk_facts(document, now), unlock).await?;
        let locked = facts.accounts.iter().filter(|facts| facts.account.locked_at.is_some()).count();
        if json {
            output::line(serde_json::json!({ "limits_cleared": facts.limits.len(), "still_locked": locked }));
            return Ok(());
        }
        output::line("Whoever tried too often with this document may try again at once.");
        if locked > 0 {
            output::line(
                "The password stays locked, for its holder said that it was not them who set it: they open it by \
                 choosing a new one, at /recuperar.",
            );
        }
        Ok(())
    }

    /// Reads the facts, decides and commits. Answers the facts that it was decided by, and what was decided.
    async fn decide<F, T, Reading>(
        &self,
        read: impl Fn(Timestamp) -> Reading,
        step: impl Fn(&F, &mut Moment<'_>) -> Step<T>,
    ) -> Result<(F, T)>
    where
        Reading: Future<Output = Result<F, StoreFault>>,
    {
        for _ in 0..DECIDE_AT_MOST {
            let facts = read(RealWorld.now()).await?;
            let origin = Origin::OPERATOR;
            let decided = |moment: &mut Moment<'_>| step(&facts, moment);
            let Step { answer, changes } =
                at_this_moment(&RealWorld, &self.rules, &self.secrets, origin, decided);
            match self.store.commit(changes).await {
                Ok(()) => return Ok((facts, answer)),
                Err(CommitError::Conflict) => {}
                Err(CommitError::Fault(fault)) => return Err(fault.into()),
            }
        }
        bail!("others change the same accounts all the time; try again")
    }
}
