//! A filter in memory.

use std::{borrow::Cow, cmp::Ordering};

use serde_json::{Map, Value};

use super::{
    schema::Kind,
    stored,
    tree::{Bound, Compare, Constant, Family, List, Operand, Operator, Predicate, TextTest},
};

/// Something that has fields, as JSON.
pub trait Record {
    /// The value at the end of a path of names; `None` when there is none. A field that is declared as a column has a path
    /// of one name, and a timestamp is as [`super::canonical_timestamp`] writes it.
    fn field(&self, path: &[String]) -> Option<&Value>;
}

impl Record for Map<String, Value> {
    fn field(&self, path: &[String]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.get(first)?, |value, name| value.as_object()?.get(name))
    }
}

impl Record for Value {
    fn field(&self, path: &[String]) -> Option<&Value> {
        self.as_object()?.field(path)
    }
}

pub(super) fn predicate(condition: &Predicate<Bound>, record: &impl Record) -> bool {
    match condition {
        Predicate::Constant(value) => *value,
        Predicate::All(all) => all.iter().all(|one| predicate(one, record)),
        Predicate::Any(any) => any.iter().any(|one| predicate(one, record)),
        Predicate::Not(inner) => !predicate(inner, record),
        Predicate::Compare(compare) => self::compare(compare, record),
        Predicate::Absent(operand) => is_absent(operand, record),
        Predicate::AbsentList(field) => stored::list(field, record).is_none(),
        Predicate::Text { subject, test, text } => {
            let (Some(subject), Some(wanted)) = (self::text(subject, record), self::text(text, record)) else {
                return false;
            };
            match test {
                TextTest::StartsWith => subject.starts_with(&*wanted),
                TextTest::EndsWith => subject.ends_with(&*wanted),
                TextTest::Contains => subject.contains(&*wanted),
            }
        }
        Predicate::Member { item, list, family } => match family {
            Family::Text => is_member(text(item, record), list, record, constant_text, stored::text),
            Family::Moment => is_member(moment(item, record), list, record, constant_moment, stored::moment),
            Family::Integer => is_member(integer(item, record), list, record, constant_integer, stored::integer),
            Family::Number => {
                let of_stored = |value| stored::number(list_kind(list), value);
                is_member(number(item, record), list, record, constant_number, of_stored)
            }
            Family::Boolean => is_member(boolean(item, record), list, record, constant_boolean, stored::boolean),
        },
    }
}

fn compare(compare: &Compare<Bound>, record: &impl Record) -> bool {
    let Compare { left, operator, right, family } = compare;
    let order = match family {
        Family::Text => order(text(left, record), text(right, record)),
        Family::Moment => order(moment(left, record), moment(right, record)),
        Family::Integer => order(integer(left, record), integer(right, record)),
        Family::Number => order(number(left, record), number(right, record)),
        Family::Boolean => order(boolean(left, record), boolean(right, record)),
    };
    order.is_some_and(|order| match operator {
        Operator::Equal => order.is_eq(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
    })
}

fn order<T: PartialOrd>(left: Option<T>, right: Option<T>) -> Option<Ordering> {
    left?.partial_cmp(&right?)
}

fn is_member<'a, T: PartialEq>(
    item: Option<T>,
    list: &'a List<Bound>,
    record: &'a impl Record,
    of_constant: impl Fn(&'a Constant) -> Option<T>,
    of_stored: impl Fn(&'a Value) -> Option<T>,
) -> bool {
    let Some(item) = item else { return false };
    let is_item = |other: Option<T>| other.is_some_and(|other| other == item);
    match list {
        List::Constant(items) => items.iter().any(|constant| is_item(of_constant(constant))),
        List::Field(field) => {
            stored::list(field, record).is_some_and(|items| items.iter().any(|value| is_item(of_stored(value))))
        }
        List::Variable(never) => match *never {},
    }
}

/// Of the items of a stored list; constants know what they are.
fn list_kind(list: &List<Bound>) -> Kind {
    match list {
        List::Field(field) => field.kind(),
        List::Constant(_) => Kind::Number,
        List::Variable(never) => match *never {},
    }
}

fn is_absent(operand: &Operand<Bound>, record: &impl Record) -> bool {
    match operand {
        Operand::Field(field) => !stored::is_present(field, record),
        Operand::Constant(constant) => *constant == Constant::Absent,
        Operand::Lower(inner) | Operand::Length(inner) => is_absent(inner, record),
        Operand::Count(List::Field(field)) => stored::list(field, record).is_none(),
        Operand::Count(List::Constant(_)) | Operand::Truth(_) => false,
        Operand::Count(List::Variable(never)) | Operand::Variable(never) => match *never {},
    }
}

fn text<'a>(operand: &'a Operand<Bound>, record: &'a impl Record) -> Option<Cow<'a, str>> {
    match operand {
        Operand::Field(field) => record.field(field.path()).and_then(stored::text),
        Operand::Constant(constant) => constant_text(constant),
        Operand::Lower(inner) => text(inner, record).map(|text| Cow::Owned(text.to_ascii_lowercase())),
        Operand::Length(_) | Operand::Count(_) | Operand::Truth(_) => None,
        Operand::Variable(never) => match *never {},
    }
}

/// As its canonical text.
fn moment<'a>(operand: &'a Operand<Bound>, record: &'a impl Record) -> Option<&'a str> {
    match operand {
        Operand::Field(field) => record.field(field.path()).and_then(stored::moment),
        Operand::Constant(constant) => constant_moment(constant),
        Operand::Lower(_) | Operand::Length(_) | Operand::Count(_) | Operand::Truth(_) => None,
        Operand::Variable(never) => match *never {},
    }
}

fn integer(operand: &Operand<Bound>, record: &impl Record) -> Option<i64> {
    match operand {
        Operand::Field(field) => record.field(field.path()).and_then(stored::integer),
        Operand::Constant(constant) => constant_integer(constant),
        Operand::Length(inner) => text(inner, record).and_then(|text| constant_integer(&length(&text))),
        Operand::Count(List::Field(field)) => {
            stored::list(field, record).and_then(|items| constant_integer(&count(items.len())))
        }
        Operand::Count(List::Constant(items)) => constant_integer(&count(items.len())),
        Operand::Lower(_) | Operand::Truth(_) => None,
        Operand::Count(List::Variable(never)) | Operand::Variable(never) => match *never {},
    }
}

/// An integer is made the nearest double.
#[expect(clippy::cast_precision_loss, reason = "so does the database, in the same way")]
fn number(operand: &Operand<Bound>, record: &impl Record) -> Option<f64> {
    match operand {
        Operand::Field(field) => record.field(field.path()).and_then(|value| stored::number(field.kind(), value)),
        Operand::Constant(constant) => constant_number(constant),
        Operand::Length(_) | Operand::Count(_) => integer(operand, record).map(|integer| integer as f64),
        Operand::Lower(_) | Operand::Truth(_) => None,
        Operand::Variable(never) => match *never {},
    }
}

fn boolean(operand: &Operand<Bound>, record: &impl Record) -> Option<bool> {
    match operand {
        Operand::Field(field) => record.field(field.path()).and_then(stored::boolean),
        Operand::Constant(constant) => constant_boolean(constant),
        Operand::Truth(inner) => Some(predicate(inner, record)),
        Operand::Lower(_) | Operand::Length(_) | Operand::Count(_) => None,
        Operand::Variable(never) => match *never {},
    }
}

/// Characters, not bytes.
pub(super) fn length(text: &str) -> Constant {
    count(text.chars().count())
}

pub(super) fn count(items: usize) -> Constant {
    i64::try_from(items).map_or(Constant::Absent, Constant::Integer)
}

fn constant_text(constant: &Constant) -> Option<Cow<'_, str>> {
    if let Constant::Text(text) = constant { Some(Cow::Borrowed(text)) } else { None }
}

fn constant_moment(constant: &Constant) -> Option<&str> {
    if let Constant::Moment(moment) = constant { Some(moment.text()) } else { None }
}

fn constant_integer(constant: &Constant) -> Option<i64> {
    if let Constant::Integer(value) = constant { Some(*value) } else { None }
}

#[expect(clippy::cast_precision_loss, reason = "a comparison with a number is one of doubles")]
fn constant_number(constant: &Constant) -> Option<f64> {
    match constant {
        Constant::Number(value) => Some(*value),
        Constant::Integer(value) => Some(*value as f64),
        Constant::Absent | Constant::Text(_) | Constant::Boolean(_) | Constant::Moment(_) => None,
    }
}

fn constant_boolean(constant: &Constant) -> Option<bool> {
    if let Constant::Boolean(value) = constant { Some(*value) } else { None }
}
