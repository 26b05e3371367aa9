//! What a process was found doing: stacks of functions with how often each was seen, and which part of the time they are.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use inferno::collapse::Collapse as _;
use inferno::collapse::perf::{Folder, Options};

use super::names::short;

/// A part of what is done, told by the functions that stand in its stacks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    words: &'static str,
    /// Pieces of the names of functions; one of them is enough.
    functions: &'static [&'static str],
}

const fn part(words: &'static str, functions: &'static [&'static str]) -> Part {
    Part { words, functions }
}

/// The parts of all that the portal does. A stack counts for the first of them that it has a function of, so what is done
/// for somebody comes before those whom it is done for.
pub(super) const PARTS: [Part; 11] = [
    part("the hash of the password", &["argon2"]),
    part("the log", &["tracing_subscriber", "zaguan::logs"]),
    part("writing: the disk", &["unixSync", "fdatasync"]),
    part("writing: SQLite and the rest", &["zaguan_store::writer", "zaguan_store::checkpoint"]),
    part("reading: SQLite", &["sqlite3", "rusqlite"]),
    part("letters: written and sent", &["zaguan::postman", "zaguan::mail", "zaguan::clerk"]),
    part("pages: written", &["minijinja", "zaguan_views"]),
    part("HTTP: the portal's own part", &["zaguan_web", "zaguan::request_log", "axum"]),
    part("HTTP: sockets", &["writev", "__libc_recv", "__libc_send", "__send", "__recv", "epoll_wait"]),
    part("HTTP: hyper", &["hyper"]),
    part("waiting, waking and the rest", &[""]),
];

/// Less than this is not worth a line.
const SMALLEST: f64 = 0.001;

/// Stacks, each as the names of functions from the outermost, with how often it was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stacks(BTreeMap<Vec<String>, u32>);

impl Stacks {
    /// Folds what `perf script` tells.
    pub(super) fn fold(told: &[u8]) -> anyhow::Result<Self> {
        let mut folded = Vec::new();
        Folder::from(Options::default()).collapse(told, &mut folded).context("perf told no stacks")?;
        let mut stacks = Self::default();
        for line in String::from_utf8(folded)?.lines() {
            let (names, times) = line.rsplit_once(' ').with_context(|| format!("no stack: {line}"))?;
            *stacks.0.entry(names.split(';').map(short).collect()).or_default() += times.parse::<u32>()?;
        }
        ensure!(!stacks.0.is_empty(), "perf saw the process do nothing");
        Ok(stacks)
    }

    /// As `inferno` draws them.
    pub(super) fn lines(&self) -> Vec<String> {
        self.0.iter().map(|(names, times)| format!("{} {times}", names.join(";"))).collect()
    }

    /// How often it was seen in all.
    pub(super) fn times(&self) -> u32 {
        self.0.values().sum()
    }

    /// Which share each part has, of all and where it is worth a line, the largest first.
    pub(super) fn shares(&self, parts: &[Part]) -> Vec<(&'static str, f64)> {
        let mut times = vec![0_u32; parts.len()];
        for (names, seen) in &self.0 {
            if let Some(place) = parts.iter().position(|part| part.is_of(names)) {
                times[place] += seen;
            }
        }
        let all = f64::from(self.times());
        let shares = parts.iter().zip(times).map(|(part, times)| (part.words, f64::from(times) / all));
        let mut shares: Vec<_> = shares.filter(|(_, share)| *share >= SMALLEST).collect();
        shares.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        shares
    }
}

impl Part {
    fn is_of(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.functions.iter().any(|function| name.contains(function)))
    }
}

#[cfg(test)]
mod tests {
    use super::{PARTS, Stacks};

    /// As `perf script` tells it, the innermost function first.
    const TOLD: &str = "worker 7/8 1.000001: cpu-clock: 
\t  a1 sqlite3_step (/tmp/zaguan)
\t  a2 zaguan_web::session::show::{{closure}} (/tmp/zaguan)

worker 7/8 1.000002: cpu-clock: 
\t  a1 sqlite3_step (/tmp/zaguan)
\t  a2 zaguan_web::session::show::{{closure}} (/tmp/zaguan)

worker 7/9 1.000003: cpu-clock: 
\t  a3 <argon2::Argon2<T>>::fill_blocks (/tmp/zaguan)
\t  a4 zaguan_hasher::pool::work (/tmp/zaguan)

worker 7/9 1.000004: cpu-clock: 
\t  a5 start_thread (/usr/lib/libc.so.6)

";

    #[test]
    fn stacks_are_folded_with_short_names_and_how_often_they_were_seen() {
        let stacks = Stacks::fold(TOLD.as_bytes()).unwrap();
        assert_eq!(stacks.times(), 4);
        assert_eq!(
            stacks.lines(),
            [
                "worker;start_thread 1",
                "worker;zaguan_hasher::pool::work;argon2::Argon2::fill_blocks 1",
                "worker;zaguan_web::session::show::{{closure}};sqlite3_step 2"
            ]
        );
    }

    #[test]
    fn a_stack_counts_for_the_innermost_part_and_all_together_are_one() {
        let shares = Stacks::fold(TOLD.as_bytes()).unwrap().shares(&PARTS);
        let words: Vec<_> = shares.iter().map(|(words, share)| (*words, (share * 100.0).round())).collect();
        assert_eq!(
            words,
            [
                ("reading: SQLite", 50.0),
                ("the hash of the password", 25.0),
                ("waiting, waking and the rest", 25.0)
            ]
        );
    }

    #[test]
    fn where_nothing_was_seen_there_is_nothing_to_draw() {
        assert!(Stacks::fold(b"").is_err());
    }
}
