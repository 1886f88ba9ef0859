//! A value in memory.

use serde_json::{Number, Value};

use super::{Function, Operator, Term};
use crate::expressions::{Field, Kind, Record, Type, canonical_timestamp_of, stored};

/// Bytes of a text that is made here; a longer one is absent.
const MOST_BYTES: usize = 1 << 20;
/// Items of a list that is made of a text.
const MOST_ITEMS: usize = 10_000;

pub(super) fn term(value: &Term, record: &impl Record) -> Option<Value> {
    match value {
        Term::Absent => None,
        Term::Constant(constant) => Some(constant.clone()),
        Term::Field(field) => self::field(field, record),
        Term::List(items) => {
            let items: Option<Vec<Value>> = items.iter().map(|item| term(item, record)).collect();
            Some(Value::Array(items?))
        }
        Term::Condition(condition) => Some(Value::Bool(condition.matches(record))),
        Term::Choice(choice) => {
            let (condition, then, otherwise) = &**choice;
            term(if condition.matches(record) { then } else { otherwise }, record)
        }
        Term::Apply(function, of) => {
            let values: Option<Vec<Value>> = of.iter().map(|value| term(value, record)).collect();
            apply(*function, &values?)
        }
    }
}

fn field(field: &Field, record: &impl Record) -> Option<Value> {
    let is_there = match field.field_type() {
        Type::One(_) => stored::is_present(field, record),
        Type::ManyOf(_) => stored::list(field, record).is_some(),
    };
    record.field(field.path()).filter(|_| is_there).cloned()
}

fn apply(function: Function, values: &[Value]) -> Option<Value> {
    match (function, values) {
        (Function::Concatenate, [Value::String(left), Value::String(right)]) => text(format!("{left}{right}")),
        (Function::Integers(operator), [left, right]) => {
            integers(operator, stored::integer(left)?, stored::integer(right)?).map(Value::from)
        }
        (Function::Numbers(operator), [left, right]) => number(numbers(operator, left.as_f64()?, right.as_f64()?)?),
        (Function::Integer, [value]) => integer(value).map(Value::from),
        (Function::Number, [Value::String(text)]) => number(text.trim().parse().ok()?),
        (Function::Number, [value]) => number(value.as_f64()?),
        (Function::Text, [Value::String(own)]) => Some(Value::String(own.clone())),
        (Function::Text, [value @ (Value::Number(_) | Value::Bool(_))]) => Some(Value::String(value.to_string())),
        (Function::Boolean, [Value::String(text)]) => text.trim().parse::<bool>().ok().map(Value::Bool),
        (Function::Boolean, [Value::Bool(value)]) => Some(Value::Bool(*value)),
        (Function::Timestamp, [Value::String(text)]) => canonical_timestamp_of(text.trim()).map(Value::String),
        (Function::Lower, [Value::String(own)]) => Some(Value::String(own.to_ascii_lowercase())),
        (Function::Upper, [Value::String(own)]) => Some(Value::String(own.to_ascii_uppercase())),
        (Function::Trim, [Value::String(own)]) => Some(Value::String(own.trim().to_owned())),
        (Function::Replace, [Value::String(own), Value::String(from), Value::String(to)]) => replace(own, from, to),
        (Function::Split, [Value::String(own), Value::String(separator)]) => split(own, separator),
        (Function::Join, [Value::Array(items), Value::String(separator)]) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            text(texts?.join(separator))
        }
        (Function::Size, [Value::String(own)]) => Some(Value::from(own.chars().count())),
        (Function::Size, [Value::Array(items)]) => Some(Value::from(items.len())),
        (Function::Item, [Value::Array(items), at]) => {
            items.get(usize::try_from(stored::integer(at)?).ok()?).filter(|item| !item.is_null()).cloned()
        }
        _ => None,
    }
}

/// Of a text that is one, or of a number, whose fraction is cut off.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(own) => stored::integer(value).or_else(|| truncated(own)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the fraction is cut off, within the bounds")]
fn truncated(number: &Number) -> Option<i64> {
    let whole = number.as_f64()?.trunc();
    // Both are exact as doubles; the upper one is no integer of 64 bits.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole).then_some(whole as i64)
}

fn integers(operator: Operator, left: i64, right: i64) -> Option<i64> {
    match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide => left.checked_div(right),
        Operator::Remainder => left.checked_rem(right),
    }
}

fn numbers(operator: Operator, left: f64, right: f64) -> Option<f64> {
    match operator {
        Operator::Add => Some(left + right),
        Operator::Subtract => Some(left - right),
        Operator::Multiply => Some(left * right),
        Operator::Divide => Some(left / right),
        Operator::Remainder => None,
    }
}

/// `None` for what JSON cannot say.
fn number(value: f64) -> Option<Value> {
    Number::from_f64(value).map(Value::Number)
}

fn replace(own: &str, from: &str, to: &str) -> Option<Value> {
    if from.is_empty() {
        return Some(Value::String(own.to_owned()));
    }
    // Known before it is made.
    let times = own.matches(from).count();
    if own.len().saturating_add(times.saturating_mul(to.len())) > MOST_BYTES {
        return None;
    }
    text(own.replace(from, to))
}

fn split(own: &str, separator: &str) -> Option<Value> {
    if separator.is_empty() {
        return None;
    }
    let parts: Vec<Value> = own.split(separator).take(MOST_ITEMS + 1).map(Value::from).collect();
    (parts.len() <= MOST_ITEMS).then_some(Value::Array(parts))
}

fn text(made: String) -> Option<Value> {
    (made.len() <= MOST_BYTES).then_some(Value::String(made))
}

/// Whether a value of this type can be one of a field of that type. What a text has to be like, the schema says.
pub fn fits(value: Type, field: Type) -> bool {
    let fits = |value: Kind, field: Kind| {
        let is_text = |kind| matches!(kind, Kind::String | Kind::Timestamp | Kind::Id);
        value == field || (value, field) == (Kind::Integer, Kind::Number) || is_text(value) && is_text(field)
    };
    match (value, field) {
        (Type::One(value), Type::One(field)) | (Type::ManyOf(value), Type::ManyOf(field)) => fits(value, field),
        (Type::One(_), Type::ManyOf(_)) | (Type::ManyOf(_), Type::One(_)) => false,
    }
}
