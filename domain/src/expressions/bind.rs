//! An expression for one request: its variables become constants, and what is decided by constants is decided.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Record, evaluate,
    moment::Moment,
    tree::{Bound, Compare, Constant, List, ListVariable, Open, Operand, Predicate, ScalarVariable},
};
use crate::roles::RoleName;

/// What the variables of an expression stand for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `user.id`; `None`, and so absent, for an anonymous caller.
    pub user_id: Option<Uuid>,
    /// `user.roles`
    pub user_roles: &'a [RoleName],
    /// `now`
    pub now: DateTime<Utc>,
}

/// Has no fields: what is asked of it is known before there is a record.
struct Nothing;

impl Record for Nothing {
    fn field(&self, _path: &[String]) -> Option<&Value> {
        None
    }
}

pub(super) fn predicate(open: &Predicate<Open>, request: &Request<'_>) -> Predicate<Bound> {
    match open {
        Predicate::Constant(value) => Predicate::Constant(*value),
        Predicate::All(all) => Predicate::all(all.iter().map(|one| predicate(one, request)).collect()),
        Predicate::Any(any) => Predicate::any(any.iter().map(|one| predicate(one, request)).collect()),
        Predicate::Not(inner) => Predicate::not(predicate(inner, request)),
        Predicate::Compare(compare) => {
            let (left, right) = (operand(&compare.left, request), operand(&compare.right, request));
            decided(
                [&left, &right].map(Known::of),
                Predicate::Compare(Compare { left, operator: compare.operator, right, family: compare.family }),
            )
        }
        Predicate::Absent(inner) => match operand(inner, request) {
            Operand::Constant(constant) => Predicate::Constant(constant == Constant::Absent),
            Operand::Truth(_) => Predicate::Constant(false),
            inner @ (Operand::Field(_) | Operand::Lower(_) | Operand::Length(_) | Operand::Count(_)) => {
                Predicate::Absent(inner)
            }
            Operand::Variable(never) => match never {},
        },
        Predicate::AbsentList(field) => Predicate::AbsentList(field.clone()),
        Predicate::Text { subject, test, text } => {
            let (subject, text) = (operand(subject, request), operand(text, request));
            decided([&subject, &text].map(Known::of), Predicate::Text { subject, test: *test, text })
        }
        Predicate::Member { item, list, family } => {
            let (item, list) = (operand(item, request), bound_list(list, request));
            let of_list = match &list {
                List::Constant(items) if items.is_empty() => Known::Absent,
                List::Constant(_) => Known::Constant,
                List::Field(_) => Known::No,
                List::Variable(never) => match *never {},
            };
            decided([Known::of(&item), of_list], Predicate::Member { item, list, family: *family })
        }
    }
}

/// What is known of an operand without a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Absent,
    Constant,
    No,
}

impl Known {
    fn of(operand: &Operand<Bound>) -> Self {
        match operand {
            Operand::Constant(Constant::Absent) => Self::Absent,
            Operand::Constant(_) => Self::Constant,
            Operand::Field(_) | Operand::Lower(_) | Operand::Length(_) | Operand::Count(_) | Operand::Truth(_) => {
                Self::No
            }
            Operand::Variable(never) => match *never {},
        }
    }
}

/// Nothing compares with what is absent; two constants give a constant.
fn decided(known: [Known; 2], test: Predicate<Bound>) -> Predicate<Bound> {
    if known.contains(&Known::Absent) {
        Predicate::Constant(false)
    } else if known == [Known::Constant; 2] {
        Predicate::Constant(evaluate::predicate(&test, &Nothing))
    } else {
        test
    }
}

fn operand(open: &Operand<Open>, request: &Request<'_>) -> Operand<Bound> {
    match open {
        Operand::Field(field) => Operand::Field(field.clone()),
        Operand::Constant(constant) => Operand::Constant(constant.clone()),
        Operand::Variable(ScalarVariable::UserId) => {
            Operand::Constant(request.user_id.map_or(Constant::Absent, |id| Constant::Text(id.to_string())))
        }
        Operand::Variable(ScalarVariable::Now { shift }) => {
            Operand::Constant(Constant::Moment(Moment::new(request.now).shifted(*shift)))
        }
        Operand::Lower(inner) => match operand(inner, request) {
            Operand::Constant(Constant::Text(text)) => Operand::Constant(Constant::Text(text.to_ascii_lowercase())),
            inner => Operand::Lower(Box::new(inner)),
        },
        Operand::Length(inner) => match operand(inner, request) {
            Operand::Constant(Constant::Text(text)) => Operand::Constant(evaluate::length(&text)),
            inner => Operand::Length(Box::new(inner)),
        },
        Operand::Count(list) => match bound_list(list, request) {
            List::Constant(items) => Operand::Constant(evaluate::count(items.len())),
            list @ List::Field(_) => Operand::Count(list),
            List::Variable(never) => match never {},
        },
        Operand::Truth(inner) => match predicate(inner, request) {
            Predicate::Constant(value) => Operand::Constant(Constant::Boolean(value)),
            inner => Operand::Truth(Box::new(inner)),
        },
    }
}

fn bound_list(open: &List<Open>, request: &Request<'_>) -> List<Bound> {
    match open {
        List::Field(field) => List::Field(field.clone()),
        List::Constant(items) => List::Constant(items.clone()),
        List::Variable(ListVariable::UserRoles) => {
            List::Constant(request.user_roles.iter().map(|role| Constant::Text(role.as_str().to_owned())).collect())
        }
    }
}
