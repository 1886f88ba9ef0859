//! Values that people write in CEL for fields whose definition changes: worked out from the record alone, in memory only, so
//! that they say the same at any time and on every server.
//!
//! What cannot be worked out is *absent*, as in conditions: a text that is no number, an item that a list does not have.

mod check;
mod evaluate;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;

pub use evaluate::fits;

use super::{ExpressionError, Field, Filter, Record, Schema, Type, parse};

/// A value made of the fields of a record, well typed and within the limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Upcast {
    term: Term,
    result: Option<Type>,
}

#[derive(Clone, Debug, PartialEq)]
enum Term {
    Absent,
    Constant(Value),
    Field(Arc<Field>),
    List(Vec<Term>),
    Condition(Filter),
    Choice(Box<(Filter, Term, Term)>),
    Apply(Function, Vec<Term>),
}

/// What is done with values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Concatenate,
    Integers(Operator),
    Numbers(Operator),
    /// `int()`
    Integer,
    /// `double()`
    Number,
    /// `string()`
    Text,
    /// `bool()`
    Boolean,
    /// `timestamp()`
    Timestamp,
    Lower,
    Upper,
    Trim,
    Replace,
    Split,
    Join,
    Size,
    /// `list[0]`
    Item,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Upcast {
    /// Reads a value, whose fields have to be declared by `schema` and be of the record's content.
    pub fn parse(source: &str, schema: &Schema) -> Result<Self, ExpressionError> {
        let parsed = parse::parse(source)?;
        let (term, result) = check::check(&parsed, schema)?;
        Ok(Self { term, result })
    }

    /// What the value is when it is not absent; `None` when it always is.
    pub fn result(&self) -> Option<Type> {
        self.result
    }

    /// The value for a record; `None` when it is absent.
    pub fn evaluate(&self, record: &impl Record) -> Option<Value> {
        evaluate::term(&self.term, record)
    }
}
