//! Writes and reads frames of HTTP/2 (RFC 9113), as far as hostile requests need it.

use crate::corpus;

const KINDS: [&str; 10] = [
    "DATA",
    "HEADERS",
    "PRIORITY",
    "RST_STREAM",
    "SETTINGS",
    "PUSH_PROMISE",
    "PING",
    "GOAWAY",
    "WINDOW_UPDATE",
    "CONTINUATION",
];

/// The bytes of a written request: frames with ` / ` between them.
pub(crate) fn bytes(written: &str) -> Vec<u8> {
    written.split(" / ").flat_map(part).collect()
}

/// A frame, or several joined by ` + `, perhaps many times.
fn part(text: &str) -> Vec<u8> {
    let times = text.split_once("x ").and_then(|(times, rest)| Some((times.parse::<u32>().ok()?, rest)));
    let (times, text) = times.unwrap_or((1, text));
    let once =
        |n: u32| text.split(" + ").flat_map(move |frame| frame_of(frame, 2 * n + 1)).collect::<Vec<u8>>();
    (0..times).flat_map(once).collect()
}

fn frame_of(text: &str, next_stream: u32) -> Vec<u8> {
    if text == "PREFACE" {
        return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    }
    if let Some(raw) = text.strip_prefix("RAW ") {
        return payload(raw);
    }
    let mut words = text.splitn(4, ' ');
    let mut word = || words.next().unwrap_or("-");
    let kind = word();
    let kind = KINDS.iter().position(|known| *known == kind).expect("a kind of frame");
    let flags: u8 = word().parse().expect("flags");
    let stream = match word() {
        "n" => next_stream,
        number => number.parse().expect("a stream"),
    };
    frame(u8::try_from(kind).expect("a kind"), flags, stream, &payload(word()))
}

/// A frame, cut into as many bytes as one may have; what is longer is the corpus's own fault.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a length").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn payload(text: &str) -> Vec<u8> {
    if text == "-" {
        return Vec::new();
    }
    if let Some(hex) = text.strip_prefix("x:") {
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
        return (0..hex.len()).step_by(2).map(byte).collect();
    }
    if !text.starts_with('[') {
        return corpus::bytes(text);
    }
    let fields = text.trim_start_matches('[').trim_end_matches(']').split("] [");
    fields.flat_map(|field| literal(field.split_at(field[1..].find('=').expect("a value") + 1))).collect()
}

/// A field that is never indexed, its name and value as they are (RFC 7541, 6.2.3).
fn literal((name, value): (&str, &str)) -> Vec<u8> {
    let (name, value) = (corpus::bytes(name), corpus::bytes(&value[1..]));
    let mut bytes = vec![0x10];
    for text in [name, value] {
        bytes.extend(integer(text.len()));
        bytes.extend(text);
    }
    bytes
}

/// A length with a prefix of seven bits (RFC 7541, 5.1).
fn integer(mut value: usize) -> Vec<u8> {
    if value < 127 {
        return vec![u8::try_from(value).expect("small")];
    }
    value -= 127;
    let mut bytes = vec![127];
    while value >= 128 {
        bytes.push(u8::try_from(value % 128).expect("small") | 128);
        value /= 128;
    }
    bytes.push(u8::try_from(value).expect("small"));
    bytes
}

/// What the frames of an answer say: statuses, `reset` and `goaway`, sorted, each once.
pub(crate) fn told(mut bytes: &[u8]) -> Vec<String> {
    let mut told = Vec::new();
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = bytes {
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let Some(payload) = rest.get(..length) else { break };
        match KINDS.get(usize::from(*kind)) {
            Some(&"HEADERS") => told.push(status(payload)),
            Some(&"RST_STREAM") => told.push("reset".to_owned()),
            Some(&"GOAWAY") => told.push("goaway".to_owned()),
            _ => {}
        }
        bytes = &rest[length..];
    }
    told.sort();
    told.dedup();
    told
}

/// The status that a header block begins with: a whole entry of the static table, or a value for `:status`, which is
/// entry 8, as it is or in Huffman's code (RFC 7541, appendices A and B). A later answer of a connection may point into
/// the table that the first one filled; it is told as `again`.
fn status(block: &[u8]) -> String {
    const WHOLE: [u16; 7] = [200, 204, 206, 304, 400, 404, 500];
    match block {
        [first @ 0x88..=0x8e, ..] => WHOLE[usize::from(first - 0x88)].to_string(),
        [0x48 | 0x08 | 0x18, length, rest @ ..] => {
            let value = &rest[..usize::from(length & 0x7f)];
            if length & 0x80 == 0 { String::from_utf8_lossy(value).into_owned() } else { digits(value) }
        }
        [0x80..=0xff, ..] => "again".to_owned(),
        _ => panic!("a block that begins {block:02x?}"),
    }
}

/// Digits in Huffman's code: `0`, `1` and `2` have five bits, the others six.
fn digits(bytes: &[u8]) -> String {
    let mut bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
    let mut text = String::new();
    while text.len() < 3 {
        let mut code = (0..5).fold(0, |code, _| code << 1 | bits.next().expect("a digit"));
        let digit = if code < 3 {
            code
        } else {
            code = code << 1 | bits.next().expect("a digit");
            code - 0b01_1001 + 3
        };
        text.push(char::from(b'0' + digit));
    }
    text
}

#[test]
fn frames_are_written_as_the_standard_says() {
    assert_eq!(bytes("SETTINGS 0 0 -"), [0, 0, 0, 4, 0, 0, 0, 0, 0]);
    assert_eq!(
        bytes("2x HEADERS 5 n [:a=b]")[9..],
        [16, 2, b':', b'a', 1, b'b', 0, 0, 6, 1, 5, 0, 0, 0, 3, 16, 2, b':', b'a', 1, b'b']
    );
    assert_eq!(integer(127 + 1337), [127, 185, 10]);
}

#[test]
fn statuses_are_read_as_the_standard_says() {
    // RFC 7541, appendix C.6.1: 302 in Huffman's code is 6402.
    assert_eq!(status(&[0x48, 0x82, 0x64, 0x02]), "302");
    assert_eq!(status(&[0x8e]), "500");
    assert_eq!(status(&[0x48, 3, b'4', b'2', b'1']), "421");
}
