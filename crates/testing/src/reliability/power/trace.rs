//! What `strace` tells of writes, syncs and changed names, in the order in which it happened.

use std::collections::HashMap;
use std::path::Path;

/// A call that changes a disk, or a word of the writer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Bytes were written.
    Wrote { file: String, at: u64, bytes: Vec<u8> },
    /// A file was cut or made longer.
    Cut { file: String, length: u64 },
    /// What was written to a file before is on the disk.
    Synced(String),
    /// A file has another name.
    Moved { from: String, to: String },
    /// A file is gone.
    Removed(String),
    /// The writer told that so many commits are durable.
    Told(u32),
}

/// The file in which the writer tells.
pub(super) const TOLD: &str = "told";

/// Reads a trace of `strace -f -y -xx`. Only files under this directory count, and are named from there.
pub(super) fn events(trace: &str, directory: &Path) -> Vec<Event> {
    let directory = format!("{}/", directory.display());
    let mut unfinished: HashMap<&str, String> = HashMap::new();
    let mut ends: HashMap<String, u64> = HashMap::new();
    let mut events = Vec::new();
    for line in trace.lines() {
        let Some((process, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        let whole = if let Some(begun) = call.strip_suffix("<unfinished ...>") {
            unfinished.insert(process, begun.trim_end().to_owned());
            continue;
        } else if let Some((_, rest)) = call.split_once("resumed>").filter(|_| call.starts_with("<...")) {
            // A sync counts when it has ended, a write by then at the latest.
            unfinished.remove(process).map_or_else(|| call.to_owned(), |begun| begun + rest)
        } else {
            call.to_owned()
        };
        if let Some(event) = event(&whole, &directory, &mut ends) {
            events.push(event);
        }
    }
    events
}

fn event(call: &str, directory: &str, ends: &mut HashMap<String, u64>) -> Option<Event> {
    let (name, rest) = call.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(") ")?;
    let result: i64 = result.trim_start_matches(['=', ' ']).split(' ').next()?.parse().ok()?;
    if result < 0 {
        return None;
    }
    let arguments: Vec<&str> = arguments.split(", ").collect();
    let file = |place: usize| named(arguments.get(place)?, directory);
    let number = |place: usize| arguments.get(place)?.trim().parse::<u64>().ok();
    match name {
        "write" => {
            let (file, bytes) = (file(0)?, unescaped(arguments.get(1)?));
            if file == TOLD {
                return String::from_utf8(bytes).ok()?.trim().parse().ok().map(Event::Told);
            }
            let end = ends.entry(file.clone()).or_default();
            let at = *end;
            *end += bytes.len() as u64;
            Some(Event::Wrote { file, at, bytes })
        }
        "pwrite64" => {
            Some(Event::Wrote { file: file(0)?, at: number(3)?, bytes: unescaped(arguments.get(1)?) })
        }
        "ftruncate" => Some(Event::Cut { file: file(0)?, length: number(1)? }),
        "fsync" | "fdatasync" => Some(Event::Synced(file(0)?)),
        "rename" => Some(Event::Moved {
            from: path(arguments.first()?, directory)?,
            to: path(arguments.get(1)?, directory)?,
        }),
        "renameat" | "renameat2" => Some(Event::Moved {
            from: path(arguments.get(1)?, directory)?,
            to: path(arguments.get(3)?, directory)?,
        }),
        "unlink" => Some(Event::Removed(path(arguments.first()?, directory)?)),
        "unlinkat" => {
            let name = path(arguments.get(1)?, directory)?;
            // What is named from a directory that is open is in that one.
            Some(Event::Removed(file(0).map_or_else(|| name.clone(), |within| format!("{within}/{name}"))))
        }
        _ => None,
    }
}

/// The file of a descriptor, such as `7<\x2f\x74\x6d\x70>`.
fn named(descriptor: &str, directory: &str) -> Option<String> {
    let (_, name) = descriptor.split_once('<')?;
    let name = name.trim_end_matches('>');
    let name = if name.contains("\\x") {
        String::from_utf8(unescaped(&format!("\"{name}\""))).ok()?
    } else {
        name.to_owned()
    };
    name.strip_prefix(directory).map(str::to_owned)
}

/// A path among the arguments, from the directory on or in it already.
fn path(argument: &str, directory: &str) -> Option<String> {
    let name = String::from_utf8(unescaped(argument)).ok()?;
    match name.strip_prefix(directory) {
        Some(name) => Some(name.to_owned()),
        None if name.starts_with('/') => None,
        None => Some(name.trim_start_matches("./").to_owned()),
    }
}

/// The bytes of a string that is all `\x…`.
fn unescaped(quoted: &str) -> Vec<u8> {
    let quoted = quoted.trim().trim_matches('"');
    quoted.split("\\x").skip(1).filter_map(|digits| u8::from_str_radix(digits.get(..2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_read_with_calls_that_were_interrupted() {
        let hex = |text: &str| text.bytes().fold(String::new(), |hex, byte| format!("{hex}\\x{byte:02x}"));
        let [base, log, other] = ["/w/a.db", "/w/a.db-wal", "/etc/b"].map(hex);
        let trace = format!(
            "10 pwrite64(3<{log}>, \"{}\", 2, 32) = 2\n\
             11 fdatasync(3<{log}> <unfinished ...>\n\
             10 pwrite64(4<{base}>, \"{}\", 3, 0) = 3\n\
             11 <... fdatasync resumed>)          = 0\n\
             10 pwrite64(5<{other}>, \"{}\", 1, 0) = 1\n\
             10 ftruncate(3<{log}>, 0)             = 0\n\
             10 write(6<{}>, \"{}\", 2) = 2\n\
             10 fsync(3<{log}>) = -1 EIO (Input/output error)\n\
             10 unlink(\"{log}\") = 0\n",
            hex("ab"),
            hex("xyz"),
            hex("q"),
            hex("/w/told"),
            hex("7\n"),
        );
        let wrote =
            |file: &str, at, bytes: &str| Event::Wrote { file: file.to_owned(), at, bytes: bytes.into() };
        assert_eq!(
            events(&trace, Path::new("/w")),
            [
                wrote("a.db-wal", 32, "ab"),
                wrote("a.db", 0, "xyz"),
                Event::Synced("a.db-wal".to_owned()),
                Event::Cut { file: "a.db-wal".to_owned(), length: 0 },
                Event::Told(7),
                Event::Removed("a.db-wal".to_owned()),
            ]
        );
    }
}
