//! Reads on PostgreSQL: through the store, and by tokio-postgres alone, which asks the same questions with statements that
//! it prepared once, on as many connections to the same server, and reads the same rows into the same types.

use crate::ask::Span;
use crate::clock::now;
use crate::people::{bytes, document, one_of, session_token};
use anyhow::Context as _;
use futures_util::SinkExt as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls, Row, Statement};
use zaguan_domain::account::{Account, Holder, StoredPassword};
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::id::AccountId;
use zaguan_domain::session::{Bearer, SessionTimes};
use zaguan_domain::token::TokenHash;
use zaguan_store::{Store, StoreSettings};

/// Which server, and what is done there.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Postgres {
    /// The server and the database, as in `store.url`: without TLS and without a password.
    #[arg(long)]
    url: String,
    /// How many people have an account and a session.
    #[arg(long)]
    people: u32,
    #[command(subcommand)]
    task: Task,
}

/// What is done.
#[derive(Clone, Debug, clap::Subcommand)]
enum Task {
    /// Fills an empty database with the people.
    Seed,
    /// Asks the same question again and again.
    Ask(Ask),
}

/// What is asked, and how.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Ask {
    /// Through what.
    #[arg(long)]
    way: Way,
    /// What.
    #[arg(long)]
    question: Question,
    /// How many ask at the same time, each as soon as it has its answer.
    #[arg(long)]
    callers: u32,
    /// For how long.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Way {
    /// The store.
    Store,
    /// tokio-postgres alone.
    Bare,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Question {
    /// Whose a session is.
    Session,
    /// What a sign-in reads of an account.
    Account,
}

/// As many as the store has for such questions, each shared by whoever asks.
const CONNECTIONS: u32 = 4;

/// How long before counting begins: connections are made and statements prepared meanwhile.
const WARM_UP: f64 = 0.5;

const SESSION: &str = "select account,
        coalesce(document, (select account.document from account where account.id = session.account)),
        opened_at, seen_at
    from session where token = $1";
const ACCOUNT: &str = "select id, document, discriminator, email, password, pepper, opened_at, locked_at
    from account where document = $1 order by discriminator";

/// The store sets its connections so; alone it would be the same after five questions.
const SETTINGS: &str = "set plan_cache_mode = force_generic_plan; set jit = off";

/// A hash is as long as this one; nobody hashes here.
const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$WhfNLrj1yFYzbkRyd3o2Nw$9xJ1dSPAG2XKzR0ZcQ5rLhJmVYwqTn4EoB8uI7kCfDs";

/// Fills the database, or asks and answers how many answers came in a second.
pub(crate) fn run(postgres: &Postgres) -> anyhow::Result<Value> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match postgres.task {
            Task::Seed => seed(postgres).await,
            Task::Ask(ask) => measure(postgres, ask).await,
        }
    })
}

async fn seed(postgres: &Postgres) -> anyhow::Result<Value> {
    let settings = StoreSettings::parse(&postgres.url, None, Path::new("."))?;
    Store::migrate(&settings).await?;
    let mut connections = JoinSet::new();
    let client = connect(&postgres.url, &mut connections).await?;
    let at = now().as_millisecond();
    let (mut accounts, mut sessions) = (String::new(), String::new());
    for person in 0..postgres.people {
        let id = hex(&bytes::<16>(0x1d00_0000_0000 + u64::from(person)));
        let document = document(person).to_stored();
        writeln!(accounts, "{id}\t{document}\t\tp{person}@example.com\t{HASH}\t1\t{at}\t{at}")?;
        let token = hex(token(person)?.as_bytes());
        writeln!(sessions, "{token}\t{id}\t{at}\t{at}\tunknown\t{at}\t{document}")?;
    }
    let columns =
        "account (id, document, discriminator, email, password, pepper, password_set_at, opened_at)";
    copy(&client, columns, accounts).await?;
    copy(&client, "session (token, account, opened_at, seen_at, browser, proven_at, document)", sessions)
        .await?;
    // So that the server does not do it by itself while others measure.
    for table in ["account", "session"] {
        client.batch_execute(&format!("vacuum analyze {table}")).await?;
    }
    Ok(json!({ "people": postgres.people }))
}

async fn copy(client: &Client, into: &str, rows: String) -> anyhow::Result<()> {
    let mut copying = pin!(client.copy_in(&format!("copy {into} from stdin")).await?);
    copying.send(Cursor::new(rows)).await?;
    copying.close().await?;
    Ok(())
}

/// Bytes as they are copied in a text.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("\\\\x".to_owned(), |mut text, byte| {
        // A text takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn token(person: u32) -> anyhow::Result<TokenHash> {
    Ok(session_token(person).context("a token")?.hash())
}

/// A connection, which is driven beside whoever asks on it.
async fn connect(url: &str, connections: &mut JoinSet<()>) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    connections.spawn(async {
        // What fails, whoever asks is told.
        let _ = connection.await;
    });
    client.batch_execute(SETTINGS).await?;
    Ok(client)
}

/// Through what a caller asks.
#[derive(Clone)]
enum Source {
    Store(Store),
    Bare(Arc<Bare>),
}

/// A connection and its prepared statements; who shares it with others need not wait for their answers to ask.
struct Bare {
    client: Client,
    session: Statement,
    account: Statement,
}

impl Source {
    /// Asks, and reads the answer.
    async fn ask(&self, question: Question, person: u32) -> anyhow::Result<()> {
        let is_found = match (question, self) {
            (Question::Session, Self::Store(store)) => {
                black_box(store.session_bearer(&token(person)?).await?).is_some()
            }
            (Question::Session, Self::Bare(bare)) => black_box(bare.bearer(&token(person)?).await?).is_some(),
            (Question::Account, Self::Store(store)) => {
                !black_box(store.accounts_of(document(person)).await?).is_empty()
            }
            (Question::Account, Self::Bare(bare)) => {
                !black_box(bare.accounts(document(person)).await?).is_empty()
            }
        };
        anyhow::ensure!(is_found, "nothing was found of person {person}");
        Ok(())
    }
}

impl Bare {
    async fn bearer(&self, token: &TokenHash) -> anyhow::Result<Option<Bearer>> {
        let row = self.client.query_opt(&self.session, &[&token.as_bytes().as_slice()]).await?;
        row.map(|row| {
            let times = SessionTimes { opened_at: time(&row, 2)?, seen_at: time(&row, 3)? };
            let document = Document::from_stored(row.try_get(1)?).context("a document")?;
            Ok(Bearer { account: account_id(&row)?, document, times })
        })
        .transpose()
    }

    async fn accounts(&self, document: Document) -> anyhow::Result<Vec<Account>> {
        let rows = self.client.query(&self.account, &[&document.to_stored()]).await?;
        let read = |row: &Row| {
            Ok(Account {
                id: account_id(row)?,
                holder: Holder {
                    document: Document::from_stored(row.try_get(1)?).context("a document")?,
                    discriminator: row.try_get(2)?,
                },
                email: EmailAddress::from_stored(row.try_get(3)?).context("an address")?,
                password: StoredPassword {
                    phc: row.try_get(4)?,
                    pepper: u32::try_from(row.try_get::<_, i64>(5)?)?,
                },
                opened_at: time(row, 6)?,
                locked_at: row.try_get::<_, Option<i64>>(7)?.map(Timestamp::from_millisecond).transpose()?,
            })
        };
        rows.iter().map(read).collect()
    }
}

fn account_id(row: &Row) -> anyhow::Result<AccountId> {
    Ok(AccountId::from_bytes(row.try_get::<_, &[u8]>(0)?.try_into()?))
}

fn time(row: &Row, column: usize) -> anyhow::Result<Timestamp> {
    Ok(Timestamp::from_millisecond(row.try_get(column)?)?)
}

/// What each caller asks through.
async fn sources(
    postgres: &Postgres,
    ask: Ask,
    connections: &mut JoinSet<()>,
) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    match ask.way {
        Way::Store => {
            let settings = StoreSettings::parse(&postgres.url, None, Path::new("."))?;
            sources.push(Source::Store(Store::open(settings).await?));
        }
        Way::Bare => {
            for _ in 0..ask.callers.min(CONNECTIONS) {
                let client = connect(&postgres.url, connections).await?;
                let (session, account) = (client.prepare(SESSION).await?, client.prepare(ACCOUNT).await?);
                sources.push(Source::Bare(Arc::new(Bare { client, session, account })));
            }
        }
    }
    Ok(sources.into_iter().cycle().take(ask.callers as usize).collect())
}

async fn measure(postgres: &Postgres, ask: Ask) -> anyhow::Result<Value> {
    let mut connections = JoinSet::new();
    let sources = sources(postgres, ask, &mut connections).await?;
    let span = Span::of(WARM_UP, ask.seconds);
    let mut running = JoinSet::new();
    for (caller, source) in (0_u64..).zip(sources) {
        let people = postgres.people;
        running.spawn(async move {
            let (mut count, mut turn) = (0_u32, caller << 32);
            while !span.is_over(Instant::now()) {
                source.ask(ask.question, one_of(people, turn)).await?;
                turn += 1;
                count += u32::from(span.counts(Instant::now()));
            }
            anyhow::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(counted) = running.join_next().await {
        count += counted??;
    }
    Ok(json!({ "answers": count, "per_second": f64::from(count) / ask.seconds }))
}
