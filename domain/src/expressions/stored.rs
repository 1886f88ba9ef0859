//! What a record's JSON is as a value of a declared type. Everything else is absent; `sql/stored.rs` says the same in SQL.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::{Field, Record, moment, schema::Kind};

pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    value.as_str().map(Cow::Borrowed)
}

pub(super) fn moment(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| moment::is_canonical(text))
}

/// A whole number of 64 bits, however it is written: `5`, `5.0` and `5e0` are one number in the database too.
pub(super) fn integer(value: &Value) -> Option<i64> {
    let number = value.as_number()?;
    number.as_i64().or_else(|| if number.is_f64() { whole(number) } else { None })
}

/// The database has the digits that a double was written with, which are the shortest that tell it from all others.
fn whole(number: &Number) -> Option<i64> {
    let double = number.as_f64().filter(|double| double.fract() == 0.0 && double.abs() < 1e19)?;
    format!("{double}").parse().ok()
}

/// Of a field, or an item of a list, that is declared as a number or as an integer.
#[expect(clippy::cast_precision_loss, reason = "a comparison with a number is one of doubles")]
pub(super) fn number(kind: Kind, value: &Value) -> Option<f64> {
    match kind {
        Kind::Integer => integer(value).map(|integer| integer as f64),
        Kind::Number => value.as_f64(),
        Kind::String | Kind::Boolean | Kind::Timestamp | Kind::Id => None,
    }
}

pub(super) fn boolean(value: &Value) -> Option<bool> {
    value.as_bool()
}

pub(super) fn list<'a>(field: &Field, record: &'a impl Record) -> Option<&'a [Value]> {
    Some(record.field(field.path())?.as_array()?.as_slice())
}

/// Whether a field of one value is there and of its type.
pub(super) fn is_present(field: &Field, record: &impl Record) -> bool {
    let Some(value) = record.field(field.path()) else { return false };
    match field.kind() {
        Kind::String | Kind::Id => value.is_string(),
        Kind::Integer => integer(value).is_some(),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Timestamp => moment(value).is_some(),
    }
}
