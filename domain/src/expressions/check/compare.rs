//! `==`, `!=`, `<`, `<=`, `>`, `>=`: what may be compared with what, and as what.

use cel::common::ast::{IdedExpr, operators};

use super::{Checked, Checker, Result, constants};
use crate::expressions::{
    Problem,
    schema::Kind,
    tree::{Compare, Constant, Family, List, Open, Operand, Operator, Predicate},
};

/// A boolean that stands for itself.
pub(super) fn is_true(operand: Operand<Open>) -> Predicate<Open> {
    match operand {
        Operand::Constant(Constant::Boolean(value)) => Predicate::Constant(value),
        Operand::Truth(predicate) => *predicate,
        other @ (Operand::Field(_)
        | Operand::Constant(_)
        | Operand::Variable(_)
        | Operand::Lower(_)
        | Operand::Length(_)
        | Operand::Count(_)) => Predicate::Compare(Compare {
            left: other,
            operator: Operator::Equal,
            right: Operand::Constant(Constant::Boolean(true)),
            family: Family::Boolean,
        }),
    }
}

impl Checker<'_> {
    pub(super) fn equality(
        &mut self,
        node: &IdedExpr,
        left: &IdedExpr,
        right: &IdedExpr,
        depth: usize,
    ) -> Result<Checked> {
        self.budget.take(self.position(node))?;
        let (left, right) = (self.any(left, depth + 1)?, self.any(right, depth + 1)?);
        let predicate = match (left, right) {
            (Checked::Null, Checked::Null) => Predicate::Constant(true),
            (Checked::Null, Checked::Value(operand, _)) | (Checked::Value(operand, _), Checked::Null) => {
                Predicate::Absent(operand)
            }
            (Checked::Null, Checked::List(list, _)) | (Checked::List(list, _), Checked::Null) => match list {
                List::Field(field) => Predicate::AbsentList(field),
                List::Constant(_) | List::Variable(_) => Predicate::Constant(false),
            },
            (left, right) => self.compared(node, Operator::Equal, "compared", left, right)?,
        };
        Ok(Checked::Condition(predicate))
    }

    pub(super) fn order(
        &mut self,
        name: &str,
        node: &IdedExpr,
        left: &IdedExpr,
        right: &IdedExpr,
        depth: usize,
    ) -> Result<Checked> {
        self.budget.take(self.position(node))?;
        let operator = match name {
            operators::LESS => Operator::Less,
            operators::LESS_EQUALS => Operator::LessOrEqual,
            operators::GREATER => Operator::Greater,
            _ => Operator::GreaterOrEqual,
        };
        let (left, right) = (self.any(left, depth + 1)?, self.any(right, depth + 1)?);
        let is_unordered = |side: &Checked| matches!(side, Checked::Condition(_) | Checked::Value(_, Kind::Boolean));
        if is_unordered(&left) && is_unordered(&right) {
            return Err(Problem::TypeMismatch("booleans have no order".to_owned()).at(self.position(node)));
        }
        Ok(Checked::Condition(self.compared(node, operator, "ordered", left, right)?))
    }

    fn compared(
        &self,
        node: &IdedExpr,
        operator: Operator,
        verb: &str,
        left: Checked,
        right: Checked,
    ) -> Result<Predicate<Open>> {
        let mismatch = format!("{} cannot be {verb} with {}", left.described(), right.described());
        if let (Some((left, of_left)), Some((right, of_right))) = (as_value(left), as_value(right)) {
            let pair = pair((left, of_left), (right, of_right)).map_err(|problem| problem.at(self.position(node)))?;
            if let Some((left, right, family)) = pair {
                return Ok(Predicate::Compare(Compare { left, operator, right, family }));
            }
        }
        Err(Problem::TypeMismatch(mismatch).at(self.position(node)))
    }
}

/// A condition is a value too: `record.done == (record.left < 1)`.
fn as_value(checked: Checked) -> Option<(Operand<Open>, Kind)> {
    match checked {
        Checked::Value(operand, kind) => Some((operand, kind)),
        Checked::Condition(predicate) => Some((Operand::Truth(Box::new(predicate)), Kind::Boolean)),
        Checked::List(..) | Checked::Span(_) | Checked::Null => None,
    }
}

/// One side.
type Sided = (Operand<Open>, Kind);
/// Both sides, and as what they are compared.
type Pair = (Operand<Open>, Operand<Open>, Family);

/// Both sides as they are compared; `None` when they cannot be.
fn pair(left: Sided, right: Sided) -> Result<Option<Pair>, Problem> {
    let of_right = right.1;
    let (left, of_left) = constants::adapted(left, of_right)?;
    let (right, of_right) = constants::adapted(right, of_left)?;
    Ok(family(of_left, of_right).map(|family| (left, right, family)))
}

/// As what values of two kinds are compared.
pub(super) fn family(left: Kind, right: Kind) -> Option<Family> {
    match (Family::of(left), Family::of(right)) {
        (Family::Integer, Family::Number) | (Family::Number, Family::Integer) => Some(Family::Number),
        (left, right) => (left == right).then_some(left),
    }
}
