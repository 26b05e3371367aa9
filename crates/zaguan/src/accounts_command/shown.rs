//! What the help desk is shown of a document, in plain words and as JSON.

use jiff::Timestamp;
use serde::Serialize;
use zaguan_domain::allowance::{Bucket, Subject};
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::key::{Key, KeyState};
use zaguan_domain::letter::{Letter, LetterState};
use zaguan_domain::limit::Rules;
use zaguan_store::{AccountFacts, HelpDeskFacts};

/// What there is of a document.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    document: String,
    accounts: Vec<ShownAccount>,
    keys: Vec<ShownKey>,
    letters: Vec<ShownLetter>,
    limits: Vec<ShownLimit>,
}

#[derive(Debug, Serialize)]
struct ShownAccount {
    account: String,
    discriminator: String,
    email: String,
    opened_at: String,
    locked_at: Option<String>,
    sessions: usize,
    known_browsers: usize,
}

#[derive(Debug, Serialize)]
struct ShownKey {
    purpose: &'static str,
    email: Option<String>,
    issued_at: String,
    expires_at: Option<String>,
    state: &'static str,
    wrong_tries: u8,
}

#[derive(Debug, Serialize)]
struct ShownLetter {
    letter: String,
    kind: &'static str,
    to: String,
    queued_at: String,
    state: &'static str,
    reply: Option<String>,
}

#[derive(Debug, Serialize)]
struct ShownLimit {
    limit: &'static str,
    waits_until: Option<String>,
    counts_until: String,
}

impl Shown {
    pub(super) fn new(document: Document, facts: &HelpDeskFacts, now: Timestamp, rules: &Rules) -> Self {
        Self {
            document: document.to_stored(),
            accounts: facts.accounts.iter().map(|facts| account(facts, now, rules)).collect(),
            // Nobody was written to with a decoy, and nobody can use one.
            keys: facts.keys.iter().filter(|key| !key.is_decoy()).map(|shown| key(shown, now)).collect(),
            letters: facts.letters.iter().map(letter).collect(),
            limits: facts.limits.iter().map(|limit| shown_limit(limit, now, rules)).collect(),
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("Document {}: {}", self.document, counted(self.accounts.len()))];
        for account in &self.accounts {
            let ShownAccount { email, opened_at, sessions, known_browsers, .. } = account;
            lines.push(format!(
                "account    since {opened_at}, letters to {email}, {sessions} open sessions, {known_browsers} known browsers"
            ));
            lines.extend(account.locked_at.iter().map(|since| {
                format!("           locked since {since}: the password opens nothing until a new one is set")
            }));
        }
        for ShownKey { purpose, email, issued_at, state, wrong_tries, .. } in &self.keys {
            let to = email.as_deref().unwrap_or("nobody");
            lines.push(format!(
                "key        {issued_at}  to {purpose}, for {to}: {state}, {wrong_tries} wrong tries"
            ));
        }
        for ShownLetter { kind, to, queued_at, state, reply, .. } in &self.letters {
            let reply = reply.as_deref().map(|reply| format!("  {reply}")).unwrap_or_default();
            lines.push(format!("letter     {queued_at}  {kind} to {to}: {state}{reply}"));
        }
        for ShownLimit { limit, waits_until, counts_until } in &self.limits {
            lines.push(match waits_until {
                Some(until) => format!("limit      {limit}: browsers that are not known wait until {until}"),
                None => format!("limit      {limit}: tries count until {counts_until}"),
            });
        }
        lines
    }
}

fn counted(accounts: usize) -> &'static str {
    match accounts {
        0 => "no account",
        1 => "one account",
        _ => "two people have this number, with an account each",
    }
}

fn account(facts: &AccountFacts, now: Timestamp, rules: &Rules) -> ShownAccount {
    let AccountFacts { account, sessions, devices } = facts;
    let is_alive = |(opened_at, seen_at): &&(Timestamp, Timestamp)| {
        now.duration_since(*seen_at) < rules.session_idle
            && now.duration_since(*opened_at) < rules.session_life
    };
    ShownAccount {
        account: account.id.to_string(),
        discriminator: account.holder.discriminator.clone(),
        email: account.email.masked(),
        opened_at: account.opened_at.to_string(),
        locked_at: account.locked_at.map(|at| at.to_string()),
        sessions: sessions.iter().filter(is_alive).count(),
        known_browsers: *devices,
    }
}

fn shown_limit((subject, bucket): &(Subject, Bucket), now: Timestamp, rules: &Rules) -> ShownLimit {
    let allowance = match subject {
        Subject::SignInOfDocument(_) => Some(rules.limits.sign_in_document),
        Subject::RegisterOfDocument(_) => Some(rules.limits.register_document),
        Subject::ProofOf(_) => Some(rules.limits.proof),
        // What is counted by where it comes from says nothing of a document.
        Subject::SignInOfDevice(..)
        | Subject::SignInFrom(_)
        | Subject::SignInAnywhere
        | Subject::RegisterOfPolicy(_)
        | Subject::RegisterFrom(_)
        | Subject::RecoverFrom(_)
        | Subject::KeyFrom(_) => None,
    };
    let waits_until = allowance.and_then(|allowance| allowance.take(Some(*bucket), now).err());
    ShownLimit {
        limit: subject.limit(),
        waits_until: waits_until.map(|until| until.to_string()),
        counts_until: bucket.full_at.to_string(),
    }
}

fn key(key: &Key, now: Timestamp) -> ShownKey {
    let state = if key.spent_at.is_some() {
        "used"
    } else if key.killed_at.is_some() {
        "replaced or stopped"
    } else if key.state(now) == KeyState::Held {
        "waits, for the book has another address"
    } else if key.expires_at.is_none() {
        "not sent yet"
    } else if key.is_alive(now) {
        "works"
    } else {
        "expired"
    };
    ShownKey {
        purpose: key.purpose.to_stored(),
        email: key.email.as_ref().map(EmailAddress::masked),
        issued_at: key.issued_at.to_string(),
        expires_at: key.expires_at.map(|at| at.to_string()),
        state,
        wrong_tries: key.own_tries.saturating_add(key.other_tries),
    }
}

fn letter((letter, state): &(Letter, LetterState)) -> ShownLetter {
    let (state, reply) = match state {
        LetterState::Waiting { reply, .. } => ("waiting", reply.clone()),
        LetterState::Accepted { reply, .. } => ("accepted", Some(reply.clone())),
        LetterState::Refused { reply, .. } => ("refused", Some(reply.clone())),
        LetterState::Dropped { .. } => ("dropped", None),
    };
    ShownLetter {
        letter: letter.id.to_string(),
        kind: letter.kind.to_stored(),
        to: letter.to.masked(),
        queued_at: letter.queued_at.to_string(),
        state,
        reply,
    }
}
