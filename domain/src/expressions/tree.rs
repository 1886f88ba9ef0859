//! A checked expression: our own tree, in which only what can be evaluated can be said.

use std::{fmt::Debug, sync::Arc};

use chrono::TimeDelta;

use super::{Field, Kind, moment::Moment};

/// Whether the tree still has variables of the request.
pub(super) trait Stage: Clone + Debug + PartialEq {
    type Scalar: Clone + Debug + PartialEq;
    type List: Clone + Debug + PartialEq;
}

/// As written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Open;

/// For one request: there are no variables, and so no values of their types.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bound;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ScalarVariable {
    UserId,
    Now { shift: TimeDelta },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ListVariable {
    UserRoles,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Never {}

impl Stage for Open {
    type Scalar = ScalarVariable;
    type List = ListVariable;
}

impl Stage for Bound {
    type Scalar = Never;
    type List = Never;
}

/// True or false.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Predicate<S: Stage> {
    Constant(bool),
    All(Vec<Predicate<S>>),
    Any(Vec<Predicate<S>>),
    Not(Box<Predicate<S>>),
    /// False when either side is absent.
    Compare(Compare<S>),
    Absent(Operand<S>),
    AbsentList(Arc<Field>),
    /// False when either side is absent.
    Text {
        subject: Operand<S>,
        test: TextTest,
        text: Operand<S>,
    },
    /// False when the item or the list is absent.
    Member {
        item: Operand<S>,
        list: List<S>,
        family: Family,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Compare<S: Stage> {
    pub(super) left: Operand<S>,
    pub(super) operator: Operator,
    pub(super) right: Operand<S>,
    pub(super) family: Family,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

/// As what two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// By bytes; ids too.
    Text,
    Integer,
    /// As doubles; an integer is made the nearest double.
    Number,
    Boolean,
    Moment,
}

/// One value, or its absence.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand<S: Stage> {
    Field(Arc<Field>),
    Constant(Constant),
    Variable(S::Scalar),
    Lower(Box<Operand<S>>),
    /// Characters of a text.
    Length(Box<Operand<S>>),
    /// Items of a list.
    Count(List<S>),
    Truth(Box<Predicate<S>>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum List<S: Stage> {
    Field(Arc<Field>),
    Constant(Vec<Constant>),
    Variable(S::List),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Absent,
    Text(String),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Moment(Moment),
}

impl Family {
    /// As what a value of this kind is compared with its like.
    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::String | Kind::Id => Self::Text,
            Kind::Integer => Self::Integer,
            Kind::Number => Self::Number,
            Kind::Boolean => Self::Boolean,
            Kind::Timestamp => Self::Moment,
        }
    }
}

impl<S: Stage> Predicate<S> {
    /// All of them, without those that are known.
    pub(super) fn all(predicates: Vec<Self>) -> Self {
        if predicates.contains(&Self::Constant(false)) {
            return Self::Constant(false);
        }
        let mut rest: Vec<_> = predicates.into_iter().filter(|one| *one != Self::Constant(true)).collect();
        match rest.len() {
            0 => Self::Constant(true),
            1 => rest.remove(0),
            _ => Self::All(rest),
        }
    }

    /// Any of them, without those that are known.
    pub(super) fn any(predicates: Vec<Self>) -> Self {
        if predicates.contains(&Self::Constant(true)) {
            return Self::Constant(true);
        }
        let mut rest: Vec<_> = predicates.into_iter().filter(|one| *one != Self::Constant(false)).collect();
        match rest.len() {
            0 => Self::Constant(false),
            1 => rest.remove(0),
            _ => Self::Any(rest),
        }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(!value),
            Self::Not(inner) => *inner,
            other @ (Self::All(_)
            | Self::Any(_)
            | Self::Compare(_)
            | Self::Absent(_)
            | Self::AbsentList(_)
            | Self::Text { .. }
            | Self::Member { .. }) => Self::Not(Box::new(other)),
        }
    }
}

impl Predicate<Bound> {
    /// Whether it holds for every record, or for none; `None` when that depends on the record.
    pub(super) fn constant(&self) -> Option<bool> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::All(_)
            | Self::Any(_)
            | Self::Not(_)
            | Self::Compare(_)
            | Self::Absent(_)
            | Self::AbsentList(_)
            | Self::Text { .. }
            | Self::Member { .. } => None,
        }
    }
}

impl Predicate<Open> {
    pub(super) fn uses_now(&self) -> bool {
        match self {
            Self::Constant(_) | Self::AbsentList(_) => false,
            Self::All(all) | Self::Any(all) => all.iter().any(Self::uses_now),
            Self::Not(inner) => inner.uses_now(),
            Self::Compare(compare) => compare.left.uses_now() || compare.right.uses_now(),
            Self::Absent(operand) => operand.uses_now(),
            Self::Text { subject, test: _, text } => subject.uses_now() || text.uses_now(),
            Self::Member { item, list: _, family: _ } => item.uses_now(),
        }
    }
}

impl Operand<Open> {
    fn uses_now(&self) -> bool {
        match self {
            Self::Field(_) | Self::Constant(_) | Self::Variable(ScalarVariable::UserId) | Self::Count(_) => false,
            Self::Variable(ScalarVariable::Now { .. }) => true,
            Self::Lower(inner) | Self::Length(inner) => inner.uses_now(),
            Self::Truth(predicate) => predicate.uses_now(),
        }
    }
}
