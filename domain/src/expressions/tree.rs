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

/// What an expression asks of the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Uses {
    pub(super) user: bool,
    pub(super) now: bool,
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

impl Uses {
    pub(super) fn of(predicate: &Predicate<Open>) -> Self {
        let mut uses = Self::default();
        uses.see(predicate);
        uses
    }

    fn see(&mut self, predicate: &Predicate<Open>) {
        match predicate {
            Predicate::Constant(_) | Predicate::AbsentList(_) => {}
            Predicate::All(all) | Predicate::Any(all) => all.iter().for_each(|one| self.see(one)),
            Predicate::Not(inner) => self.see(inner),
            Predicate::Compare(compare) => [&compare.left, &compare.right].into_iter().for_each(|one| self.see_in(one)),
            Predicate::Absent(operand) => self.see_in(operand),
            Predicate::Text { subject, test: _, text } => [subject, text].into_iter().for_each(|one| self.see_in(one)),
            Predicate::Member { item, list, family: _ } => {
                self.see_in(item);
                self.see_in_list(list);
            }
        }
    }

    fn see_in(&mut self, operand: &Operand<Open>) {
        match operand {
            Operand::Field(_) | Operand::Constant(_) => {}
            Operand::Variable(ScalarVariable::UserId) => self.user = true,
            Operand::Variable(ScalarVariable::Now { .. }) => self.now = true,
            Operand::Lower(inner) | Operand::Length(inner) => self.see_in(inner),
            Operand::Count(list) => self.see_in_list(list),
            Operand::Truth(predicate) => self.see(predicate),
        }
    }

    fn see_in_list(&mut self, list: &List<Open>) {
        match list {
            List::Field(_) | List::Constant(_) => {}
            List::Variable(ListVariable::UserRoles) => self.user = true,
        }
    }
}
