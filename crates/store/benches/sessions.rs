//! What it costs to look up whose a session is, as `GET /sesion` does: through the store, and by rusqlite alone with the
//! same statement on the same file, on one thread and on two.
//!
//! `sessions DATABASE ROUNDS`, the absolute path of a database with many sessions. It prints look-ups a second of each,
//! a line a round.

use rusqlite::{Connection, OpenFlags};
use std::error::Error;
use std::hint::black_box;
use std::io::{Write as _, stdout};
use std::thread;
use std::time::{Duration, Instant};
use zaguan_domain::token::TokenHash;
use zaguan_store::{Store, StoreSettings};

type Fault = Box<dyn Error + Send + Sync>;

/// How long each is measured in a round.
const TIME: Duration = Duration::from_secs(2);

/// How many sessions are looked up, from all over the table and in no order.
const SESSIONS: usize = 200_000;

/// All that SQLite allows, as the portal has it.
const MAPPED_BYTES: i64 = 0x7fff_0000;

const QUESTION: &str = "select account,
        coalesce(document, (select account.document from account where account.id = session.account)),
        opened_at, seen_at
    from session where token = ?1";

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [database, rounds] = arguments.as_slice() else {
        return Err("usage: sessions DATABASE ROUNDS".into());
    };
    let tokens = tokens(database)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let store = runtime.block_on(Store::open(StoreSettings::sqlite(database)))?;
    let mut output = stdout().lock();
    writeln!(output, "look-ups a second: rusqlite and store on one thread, rusqlite and store on two")?;
    for _ in 0..rounds.parse::<u32>()? {
        for threads in [1, 2] {
            let alone = on_threads(threads, &tokens, || by_rusqlite(database))?;
            let by_store = on_threads(threads, &tokens, || by_store(&store))?;
            write!(output, "{alone:.0} {by_store:.0} ")?;
        }
        writeln!(output)?;
    }
    runtime.block_on(store.close());
    Ok(())
}

fn open(path: &str) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Tokens as the store keeps them: they are hashes, so every so-manieth is as good as chance.
fn tokens(path: &str) -> Result<Vec<TokenHash>, Fault> {
    let connection = open(path)?;
    let count: i64 = connection.query_row("select count(*) from session", [], |row| row.get(0))?;
    let step = (usize::try_from(count)? / SESSIONS).max(1);
    let mut statement = connection.prepare("select token from session")?;
    let all = statement.query_map([], |row| row.get::<_, [u8; 32]>(0))?;
    let mut tokens: Vec<[u8; 32]> = all.step_by(step).collect::<Result<_, _>>()?;
    // Backwards, the last bytes decide.
    tokens.sort_by_key(|token| token.iter().rev().copied().collect::<Vec<u8>>());
    if tokens.is_empty() {
        Err("there are no sessions".into())
    } else {
        Ok(tokens.into_iter().map(TokenHash::from_bytes).collect())
    }
}

/// A look-up that says whether the session was found.
type LookUp<'a> = Box<dyn FnMut(&TokenHash) -> Result<bool, Fault> + 'a>;

fn by_rusqlite(path: &str) -> Result<LookUp<'_>, Fault> {
    let connection = open(path)?;
    Ok(Box::new(move |token| {
        let mut statement = connection.prepare_cached(QUESTION)?;
        let mut rows = statement.query([token.as_bytes()])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        black_box((row.get::<_, [u8; 16]>(0)?, row.get::<_, String>(1)?));
        black_box((row.get::<_, i64>(2)?, row.get::<_, i64>(3)?));
        Ok(rows.next()?.is_none())
    }))
}

fn by_store(store: &Store) -> Result<LookUp<'_>, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    // One entry into the runtime for all look-ups, as a worker has.
    Ok(Box::new(move |token| Ok(runtime.block_on(store.session_bearer(token))?.is_some())))
}

/// Look-ups a second of so many threads together.
fn on_threads<'a>(
    threads: usize,
    tokens: &[TokenHash],
    look_up: impl Fn() -> Result<LookUp<'a>, Fault> + Sync,
) -> Result<f64, Fault> {
    let each = |thread: usize| -> Result<u32, Fault> {
        let mut look_up = look_up()?;
        let (begun, mut count) = (Instant::now(), 0);
        for some in tokens.chunks(100).cycle().skip(thread * 997) {
            for token in some {
                if !look_up(token)? {
                    return Err("a session was not found".into());
                }
                count += 1;
            }
            if begun.elapsed() >= TIME {
                break;
            }
        }
        Ok(count)
    };
    let begun = Instant::now();
    let mut looked_up = 0;
    thread::scope(|scope| -> Result<(), Fault> {
        let each = &each;
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(move || each(thread))).collect();
        for thread in running {
            looked_up += thread.join().map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })?;
    Ok(f64::from(looked_up) / begun.elapsed().as_secs_f64())
}
