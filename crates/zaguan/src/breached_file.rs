//! A file of breached passwords, in the shape in which Have I Been Pwned gives them out, looked up where it lies.
//!
//! A line has the SHA-1 of a password in 40 hexadecimal digits, perhaps a colon and how often it was seen, and the lines
//! are in the order of the digests. Such a file has tens of gigabytes; some 25 reads of a page find any line of it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use zaguan_domain::password::BreachDigest;

/// What is read at once, in bytes. No line is longer.
const PAGE: usize = 4096;
/// The stretch that is read line by line once nothing is left to halve, in bytes.
const STRETCH: u64 = 1024;
/// How many lines the check compares, spread over the whole file.
const SAMPLES: u64 = 500;
const HEX_DIGITS: usize = 2 * BreachDigest::BYTES;
/// How many digits the NTLM hash of a password has, which the same people give out as another file.
const NTLM_DIGITS: usize = 32;

/// A file of breached passwords. It is opened for each look-up, so that another one can be put in its place at any time.
#[derive(Clone, Debug)]
pub struct BreachedFile {
    path: PathBuf,
}

/// Why the file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum BreachedFileFault {
    /// It cannot be opened or read.
    #[error("it cannot be read ({0}); name a list of breached passwords, or take the line away")]
    Unreadable(#[from] io::Error),
    /// There is nothing in it.
    #[error("it is empty; name a list of breached passwords, or take the line away")]
    Empty,
    /// It has hashes of another kind.
    #[error("it has NTLM hashes; name the list with SHA-1 hashes")]
    Ntlm,
    /// A line is none of such a list.
    #[error(
        "at byte {at} there is no line of 40 hexadecimal digits; name a list of SHA-1 hashes in their order"
    )]
    NotALine {
        /// Where the line begins, in bytes.
        at: u64,
    },
    /// A line is out of order.
    #[error(
        "its hashes are out of order before byte {at}; name the list in the order of its hashes, or sort it: LC_ALL=C sort -o FILE FILE"
    )]
    NotSorted {
        /// Where the line begins, in bytes.
        at: u64,
    },
}

/// A line of the file.
struct Line {
    at: u64,
    digest: BreachDigest,
}

/// The file while it is open.
struct Opened {
    file: File,
    length: u64,
}

impl BreachedFile {
    /// The file of this name, which need not be there yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Its name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file has a password. It waits for the disk.
    pub fn has(&self, wanted: &BreachDigest) -> Result<bool, BreachedFileFault> {
        self.open()?.has(wanted)
    }

    /// Reads lines all over the file, and finds out whether they are of the right kind and in order.
    pub fn check(&self) -> Result<(), BreachedFileFault> {
        let opened = self.open()?;
        let Some(mut last) = opened.line_at(0)? else { return Ok(()) };
        for sample in 0..SAMPLES {
            // In a small file one line after the other.
            let at = last.at.max(opened.length / SAMPLES * sample);
            let Some(line) = opened.line_after(at)? else { break };
            if last.digest > line.digest {
                return Err(BreachedFileFault::NotSorted { at: line.at });
            }
            last = line;
        }
        Ok(())
    }

    fn open(&self) -> Result<Opened, BreachedFileFault> {
        let file = File::open(&self.path)?;
        let length = file.metadata()?.len();
        if length == 0 { Err(BreachedFileFault::Empty) } else { Ok(Opened { file, length }) }
    }
}

impl Opened {
    /// Halves the stretch in which the line can begin, then reads what is left of it.
    fn has(&self, wanted: &BreachDigest) -> Result<bool, BreachedFileFault> {
        let (mut from, mut to) = (0, self.length);
        while to - from > STRETCH {
            let middle = from + (to - from) / 2;
            match self.line_after(middle)? {
                Some(line) if line.at < to => match line.digest.cmp(wanted) {
                    std::cmp::Ordering::Less => from = line.at,
                    std::cmp::Ordering::Equal => return Ok(true),
                    std::cmp::Ordering::Greater => to = line.at,
                },
                _ => to = middle + 1,
            }
        }
        let mut next = self.line_at(from)?;
        while let Some(line) = next.filter(|line| line.digest <= *wanted) {
            if line.digest == *wanted {
                return Ok(true);
            }
            next = self.line_after(line.at)?;
        }
        Ok(false)
    }

    /// The first line that begins after a byte; nothing where that byte is in the last one.
    fn line_after(&self, at: u64) -> Result<Option<Line>, BreachedFileFault> {
        let page = self.read(at, PAGE)?;
        let Some(end) = page.iter().position(|&byte| byte == b'\n') else {
            let is_last = self.length - at <= PAGE as u64;
            return if is_last { Ok(None) } else { Err(BreachedFileFault::NotALine { at }) };
        };
        self.line_at(at + end as u64 + 1)
    }

    /// The line that begins at a byte; nothing at the end of the file.
    fn line_at(&self, at: u64) -> Result<Option<Line>, BreachedFileFault> {
        let line = self.read(at, HEX_DIGITS + 1)?;
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        match (digits, line.get(digits)) {
            (HEX_DIGITS, None | Some(b':' | b'\r' | b'\n' | b' ')) => {}
            (NTLM_DIGITS, Some(b':' | b'\r' | b'\n' | b' ')) => return Err(BreachedFileFault::Ntlm),
            _ if line.iter().all(u8::is_ascii_whitespace) && self.length - at <= line.len() as u64 => {
                return Ok(None);
            }
            _ => return Err(BreachedFileFault::NotALine { at }),
        }
        let mut digest = [0; BreachDigest::BYTES];
        for (byte, pair) in digest.iter_mut().zip(line.chunks_exact(2)) {
            *byte = value(pair[0]) << 4 | value(pair[1]);
        }
        Ok(Some(Line { at, digest: BreachDigest::from_bytes(digest) }))
    }

    /// This many bytes from a place, or fewer at the end of the file.
    fn read(&self, at: u64, wanted: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; wanted];
        let mut has = 0;
        while has < wanted {
            match self.file.read_at(&mut bytes[has..], at + has as u64) {
                Ok(0) => break,
                Ok(more) => has += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(has);
        Ok(bytes)
    }
}

/// What a hexadecimal digit stands for.
fn value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}
