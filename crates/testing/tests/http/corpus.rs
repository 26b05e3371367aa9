//! Reads the corpus of hostile requests, whose format `corpus/README.md` tells.

use std::fs;
use std::path::Path;

/// A line of the corpus.
#[derive(Debug)]
pub(crate) struct Line {
    /// File and number, for a person to find it.
    pub(crate) place: String,
    /// What is answered, as the file says it.
    pub(crate) answered: String,
    /// The request as it is written.
    pub(crate) written: String,
}

/// The lines of a file of the corpus.
pub(crate) fn read(name: &str) -> Vec<Line> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http/corpus").join(name);
    let text = fs::read_to_string(&path).expect("a file of the corpus");
    let line = |(number, line): (usize, &str)| {
        let (answered, written) = line.split_once('\t').expect("a tab");
        Line {
            place: format!("{name}:{}", number + 1),
            answered: answered.to_owned(),
            written: written.to_owned(),
        }
    };
    text.split('\n').filter(|line| !line.is_empty()).enumerate().map(line).collect()
}

/// The bytes that a written text stands for.
pub(crate) fn bytes(written: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = written;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            '↵' => bytes.extend(b"\r\n"),
            '\\' => rest = escaped(rest, &mut bytes),
            '{' => rest = repeated(rest, &mut bytes),
            other => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    with_length(bytes)
}

fn escaped<'a>(rest: &'a str, bytes: &mut Vec<u8>) -> &'a str {
    let (byte, used) = match rest.as_bytes().first() {
        Some(b'r') => (b'\r', 1),
        Some(b'n') => (b'\n', 1),
        Some(b't') => (b'\t', 1),
        Some(b'\\') => (b'\\', 1),
        Some(b'x') => (u8::from_str_radix(&rest[1..3], 16).expect("two digits"), 3),
        _ => panic!("what is \\{rest:.10}"),
    };
    bytes.push(byte);
    &rest[used..]
}

/// `{a*500}`; any other brace stands for itself.
fn repeated<'a>(rest: &'a str, bytes: &mut Vec<u8>) -> &'a str {
    let found = rest.split_once('}').and_then(|(inside, after)| {
        let (what, times) = inside.rsplit_once('*')?;
        Some((what, times.parse::<usize>().ok()?, after))
    });
    if let Some((what, times, after)) = found {
        bytes.extend(what.as_bytes().repeat(times));
        after
    } else {
        bytes.push(b'{');
        rest
    }
}

fn with_length(bytes: Vec<u8>) -> Vec<u8> {
    const MARK: &[u8] = b"{length}";
    let Some(at) = bytes.windows(MARK.len()).position(|window| window == MARK) else { return bytes };
    let empty_line = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an empty line");
    let length = (bytes.len() - empty_line - 4).to_string();
    [&bytes[..at], length.as_bytes(), &bytes[at + MARK.len()..]].concat()
}

#[test]
fn what_is_written_stands_for_bytes() {
    assert_eq!(bytes("a↵\\r\\x00\\\\ñ{b*3}{c}\\x7b7*7}"), "a\r\n\r\0\\ñbbb{c}{7*7}".as_bytes());
    assert_eq!(bytes("Content-Length: {length}↵↵ñ="), "Content-Length: 3\r\n\r\nñ=".as_bytes());
}

#[test]
fn the_corpus_has_six_hundred_different_requests() {
    let counts = [
        ("methods.txt", 12),
        ("paths.txt", 80),
        ("headers.txt", 120),
        ("bodies.txt", 250),
        ("smuggling.txt", 25),
        ("http2.txt", 40),
        ("unicode.txt", 73),
    ];
    for (name, count) in counts {
        let mut written: Vec<String> = read(name).into_iter().map(|line| line.written).collect();
        written.sort();
        written.dedup();
        assert_eq!(written.len(), count, "{name}");
    }
}
