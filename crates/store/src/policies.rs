//! Policies: the insurer's book, read by document and replaced whole.

use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use crate::statement::statements;
use jiff::Timestamp;
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};

/// One policy of the book, and the document of its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRow {
    /// The holder's document.
    pub document: Document,
    /// The policy.
    pub policy: Policy,
}

/// What is in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookCounts {
    /// Policies.
    pub policies: u64,
    /// People who hold them: documents, and those who share one counted apart.
    pub holders: u64,
    /// When the book was loaded; nothing if none ever was.
    pub loaded_at: Option<Timestamp>,
}

// The words of the table, which are not to change when the book's own words do.
const IN_FORCE: &str = "in-force";
const EXPIRED: &str = "expired";
const CANCELLED: &str = "cancelled";

statements! {
    OF_DOCUMENT = "select line, number, starts_on, ends_on, state, holder, discriminator, email
        from policy where document = $1 order by line, number_key";
    LINES = "select line from book_line";
    COUNTS = "select policies, holders, loaded_at from book where id = 1";
    STAGE_POLICY = "insert into staged_policy
    (document, line, number_key, number, starts_on, ends_on, state, holder, discriminator, email)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (document, line, number_key) do update set
        number = excluded.number, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
        state = excluded.state, holder = excluded.holder, discriminator = excluded.discriminator,
        email = excluded.email";
    FORGET_BOOK = "delete from policy";
    TAKE_STAGED = "insert into policy
        (document, line, number_key, number, starts_on, ends_on, state, holder, discriminator, email)
        select document, line, number_key, number, starts_on, ends_on, state, holder, discriminator, email
        from staged_policy order by document, line, number_key";
    FORGET_LINES = "delete from book_line";
    KEEP_LINES = "insert into book_line (line) select distinct line from policy";
    KEEP_COUNTS = "insert into book (id, policies, holders, loaded_at)
        select
            1,
            (select count(*) from policy),
            (select count(*) from (select distinct document, discriminator from policy) as holder),
            $1
        from (select 1) as one where true
        on conflict (id) do update set
            policies = excluded.policies, holders = excluded.holders, loaded_at = excluded.loaded_at";
}

/// Where the rows of a new book wait until all of them are there. It belongs to one connection, so that a slow file
/// does not keep others from writing.
pub(crate) const STAGE: &str = "create temporary table staged_policy (
    document text not null,
    line text not null,
    number_key text not null,
    number text not null,
    starts_on text,
    ends_on text,
    state text,
    holder text not null,
    discriminator text not null,
    email text,
    primary key (document, line, number_key)
) strict, without rowid";

pub(crate) fn of(db: &Sqlite, document: Document) -> Result<Vec<Policy>, StoreFault> {
    db.rows(OF_DOCUMENT, &[document.into()], |columns| {
        Ok(Policy {
            line: columns.word(LineOfBusiness::from_slug)?,
            number: columns.word(PolicyNumber::from_stored)?,
            previous: Vec::new(),
            from: columns.optional_word(|day| day.parse().ok())?,
            to: columns.optional_word(|day| day.parse().ok())?,
            state: columns.optional_word(read_state)?,
            holder: columns.value()?,
            discriminator: columns.value()?,
            email: columns.optional_email()?,
        })
    })
}

/// The lines of business of the book, in the order of the catalogue.
pub(crate) fn lines(db: &Sqlite) -> Result<Vec<LineOfBusiness>, StoreFault> {
    let in_book = db.rows(LINES, &[], |columns| columns.word(LineOfBusiness::from_slug))?;
    Ok(LineOfBusiness::ALL.iter().copied().filter(|line| in_book.contains(line)).collect())
}

pub(crate) fn counts(db: &Sqlite) -> Result<BookCounts, StoreFault> {
    let counts = db.row(COUNTS, &[], |columns| {
        let count = |number: i64| u64::try_from(number).ok();
        Ok(BookCounts {
            policies: columns.parsed(count)?,
            holders: columns.parsed(count)?,
            loaded_at: Some(columns.time()?),
        })
    })?;
    Ok(counts.unwrap_or(BookCounts { policies: 0, holders: 0, loaded_at: None }))
}

/// Replaces the book. The rows are gathered first, and only then is anything written where others can see it, so that
/// whatever ends the rows early leaves the old book.
pub(crate) fn replace(
    db: &Sqlite,
    rows: impl Iterator<Item = BookRow>,
    at: Timestamp,
) -> Result<BookCounts, StoreFault> {
    db.run(STAGE)?;
    db.together(|| {
        for row in rows {
            stage(db, &row)?;
        }
        Ok(())
    })?;
    db.all_or_nothing(|| {
        db.execute(FORGET_BOOK, &[])?;
        db.execute(TAKE_STAGED, &[])?;
        db.execute(FORGET_LINES, &[])?;
        db.execute(KEEP_LINES, &[])?;
        db.execute(KEEP_COUNTS, &[at.into()])?;
        counts(db)
    })
}

fn stage(db: &Sqlite, row: &BookRow) -> Result<(), StoreFault> {
    let policy = &row.policy;
    let values = [
        row.document.into(),
        policy.line.slug().into(),
        policy.number.key().into(),
        policy.number.as_str().into(),
        policy.from.into(),
        policy.to.into(),
        policy.state.map(state_word).into(),
        policy.holder.as_str().into(),
        policy.discriminator.as_str().into(),
        policy.email.as_ref().into(),
    ];
    db.execute(STAGE_POLICY, &values)?;
    Ok(())
}

fn state_word(state: PolicyState) -> &'static str {
    match state {
        PolicyState::InForce => IN_FORCE,
        PolicyState::Expired => EXPIRED,
        PolicyState::Cancelled => CANCELLED,
    }
}

fn read_state(word: &str) -> Option<PolicyState> {
    [PolicyState::InForce, PolicyState::Expired, PolicyState::Cancelled]
        .into_iter()
        .find(|state| state_word(*state) == word)
}
