//! Tells by its first bytes what a file is that is no CSV.

use super::fault::Refusal;

/// Refuses what is clearly something else than text in UTF-8.
pub(super) fn refuse_other_formats(start: &[u8]) -> Result<(), Refusal> {
    let begins = |magic: &[u8]| start.starts_with(magic);
    let has = |name: &[u8]| start.windows(name.len()).any(|part| part == name);
    let is_archive = begins(b"PK\x03\x04");
    let is_workbook = is_archive && (has(b"[Content_Types].xml") || has(b"xl/") || has(b"_rels/"))
        || begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    let refusal = if start.is_empty() || start == b"\xef\xbb\xbf" {
        Refusal::Empty
    } else if is_workbook {
        Refusal::Workbook
    } else if is_archive || begins(b"PK\x05\x06") || begins(b"\x1f\x8b") || begins(b"7z\xbc\xaf\x27\x1c") {
        Refusal::Compressed
    } else if begins(b"%PDF") {
        Refusal::Pdf
    } else if begins(b"\xff\xfe") || begins(b"\xfe\xff") {
        Refusal::Utf16
    } else if start.contains(&0) {
        Refusal::Binary
    } else {
        return Ok(());
    };
    Err(refusal)
}
