//! The lines of a file, whatever they end in, each found once and seen ahead where quotes need it.

use crate::refusal::FileFault;
use crate::told::LineEnd;
use memchr::memchr2;
use std::io::Read;

/// No line of a list is longer.
pub(crate) const LINE_BYTES_AT_MOST: usize = 1024 * 1024;
const ROOM: usize = 256 * 1024;

/// A line in the buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// Where it begins, counted from the first line that is not taken yet.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// Where the next one begins.
    pub(crate) next: usize,
    /// What it ends in; nothing at the end of the file.
    pub(crate) ends_in: Option<LineEnd>,
}

/// Lines of bytes.
pub(crate) struct Lines {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    /// How many lines were taken.
    taken: u64,
}

impl Lines {
    pub(crate) fn new(reader: Box<dyn Read + Send>) -> Self {
        Self { reader, buffer: Vec::new(), start: 0, end: 0, ended: false, taken: 0 }
    }

    /// The number of the first line that is not taken, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.taken + 1
    }

    /// Finds the line that begins there, without taking it; nothing at the end of the file.
    pub(crate) fn find(&mut self, start: usize) -> Result<Option<Line>, FileFault> {
        let mut searched = start;
        loop {
            let unread = &self.buffer[self.start..self.end];
            if let Some(found) = memchr2(b'\n', b'\r', &unread[searched.min(unread.len())..]) {
                let end = searched + found;
                let (length, ends_in) = match (unread[end], unread.get(end + 1)) {
                    (b'\n', _) => (1, LineEnd::Lf),
                    (_, Some(b'\n')) => (2, LineEnd::CrLf),
                    // Whether this is half of a CR LF is told by the next byte.
                    (_, None) if !self.ended => {
                        self.fill()?;
                        searched = end;
                        continue;
                    }
                    (_, _) => (1, LineEnd::Cr),
                };
                return Ok(Some(Line { start, end, next: end + length, ends_in: Some(ends_in) }));
            }
            searched = unread.len();
            if searched.saturating_sub(start) > LINE_BYTES_AT_MOST {
                return Err(FileFault::LineTooLong { line: self.number() });
            }
            if self.ended {
                let line = Line { start, end: searched, next: searched, ends_in: None };
                return Ok((start < searched).then_some(line));
            }
            self.fill()?;
        }
    }

    /// The bytes of a line that was found, or of several.
    pub(crate) fn bytes(&self, start: usize, end: usize) -> &[u8] {
        &self.buffer[self.start + start..self.start + end]
    }

    /// Goes on to what begins there, so many lines further.
    pub(crate) fn take(&mut self, next: usize, lines: u64) {
        self.start += next;
        self.taken += lines;
    }

    fn fill(&mut self) -> Result<(), FileFault> {
        if self.buffer.len() - self.end < ROOM {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if self.buffer.len() - self.end < ROOM {
                self.buffer.resize(self.end + 2 * ROOM, 0);
            }
        }
        let length = loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.ended = length == 0;
        self.end += length;
        Ok(())
    }
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lines").field("taken", &self.taken).finish_non_exhaustive()
    }
}
