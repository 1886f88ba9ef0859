//! A filter as SQL: text with numbered placeholders, and values beside it. Of the expression's text nothing comes into the
//! SQL but the numbers of rules; field names come from the schema, which takes only letters, digits and `_`.

mod condition;
mod member;
mod operands;
mod stored;

use std::fmt::Write;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(super) use condition::condition;
pub use stored::{index_expression, key_expression};

/// A condition for `WHERE`, in pieces: whoever sends it puts a placeholder for each value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sql {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(String),
    Value(SqlValue),
}

/// A parameter, of the type that follows it in the text as a cast.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlValue {
    Text(String),
    Texts(Vec<String>),
    BigInt(i64),
    BigInts(Vec<i64>),
    Double(f64),
    Doubles(Vec<f64>),
    Boolean(bool),
    Booleans(Vec<bool>),
    Timestamp(DateTime<Utc>),
    Timestamps(Vec<DateTime<Utc>>),
    Uuid(Uuid),
    Uuids(Vec<Uuid>),
}

impl Sql {
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text with `$first`, `$first + 1` and so on, and the values in that order.
    pub fn numbered(&self, first: usize) -> (String, Vec<&SqlValue>) {
        let (mut text, mut values) = (String::new(), Vec::new());
        for piece in &self.pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Value(value) => {
                    // Writing to a String does not fail.
                    let _ = write!(text, "${}", first + values.len());
                    values.push(value);
                }
            }
        }
        (text, values)
    }

    fn push(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            Some(Piece::Value(_)) | None => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    fn push_value(&mut self, value: SqlValue) {
        let cast = value.cast();
        self.pieces.push(Piece::Value(value));
        self.push(cast);
    }
}

impl SqlValue {
    fn cast(&self) -> &'static str {
        match self {
            Self::Text(_) => "::text",
            Self::Texts(_) => "::text[]",
            Self::BigInt(_) => "::bigint",
            Self::BigInts(_) => "::bigint[]",
            Self::Double(_) => "::double precision",
            Self::Doubles(_) => "::double precision[]",
            Self::Boolean(_) => "::boolean",
            Self::Booleans(_) => "::boolean[]",
            Self::Timestamp(_) => "::timestamptz",
            Self::Timestamps(_) => "::timestamptz[]",
            Self::Uuid(_) => "::uuid",
            Self::Uuids(_) => "::uuid[]",
        }
    }
}

#[cfg(test)]
mod tests;
