//! The file of breached passwords: every line is found and nothing else, in each shape of file, and faults are told.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;
use zaguan::breached_file::BreachedFile;
use zaguan_domain::password::{BreachDigest, Password};

type Digest = [u8; 20];

/// How a file of breached passwords is written.
#[derive(Clone, Copy, Debug)]
struct Shape {
    counts: bool,
    line_end: &'static str,
    upper_case: bool,
    /// What stands behind the last line.
    end: &'static str,
}

const SHAPES: [Shape; 5] = [
    Shape { counts: true, line_end: "\n", upper_case: true, end: "\n" },
    Shape { counts: true, line_end: "\r\n", upper_case: true, end: "\r\n" },
    Shape { counts: false, line_end: "\n", upper_case: false, end: "\n" },
    Shape { counts: true, line_end: "\r\n", upper_case: true, end: "" },
    Shape { counts: false, line_end: "\n", upper_case: true, end: "\n\n\r\n" },
];

/// Digests in their order, spread like those of real passwords, the same each time.
fn digests(how_many: u32) -> Vec<Digest> {
    let digest = |number: u32| {
        let mut digest = [0; 20];
        let mut state = u64::from(number);
        for byte in &mut digest {
            // The constants of Knuth's generator; its upper bits are the good ones.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
        digest
    };
    let digests: BTreeSet<Digest> = (0..how_many).map(digest).collect();
    assert_eq!(digests.len(), how_many as usize, "all different");
    digests.into_iter().collect()
}

fn written(digests: &[Digest], shape: Shape) -> String {
    let mut text = String::new();
    for (place, digest) in digests.iter().enumerate() {
        if place > 0 {
            text.push_str(shape.line_end);
        }
        for byte in digest {
            let _ = if shape.upper_case { write!(text, "{byte:02X}") } else { write!(text, "{byte:02x}") };
        }
        if shape.counts {
            // Counts of one to eight digits, so that lines differ in length.
            let _ = write!(text, ":{}", 10_u32.pow(u32::from(digest[19] % 8)));
        }
    }
    text + shape.end
}

fn file(directory: &TempDir, contents: impl AsRef<[u8]>) -> BreachedFile {
    let path = directory.path().join("breached.txt");
    fs::write(&path, contents).unwrap();
    BreachedFile::new(path)
}

/// The digest that is one more, or one less.
fn beside(digest: Digest, more: bool) -> Digest {
    let mut beside = digest;
    for byte in beside.iter_mut().rev() {
        let (next, carried) = if more { byte.overflowing_add(1) } else { byte.overflowing_sub(1) };
        *byte = next;
        if !carried {
            break;
        }
    }
    beside
}

fn has(file: &BreachedFile, digest: Digest) -> bool {
    file.has(&BreachDigest::from_bytes(digest)).unwrap()
}

fn assert_found_and_nothing_beside(file: &BreachedFile, digest: Digest, what: &str) {
    assert!(has(file, digest), "{what}: {digest:02x?}");
    for more in [true, false] {
        assert!(!has(file, beside(digest, more)), "{what}: beside {digest:02x?}");
    }
}

#[test]
fn lines_all_over_a_file_of_a_hundred_thousand_are_found_in_every_shape() {
    let directory = TempDir::new().unwrap();
    let digests = digests(100_000);
    for shape in SHAPES {
        let file = file(&directory, written(&digests, shape));
        file.check().unwrap();
        let ends = digests[..50].iter().chain(&digests[digests.len() - 50..]);
        for digest in ends.chain(digests.iter().step_by(61)) {
            assert_found_and_nothing_beside(&file, *digest, &format!("{shape:?}"));
        }
        assert!(!has(&file, [0; 20]) && !has(&file, [0xff; 20]), "{shape:?}");
    }
}

#[test]
fn every_line_of_every_small_file_is_found() {
    let directory = TempDir::new().unwrap();
    let digests = digests(120);
    for lines in (1..40).chain([63, 64, 65, 119, 120]) {
        for shape in SHAPES {
            let file = file(&directory, written(&digests[..lines], shape));
            file.check().unwrap();
            for digest in &digests[..lines] {
                assert_found_and_nothing_beside(&file, *digest, &format!("{lines} lines, {shape:?}"));
            }
        }
    }
}

#[test]
fn a_last_line_with_a_very_long_count_and_no_end_is_found() {
    let directory = TempDir::new().unwrap();
    let digests = digests(100_000);
    let text = written(&digests, Shape { end: "", ..SHAPES[0] }) + "0".repeat(3_000).as_str();
    let file = file(&directory, text);
    file.check().unwrap();
    for digest in &digests[digests.len() - 200..] {
        assert_found_and_nothing_beside(&file, *digest, "a long last line");
    }
}

#[test]
fn a_password_is_found_by_its_digest() {
    let directory = TempDir::new().unwrap();
    let file = file(&directory, "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n");
    assert!(file.has(&Password::attempt("password").breach_digest()).unwrap());
    assert!(!file.has(&Password::attempt("Password").breach_digest()).unwrap());
}

#[test]
fn a_file_that_is_of_no_use_is_told_with_what_to_do() {
    let directory = TempDir::new().unwrap();
    let digests = digests(2_000);
    let good = written(&digests, SHAPES[0]);
    let mut by_count = digests.clone();
    by_count.sort_by_key(|digest| (digest[19] % 8, digest[3]));
    let mut torn = good.clone();
    torn.replace_range(..7, "");
    for (contents, told) in [
        (String::new(), "it is empty"),
        ("8846F7EAEE8FB117AD06BDD830B7586C:9545824\n".repeat(9), "NTLM hashes"),
        (written(&by_count, SHAPES[0]), "LC_ALL=C sort"),
        (written(&[digests[0], digests[2], digests[1]], SHAPES[0]), "LC_ALL=C sort"),
        (torn, "at byte 0 there is no line"),
        ("hash,count\n".to_owned() + good.as_str(), "at byte 0 there is no line"),
        ("x".repeat(100_000), "at byte 0 there is no line"),
        (
            good[..41].to_owned() + "1".repeat(50_000).as_str() + "\n" + good.as_str(),
            "there is no line of 40",
        ),
    ] {
        let fault = file(&directory, contents).check().unwrap_err().to_string();
        assert!(fault.contains(told), "{told}: {fault}");
    }
    let missing = BreachedFile::new(directory.path().join("nothing.txt"));
    assert!(missing.check().unwrap_err().to_string().contains("cannot be read"));
    assert!(missing.has(&BreachDigest::from_bytes([0; 20])).is_err());
}

#[test]
fn another_file_may_take_its_place_at_any_time() {
    let directory = TempDir::new().unwrap();
    let digests = digests(3_000);
    let in_use = file(&directory, written(&digests[..1_000], SHAPES[0]));
    assert!(has(&in_use, digests[5]) && !has(&in_use, digests[2_500]));
    fs::write(directory.path().join("new.txt"), written(&digests, SHAPES[1])).unwrap();
    fs::rename(directory.path().join("new.txt"), in_use.path()).unwrap();
    assert!(has(&in_use, digests[5]) && has(&in_use, digests[2_500]));
}
