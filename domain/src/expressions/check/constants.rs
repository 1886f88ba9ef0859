//! Literals, and what a constant becomes beside a value of another kind.

use cel::common::ast::LiteralValue;
use uuid::Uuid;

use super::{Checked, Result};
use crate::expressions::{
    Problem,
    moment::Moment,
    schema::Kind,
    tree::{Constant, Open, Operand},
};

pub(super) fn literal(literal: &LiteralValue) -> Result<Checked, Problem> {
    let (constant, kind) = match literal {
        LiteralValue::Boolean(value) => (Constant::Boolean(**value), Kind::Boolean),
        LiteralValue::Int(value) => (Constant::Integer(**value), Kind::Integer),
        LiteralValue::Double(value) => (Constant::Number(**value), Kind::Number),
        LiteralValue::String(value) => (text(value)?, Kind::String),
        LiteralValue::Null => return Ok(Checked::Null),
        LiteralValue::UInt(_) => {
            return Err(Problem::Unsupported("unsigned integers are not supported; leave out the `u`"));
        }
        LiteralValue::Bytes(_) => return Err(Problem::Unsupported("bytes are not supported; leave out the `b`")),
    };
    Ok(Checked::Value(Operand::Constant(constant), kind))
}

/// No stored text has U+0000, and PostgreSQL takes no parameter with it.
fn text(value: &str) -> Result<Constant, Problem> {
    if value.contains('\0') {
        return Err(Problem::InvalidValue("a text cannot contain U+0000".to_owned()));
    }
    Ok(Constant::Text(value.to_owned()))
}

/// A constant in the form that it needs beside a value of another kind: a text beside a timestamp or an id, an integer
/// beside a number. Everything else is left as it is.
pub(super) fn adapted((operand, kind): (Operand<Open>, Kind), beside: Kind) -> Result<(Operand<Open>, Kind), Problem> {
    let Operand::Constant(constant) = operand else { return Ok((operand, kind)) };
    let adapted = match (constant, beside) {
        (Constant::Text(text), Kind::Timestamp) => (Constant::Moment(timestamp(&text)?), Kind::Timestamp),
        (Constant::Text(text), Kind::Id) => (Constant::Text(id(&text)?), Kind::Id),
        #[expect(clippy::cast_precision_loss, reason = "a comparison with a number is one of doubles")]
        (Constant::Integer(value), Kind::Number) => (Constant::Number(value as f64), Kind::Number),
        (constant, _) => (constant, kind),
    };
    Ok((Operand::Constant(adapted.0), adapted.1))
}

pub(super) fn timestamp(text: &str) -> Result<Moment, Problem> {
    Moment::parse(text).ok_or_else(|| {
        Problem::InvalidValue(format!(
            "\"{}\" is no timestamp; it is written as 2026-11-25T20:29:26Z, between the years 1 and 9999",
            cut(text)
        ))
    })
}

fn id(text: &str) -> Result<String, Problem> {
    // Only the form with four hyphens: it is the one that is stored.
    let id = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
    id.map(|id| id.to_string()).ok_or_else(|| {
        Problem::InvalidValue(format!(
            "\"{}\" is no id; it is written as 01890a5d-ac96-774b-bcce-b302099a8057",
            cut(text)
        ))
    })
}

/// For messages: with its article, and a text as it was written, if it is short.
pub(super) fn described(constant: &Constant, kind: Kind) -> String {
    match constant {
        Constant::Text(text) => format!("{kind} (\"{}\")", cut(text)),
        Constant::Integer(value) => format!("{kind} ({value})"),
        Constant::Number(value) => format!("{kind} ({value:?})"),
        Constant::Boolean(value) => format!("{kind} ({value})"),
        Constant::Moment(moment) => format!("{kind} ({})", moment.text()),
        Constant::Absent => "null".to_owned(),
    }
}

fn cut(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST).chain(['…']).collect() }
}
