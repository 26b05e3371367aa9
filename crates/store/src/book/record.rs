//! Records: a row of the book as bytes, which sort as the table's key does and are alike when the rows are.

use crate::fault::StoreFault;
use crate::policies::{BookRow, state_word};
use crate::value::Columns;
use std::io::{self, Read};
use zaguan_domain::email::EmailAddress;
use zaguan_domain::policy::PolicyNumber;

/// How many columns the key has: document, line and what equal numbers share.
const KEY_COLUMNS: usize = 3;

/// How many columns a row has behind its key.
const VALUE_COLUMNS: usize = 8;

/// Which of them, behind the key, is the discriminator.
pub(crate) const DISCRIMINATOR: usize = 5;

/// Which of them, behind the key, is the address.
pub(crate) const EMAIL: usize = 6;

/// The first byte of the value, where a policy is there.
const KEPT: u8 = 1;

/// The only byte of the value, where a policy is to end.
const ENDED: u8 = 0;

/// The length of a column without a value.
const NULL: u8 = 255;

/// Says that the length follows in four bytes.
const LONG: u8 = 254;

/// The bytes of a length.
const LENGTH: usize = size_of::<usize>();

/// A row of the book as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    key: Vec<u8>,
    value: Vec<u8>,
}

/// The columns of a record, from left to right as in the table.
pub(crate) struct RecordColumns<'a> {
    pub(crate) key: [&'a str; KEY_COLUMNS],
    pub(crate) value: [Option<&'a str>; VALUE_COLUMNS],
}

impl Record {
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    pub(crate) fn value(&self) -> &[u8] {
        &self.value
    }

    /// Whether the policy is there; otherwise it is to end.
    pub(crate) fn is_kept(&self) -> bool {
        self.value.first() == Some(&KEPT)
    }

    /// Becomes a row of the book.
    pub(crate) fn keep(&mut self, row: &BookRow) {
        self.put_key(row);
        let policy = &row.policy;
        self.value.clear();
        self.value.push(KEPT);
        put(&mut self.value, Some(policy.number.as_str()));
        for day in [policy.from, policy.to] {
            put(&mut self.value, day.map(|day| day.to_string()).as_deref());
        }
        put(&mut self.value, policy.state.map(state_word));
        put(&mut self.value, Some(&policy.holder));
        put(&mut self.value, Some(&policy.discriminator));
        put(&mut self.value, policy.email.as_ref().map(EmailAddress::as_str));
        let previous: Vec<&str> = policy.previous.iter().map(PolicyNumber::as_str).collect();
        put(&mut self.value, Some(&previous.join("\n")));
    }

    /// Becomes the end of a policy.
    pub(crate) fn end(&mut self, row: &BookRow) {
        self.put_key(row);
        self.value.clear();
        self.value.push(ENDED);
    }

    /// Becomes a row of the table of a generation, all of whose columns are there.
    pub(crate) fn take(&mut self, row: &mut Columns<'_>) -> Result<(), StoreFault> {
        self.key.clear();
        self.value.clear();
        self.value.push(KEPT);
        for column in 0..KEY_COLUMNS + VALUE_COLUMNS {
            let text = row.raw()?.as_str_or_null().map_err(|_| unreadable(column))?;
            if column < KEY_COLUMNS {
                put_key_column(&mut self.key, column, text.unwrap_or_default());
            } else {
                put(&mut self.value, text);
            }
        }
        Ok(())
    }

    fn put_key(&mut self, row: &BookRow) {
        self.key.clear();
        put_key_column(&mut self.key, 0, &row.document.to_stored());
        put_key_column(&mut self.key, 1, row.policy.line.slug());
        put_key_column(&mut self.key, 2, &row.policy.number.key());
    }

    /// The columns; nothing where they are none that this program writes.
    pub(crate) fn columns(&self) -> Option<RecordColumns<'_>> {
        let mut key = [""; KEY_COLUMNS];
        let mut parts = std::str::from_utf8(&self.key).ok()?.split('\0');
        for column in &mut key {
            *column = parts.next()?;
        }
        let mut value = [None; VALUE_COLUMNS];
        let mut rest = self.value.get(1..)?;
        for column in &mut value {
            rest = take_column(rest, column)?;
        }
        Some(RecordColumns { key, value })
    }

    /// The columns, or a fault.
    pub(crate) fn readable_columns(&self) -> Result<RecordColumns<'_>, StoreFault> {
        self.columns().ok_or_else(|| StoreFault::Unreadable { column: "policy".to_owned() })
    }

    /// How many bytes [`Record::write_to`] adds.
    pub(crate) fn written_length(&self) -> usize {
        2 * LENGTH + self.key.len() + self.value.len()
    }

    /// Writes itself behind what is there.
    pub(crate) fn write_to(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.key.len().to_le_bytes());
        bytes.extend_from_slice(&self.value.len().to_le_bytes());
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(&self.value);
    }

    /// Becomes the next record of a file of them; says whether there was one.
    pub(crate) fn read_from(&mut self, file: &mut impl Read) -> io::Result<bool> {
        let mut lengths = [[0; LENGTH]; 2];
        match file.read_exact(lengths.as_flattened_mut()) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            read => read?,
        }
        for (bytes, length) in [&mut self.key, &mut self.value].into_iter().zip(lengths) {
            bytes.resize(usize::from_le_bytes(length), 0);
            file.read_exact(bytes)?;
        }
        Ok(true)
    }
}

/// A record where [`Record::write_to`] wrote it.
pub(crate) struct WrittenRecord<'a> {
    pub(crate) whole: &'a [u8],
    pub(crate) key: &'a [u8],
}

/// The record that was written at this place.
pub(crate) fn written_record(bytes: &[u8], start: usize) -> WrittenRecord<'_> {
    let length = |place: usize| {
        let bytes = bytes[place..].first_chunk().copied();
        usize::from_le_bytes(bytes.unwrap_or_default())
    };
    let (of_key, of_value) = (length(start), length(start + LENGTH));
    let key = start + 2 * LENGTH;
    WrittenRecord { whole: &bytes[start..key + of_key + of_value], key: &bytes[key..key + of_key] }
}

/// NUL is less than any character, so the keys sort as their columns do, one after the other.
fn put_key_column(key: &mut Vec<u8>, column: usize, text: &str) {
    if column > 0 {
        key.push(0);
    }
    key.extend_from_slice(text.as_bytes());
}

fn put(value: &mut Vec<u8>, text: Option<&str>) {
    let Some(text) = text else {
        return value.push(NULL);
    };
    match u8::try_from(text.len()) {
        Ok(length) if length < LONG => value.push(length),
        _ => {
            value.push(LONG);
            value.extend_from_slice(&text.len().to_le_bytes());
        }
    }
    value.extend_from_slice(text.as_bytes());
}

/// Reads the column in front, and answers what is behind it; nothing where there is no column.
fn take_column<'a>(bytes: &'a [u8], column: &mut Option<&'a str>) -> Option<&'a [u8]> {
    let (&length, behind) = bytes.split_first()?;
    let (length, behind) = match length {
        NULL => {
            *column = None;
            return Some(behind);
        }
        LONG => {
            let (length, behind) = behind.split_first_chunk()?;
            (usize::from_le_bytes(*length), behind)
        }
        length => (usize::from(length), behind),
    };
    let (text, behind) = behind.split_at_checked(length)?;
    *column = Some(std::str::from_utf8(text).ok()?);
    Some(behind)
}

fn unreadable(column: usize) -> StoreFault {
    StoreFault::Unreadable { column: format!("policy, the {column}. from 0") }
}
