//! Values on their way into SQL and out of it.

use crate::fault::StoreFault;
use bytes::BytesMut;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::{FromSql, ToSql, ToSqlOutput, ValueRef};
use std::borrow::Cow;
use std::error::Error;
use tokio_postgres::types::{self as postgres_types, IsNull, Type};
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::flow::Purpose;
use zaguan_domain::id::{AccountId, DataRequestId, EmailChangeId, FlowId, KeyId, LetterId};
use zaguan_domain::token::TokenHash;

/// A value that takes the place of a `$n`.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Null,
    Integer(i64),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<u8> for Value<'_> {
    fn from(integer: u8) -> Self {
        Self::Integer(integer.into())
    }
}

impl From<u32> for Value<'_> {
    fn from(integer: u32) -> Self {
        Self::Integer(integer.into())
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Integer(time.as_millisecond())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Date> for Value<'_> {
    fn from(date: Date) -> Self {
        Self::Text(date.to_string().into())
    }
}

impl From<Document> for Value<'_> {
    fn from(document: Document) -> Self {
        Self::Text(document.to_stored().into())
    }
}

impl From<Purpose> for Value<'_> {
    fn from(purpose: Purpose) -> Self {
        Self::Text(purpose.to_stored().into())
    }
}

impl<'a> From<&'a EmailAddress> for Value<'a> {
    fn from(email: &'a EmailAddress) -> Self {
        Self::Text(email.as_str().into())
    }
}

impl<'a> From<&'a TokenHash> for Value<'a> {
    fn from(token: &'a TokenHash) -> Self {
        Self::Bytes(token.as_bytes())
    }
}

impl<'a> From<&'a [u8; 16]> for Value<'a> {
    fn from(bytes: &'a [u8; 16]) -> Self {
        Self::Bytes(bytes)
    }
}

macro_rules! identifiers {
    ($($name:ident),*) => {$(
        impl<'a> From<&'a $name> for Value<'a> {
            fn from(id: &'a $name) -> Self {
                Self::Bytes(id.as_bytes())
            }
        }
    )*};
}

identifiers!(AccountId, DataRequestId, EmailChangeId, FlowId, KeyId, LetterId);

/// The columns of one row, read from left to right.
pub(crate) struct Columns<'a> {
    row: Row<'a>,
    next: usize,
}

/// A row of either database.
#[derive(Clone, Copy)]
enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Columns<'a> {
    pub(crate) fn of(row: &'a rusqlite::Row<'a>) -> Self {
        Self { row: Row::Sqlite(row), next: 0 }
    }

    pub(crate) fn of_postgres(row: &'a tokio_postgres::Row) -> Self {
        Self { row: Row::Postgres(row), next: 0 }
    }

    /// How many columns the row has.
    pub(crate) fn count(&self) -> usize {
        match self.row {
            Row::Sqlite(row) => row.as_ref().column_count(),
            Row::Postgres(row) => row.len(),
        }
    }

    /// The next column as the database has it.
    pub(crate) fn raw(&mut self) -> Result<ValueRef<'a>, StoreFault> {
        let raw = match self.row {
            Row::Sqlite(row) => row.get_ref(self.next).ok(),
            Row::Postgres(row) => row.try_get(self.next).ok().map(|Raw(value)| value),
        };
        let raw = raw.ok_or_else(|| self.unreadable())?;
        self.next += 1;
        Ok(raw)
    }

    /// The next column.
    pub(crate) fn value<T: FromSql>(&mut self) -> Result<T, StoreFault> {
        self.parsed(Some)
    }

    /// The next column, made of what the database has.
    pub(crate) fn parsed<T, U>(&mut self, read: impl FnOnce(T) -> Option<U>) -> Result<U, StoreFault>
    where
        T: FromSql,
    {
        let value = T::column_result(self.raw()?).ok().and_then(read);
        value.ok_or_else(|| {
            self.next -= 1;
            self.unreadable()
        })
    }

    /// The next column, a word that stands for something.
    pub(crate) fn word<T>(&mut self, read: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreFault> {
        self.parsed(|word: Box<str>| read(&word))
    }

    /// The next column, perhaps a word that stands for something.
    pub(crate) fn optional_word<T>(
        &mut self,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreFault> {
        self.parsed(|word: Option<Box<str>>| match word {
            Some(word) => read(&word).map(Some),
            None => Some(None),
        })
    }

    /// The next column, a time.
    pub(crate) fn time(&mut self) -> Result<Timestamp, StoreFault> {
        self.parsed(read_time)
    }

    /// The next column, perhaps a time.
    pub(crate) fn optional_time(&mut self) -> Result<Option<Timestamp>, StoreFault> {
        self.parsed(|milliseconds: Option<i64>| match milliseconds {
            Some(milliseconds) => read_time(milliseconds).map(Some),
            None => Some(None),
        })
    }

    /// The next column, a document.
    pub(crate) fn document(&mut self) -> Result<Document, StoreFault> {
        self.word(Document::from_stored)
    }

    /// The next column, an address.
    pub(crate) fn email(&mut self) -> Result<EmailAddress, StoreFault> {
        self.word(EmailAddress::from_stored)
    }

    /// The next column, perhaps an address.
    pub(crate) fn optional_email(&mut self) -> Result<Option<EmailAddress>, StoreFault> {
        self.optional_word(EmailAddress::from_stored)
    }

    /// The next column, a purpose.
    pub(crate) fn purpose(&mut self) -> Result<Purpose, StoreFault> {
        self.word(Purpose::from_stored)
    }

    /// The next column, the hash of a token.
    pub(crate) fn token(&mut self) -> Result<TokenHash, StoreFault> {
        self.value().map(TokenHash::from_bytes)
    }

    /// The next column, perhaps the hash of a token.
    pub(crate) fn optional_token(&mut self) -> Result<Option<TokenHash>, StoreFault> {
        Ok(self.value::<Option<_>>()?.map(TokenHash::from_bytes))
    }

    /// The next column, an identifier.
    pub(crate) fn id<T>(&mut self, name: impl FnOnce([u8; 16]) -> T) -> Result<T, StoreFault> {
        self.value().map(name)
    }

    /// The next column, perhaps an identifier.
    pub(crate) fn optional_id<T>(
        &mut self,
        name: impl FnOnce([u8; 16]) -> T,
    ) -> Result<Option<T>, StoreFault> {
        Ok(self.value::<Option<_>>()?.map(name))
    }

    fn unreadable(&self) -> StoreFault {
        let name = match self.row {
            Row::Sqlite(row) => row.as_ref().column_name(self.next).ok(),
            Row::Postgres(row) => row.columns().get(self.next).map(tokio_postgres::Column::name),
        };
        StoreFault::Unreadable { column: name.unwrap_or("?").to_owned() }
    }
}

/// A row of one column, a text.
pub(crate) fn only_text(columns: &mut Columns<'_>) -> Result<String, StoreFault> {
    columns.value()
}

/// A row of one column, whether something is so.
pub(crate) fn only_flag(columns: &mut Columns<'_>) -> Result<bool, StoreFault> {
    columns.value()
}

/// A row of one column, a time.
pub(crate) fn only_time(columns: &mut Columns<'_>) -> Result<Timestamp, StoreFault> {
    columns.time()
}

fn read_time(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}

/// A value as PostgreSQL sends it, borrowed from its row.
struct Raw<'a>(ValueRef<'a>);

impl<'a> postgres_types::FromSql<'a> for Raw<'a> {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *of {
            Type::BOOL => ValueRef::Integer(i64::from(raw == [1])),
            Type::INT2 | Type::INT4 | Type::INT8 => ValueRef::Integer(integer_of(raw)),
            Type::BYTEA => ValueRef::Blob(raw),
            _ => ValueRef::Text(raw),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(ValueRef::Null))
    }

    fn accepts(of: &Type) -> bool {
        [Type::BOOL, Type::INT2, Type::INT4, Type::INT8, Type::BYTEA, Type::TEXT, Type::VARCHAR, Type::NAME]
            .contains(of)
    }
}

/// A number of two, four or eight bytes, the first of which says its sign.
fn integer_of(raw: &[u8]) -> i64 {
    let sign = raw.first().map_or(0, |first| i64::from(first.cast_signed() >> 7));
    raw.iter().fold(sign, |number, byte| number << 8 | i64::from(*byte))
}

impl postgres_types::ToSql for Value<'_> {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Integer(integer) => match *of {
                Type::INT4 => out.extend_from_slice(&i32::try_from(*integer)?.to_be_bytes()),
                Type::BOOL => out.extend_from_slice(&[u8::from(*integer != 0)]),
                _ => out.extend_from_slice(&integer.to_be_bytes()),
            },
            // The one character that its texts cannot hold means nothing in any of ours.
            Self::Text(text) => out.extend(text.bytes().filter(|byte| *byte != 0)),
            Self::Bytes(bytes) => out.extend_from_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres_types::to_sql_checked!();
}
