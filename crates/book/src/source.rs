//! The bytes of a file: refused by their first ones where they are something else, counted, and the same to the end.

use crate::encoding::{Census, Encoding};
use crate::refusal::{FileFault, NotABook};
use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use sha2::{Digest as _, Sha256};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek as _, Take};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// So much of the beginning of a file is looked at to understand it.
pub(crate) const HEAD_BYTES: u64 = 2 * 1024 * 1024;
const PIECE_BYTES: usize = 256 * 1024;

/// What a file is by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A workbook of Excel since 2007, or another archive.
    Xlsx,
    /// A workbook of Excel up to 2003.
    Xls,
}

/// Opens what is a regular file with something in it.
pub(crate) fn open(path: &Path) -> Result<File, NotABook> {
    // Asked before it is opened, because opening a pipe waits for its other end.
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(NotABook::Directory);
    }
    if !metadata.is_file() {
        return Err(NotABook::NotAFile);
    }
    if metadata.len() == 0 {
        return Err(NotABook::Empty);
    }
    Ok(File::open(path)?)
}

/// The beginning of the file.
pub(crate) fn head(file: &mut File) -> Result<Vec<u8>, NotABook> {
    let mut head = Vec::new();
    file.take(HEAD_BYTES).read_to_end(&mut head)?;
    file.rewind()?;
    Ok(head)
}

/// What the file is, or why it is no book.
pub(crate) fn kind(head: &[u8]) -> Result<Kind, NotABook> {
    const OTHERS: [(&[u8], &str); 7] = [
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"GIF8", "a picture"),
        (b"\x7fELF", "a program"),
        (b"MZ\x90\0", "a program"),
        (b"SQLite format 3\0", "a database"),
        (b"{\\rtf", "a document"),
    ];
    const ARCHIVES: [(&[u8], &str); 5] = [
        (b"\x1f\x8b", "gzip"),
        (b"7z\xbc\xaf", "7z"),
        (b"Rar!", "RAR"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ", "xz"),
    ];
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Xlsx);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(Kind::Xls);
    }
    if head.starts_with(b"%PDF-") {
        return Err(NotABook::Pdf);
    }
    if let Some((_, what)) = ARCHIVES.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(NotABook::Compressed(what));
    }
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(NotABook::Binary(what));
    }
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let start = start[..start.len().min(9)].to_ascii_lowercase();
    if [&b"<html"[..], b"<!doctype", b"<table", b"<?xml"].iter().any(|tag| start.starts_with(tag)) {
        return Err(NotABook::WebPage);
    }
    Ok(Kind::Text)
}

/// The encoding that a mark or a pattern at the beginning gives away, and how many bytes the mark has.
pub(crate) fn marked(head: &[u8]) -> Result<Option<(Encoding, usize)>, NotABook> {
    for (mark, encoding) in [
        (&b"\xef\xbb\xbf"[..], Encoding::Utf8),
        (b"\xff\xfe", Encoding::Utf16Le),
        (b"\xfe\xff", Encoding::Utf16Be),
    ] {
        if head.starts_with(mark) {
            return Ok(Some((encoding, mark.len())));
        }
    }
    let start = &head[..head.len().min(PIECE_BYTES)];
    let zeros = |first: usize| start.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), start.len() / 2);
    // Text in UTF-16 that is mostly ASCII has a zero in nearly every other place.
    if half >= 4 && odd * 10 > half * 7 && even * 10 < half {
        return Ok(Some((Encoding::Utf16Le, 0)));
    }
    if half >= 4 && even * 10 > half * 7 && odd * 10 < half {
        return Ok(Some((Encoding::Utf16Be, 0)));
    }
    let is_control = |byte: &&u8| **byte < 0x20 && !b"\0\t\n\r\x0c\x1a".contains(byte);
    let controls = start.iter().filter(is_control).count();
    if controls * 50 > start.len() || (even + odd) * 4 > start.len() {
        return Err(NotABook::Binary("machine data"));
    }
    Ok(None)
}

/// What is known of all the bytes of a file after reading them once.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    pub(crate) encoding: Encoding,
}

/// Reads the whole file once, for its hash and its encoding, so that no later byte comes as a surprise.
pub(crate) fn survey(file: &mut File) -> Result<Survey, NotABook> {
    let mut hash = Sha256::new();
    let mut census = Census::new();
    let mut bytes = 0;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            break;
        }
        hash.update(&piece[..length]);
        census.take(&piece[..length]);
        bytes += u64::try_from(length).unwrap_or(u64::MAX);
    }
    file.rewind()?;
    let sha256 = in_hexadecimal(&hash.finalize());
    Ok(Survey { sha256, bytes, encoding: census.verdict() })
}

fn in_hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// A file that must stay as it was, and how far it was read.
#[derive(Debug)]
pub(crate) struct Unchanged {
    file: File,
    before: Metadata,
    bytes: u64,
    read: Arc<AtomicU64>,
}

impl Unchanged {
    /// Watches the file, which has so many bytes.
    pub(crate) fn new(file: File, bytes: u64) -> Result<Self, NotABook> {
        let before = file.metadata()?;
        Ok(Self { file, before, bytes, read: Arc::new(AtomicU64::new(0)) })
    }

    /// A reader of its bytes that counts them.
    pub(crate) fn reader(&self) -> io::Result<Counted> {
        Ok(Counted { file: self.file.try_clone()?.take(self.bytes), read: Arc::clone(&self.read) })
    }

    /// At the end of a text: whether all of it was read, and it is still the file that it was.
    pub(crate) fn check(&self) -> Result<(), FileFault> {
        if self.bytes_read() == self.bytes { self.check_again() } else { Err(FileFault::Changed) }
    }

    /// Whether it is still the file that it was.
    pub(crate) fn check_again(&self) -> Result<(), FileFault> {
        let now = self.file.metadata()?;
        let is_same = now.len() == self.bytes && now.modified().ok() == self.before.modified().ok();
        if is_same { Ok(()) } else { Err(FileFault::Changed) }
    }

    /// How far it was read.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

/// Reads and counts.
#[derive(Debug)]
pub(crate) struct Counted {
    file: Take<File>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.read.fetch_add(u64::try_from(length).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(length)
    }
}

/// The bytes in which lines are looked for: those of the file without its mark, or UTF-8 where it is in UTF-16.
pub(crate) fn in_ascii<R: Read + Send + 'static>(
    reader: R,
    encoding: Encoding,
    mark: usize,
) -> io::Result<Box<dyn Read + Send>> {
    let mut reader = reader;
    let mut skipped = [0; 3];
    reader.read_exact(&mut skipped[..mark.min(3)])?;
    Ok(match encoding {
        Encoding::Utf16Le => Box::new(FromUtf16::new(reader, UTF_16LE.new_decoder_without_bom_handling())),
        Encoding::Utf16Be => Box::new(FromUtf16::new(reader, UTF_16BE.new_decoder_without_bom_handling())),
        Encoding::Utf8 | Encoding::Windows1252 | Encoding::Cp850 | Encoding::Cp437 => Box::new(reader),
    })
}

/// Makes UTF-8 of UTF-16.
struct FromUtf16<R> {
    reader: R,
    /// Nothing when it has told its last.
    decoder: Option<Decoder>,
    piece: Vec<u8>,
    /// What of the piece is not decoded yet.
    left: std::ops::Range<usize>,
    ended: bool,
}

impl<R: Read> FromUtf16<R> {
    fn new(reader: R, decoder: Decoder) -> Self {
        Self { reader, decoder: Some(decoder), piece: vec![0; PIECE_BYTES], left: 0..0, ended: false }
    }
}

impl<R: Read> Read for FromUtf16<R> {
    /// The buffer must have room for a character or two; that of the lines has.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            if self.left.is_empty() && !self.ended {
                let length = self.reader.read(&mut self.piece)?;
                self.left = 0..length;
                self.ended = length == 0;
            }
            let (result, read, written, _) =
                decoder.decode_to_utf8(&self.piece[self.left.clone()], buffer, self.ended);
            self.left.start += read;
            if self.ended && result == CoderResult::InputEmpty {
                self.decoder = None;
            }
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
