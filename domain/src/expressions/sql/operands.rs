//! Values in SQL, each as its family: `text`, `bigint`, `double precision` or `boolean`; a moment is its canonical text.

use super::{Sql, SqlValue, condition, stored::Source};
use crate::expressions::{
    Field,
    schema::{Kind, Place},
    tree::{Bound, Constant, Family, List, Operand},
};

/// What text is written for.
pub(super) struct Writer<'a> {
    pub(super) sql: Sql,
    pub(super) table: &'a str,
    pub(super) numbers: Numbers,
}

/// How the numbers of an expression come into the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// As values beside it.
    Bound,
    /// As they are: nothing can be hidden in a number.
    WrittenOut,
}

impl Writer<'_> {
    pub(super) fn push(&mut self, text: &str) {
        self.sql.push(text);
    }

    pub(super) fn push_value(&mut self, value: SqlValue) {
        self.sql.push_value(value);
    }

    pub(super) fn source<'f>(&self, field: &'f Field) -> Source<'f> {
        Source::new(self.table, field)
    }

    pub(super) fn operand(&mut self, operand: &Operand<Bound>, family: Family) {
        match operand {
            Operand::Field(field) => {
                let value = self.source(field).value();
                self.push(&value);
                if family == Family::Number && field.kind() == Kind::Integer {
                    self.push("::double precision");
                }
            }
            Operand::Constant(constant) => self.constant(constant, family),
            Operand::Lower(inner) => {
                self.push("lower(");
                self.operand(inner, Family::Text);
                self.push(")");
            }
            Operand::Length(inner) => {
                self.push("char_length(");
                self.operand(inner, Family::Text);
                self.push(")");
                self.as_whole(family);
            }
            Operand::Count(List::Field(field)) => {
                let json = self.source(field).json();
                self.push(&format!("(CASE WHEN jsonb_typeof({json}) = 'array' THEN jsonb_array_length({json}) END)"));
                self.as_whole(family);
            }
            Operand::Count(List::Constant(items)) => {
                self.push(&items.len().to_string());
                self.as_whole(family);
            }
            Operand::Truth(predicate) => {
                self.push("(");
                condition::write(self, predicate);
                self.push(" IS TRUE)");
            }
            Operand::Count(List::Variable(never)) | Operand::Variable(never) => match *never {},
        }
    }

    fn as_whole(&mut self, family: Family) {
        self.push(if family == Family::Number { "::double precision" } else { "::bigint" });
    }

    fn constant(&mut self, constant: &Constant, family: Family) {
        let value = match constant {
            Constant::Absent => return self.push("NULL"),
            Constant::Text(text) => SqlValue::Text(text.clone()),
            #[expect(clippy::cast_precision_loss, reason = "a comparison with a number is one of doubles")]
            Constant::Integer(value) if family == Family::Number => SqlValue::Double(*value as f64),
            Constant::Integer(value) => SqlValue::BigInt(*value),
            Constant::Number(value) => SqlValue::Double(*value),
            Constant::Boolean(value) => SqlValue::Boolean(*value),
            Constant::Moment(moment) => SqlValue::Text(moment.text().to_owned()),
        };
        match (self.numbers, value) {
            (Numbers::WrittenOut, SqlValue::BigInt(value)) => self.push(&format!("'{value}'::bigint")),
            (Numbers::WrittenOut, SqlValue::Double(value)) => self.push(&format!("'{value:?}'::double precision")),
            (Numbers::WrittenOut, SqlValue::Boolean(value)) => self.push(&value.to_string()),
            (Numbers::WrittenOut | Numbers::Bound, value) => self.push_value(value),
        }
    }
}

/// The field, if it is a column whose own type is not that of its family: an index on the column serves only if it is
/// compared as it is.
pub(super) fn native_column(operand: &Operand<Bound>) -> Option<&Field> {
    match operand {
        Operand::Field(field) => match (field.place(), field.kind()) {
            (Place::Column, Kind::Id | Kind::Timestamp) => Some(field),
            (Place::Column, Kind::String | Kind::Integer | Kind::Number | Kind::Boolean) | (Place::Data, _) => None,
        },
        Operand::Constant(_) | Operand::Lower(_) | Operand::Length(_) | Operand::Count(_) | Operand::Truth(_) => None,
        Operand::Variable(never) => match *never {},
    }
}

/// A constant as a value of the column's own type; `None` when it cannot be one.
pub(super) fn native_value(operand: &Operand<Bound>) -> Option<SqlValue> {
    match operand {
        Operand::Constant(Constant::Text(text)) => canonical_uuid(text).map(SqlValue::Uuid),
        Operand::Constant(Constant::Moment(moment)) => Some(SqlValue::Timestamp(moment.at())),
        Operand::Constant(Constant::Absent | Constant::Integer(_) | Constant::Number(_) | Constant::Boolean(_))
        | Operand::Field(_)
        | Operand::Lower(_)
        | Operand::Length(_)
        | Operand::Count(_)
        | Operand::Truth(_) => None,
        Operand::Variable(never) => match *never {},
    }
}

/// Only of the text that the database writes for it.
pub(super) fn canonical_uuid(text: &str) -> Option<uuid::Uuid> {
    uuid::Uuid::try_parse(text).ok().filter(|id| id.to_string() == text)
}
