//! One cell: out of the wrappings that spreadsheets and people put around it, so that they keep its zeros.

use crate::encoding::encoded_once;

/// Writes the cell to `out`, and answers whether its letters were encoded twice.
pub(crate) fn unwrap_into(cell: &str, out: &mut String) -> bool {
    out.clear();
    let bare = bare(cell);
    if bare.is_ascii() {
        out.push_str(bare);
        return false;
    }
    let repaired = encoded_once(bare);
    out.push_str(repaired.as_deref().map_or(bare, str::trim));
    repaired.is_some()
}

/// Without blanks around it, without `="…"`, without quotes around the whole, without the `'` that says "this is text".
fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    let within = |opening: &str| {
        let inner = cell.strip_prefix(opening)?.strip_suffix('"')?;
        (!inner.contains('"')).then_some(inner.trim())
    };
    match cell.as_bytes() {
        [b'=', b'"', ..] => within("=\"").unwrap_or(cell),
        [b'"', ..] => within("\"").unwrap_or(cell),
        // Of a name such as 't Hooft it is a letter.
        [b'\'', next, ..] if next.is_ascii_digit() || b"=+-@".contains(next) => &cell[1..],
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::unwrap_into;

    fn unwrapped(cell: &str) -> (String, bool) {
        let mut out = "what was there before".to_owned();
        let repaired = unwrap_into(cell, &mut out);
        (out, repaired)
    }

    #[test]
    fn quirk_8_what_keeps_zeros_is_taken_off() {
        for (cell, expected) in [
            ("=\"00012345\"", "00012345"),
            (" '00012345 ", "00012345"),
            ("\"00012345\" ", "00012345"),
            ("=\"\"", ""),
            ("'=HYPERLINK", "=HYPERLINK"),
        ] {
            assert_eq!(unwrapped(cell), (expected.to_owned(), false), "{cell}");
        }
    }

    #[test]
    fn what_only_looks_wrapped_stays() {
        for cell in ["'t Hooft", "\"", "=\"", "'", "=\"1\"&\"2\"", "\"BIS\" 9 \"B\"", "CALLE 9 \"BIS\""] {
            assert_eq!(unwrapped(cell), (cell.to_owned(), false), "{cell}");
        }
    }

    #[test]
    fn quirk_5_letters_encoded_twice_are_repaired_and_right_ones_stay() {
        assert_eq!(unwrapped("MUÃ‘OZ"), ("MUÑOZ".to_owned(), true));
        assert_eq!(unwrapped("JosÃ© Ãlvarez"), ("JosÃ© Ãlvarez".to_owned(), false), "half of it is not");
        assert_eq!(unwrapped("JosÃ© MarÃ\u{ad}a"), ("José María".to_owned(), true));
        for right in ["MUÑOZ", "Ã", "São Paulo Â", "PÃO", "Ñandú"] {
            assert_eq!(unwrapped(right), (right.to_owned(), false), "{right}");
        }
    }
}
