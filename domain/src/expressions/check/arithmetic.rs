//! Arithmetic with constants, worked out here: there is none with fields, as databases and programs overflow differently.

use cel::common::ast::{IdedExpr, operators};
use chrono::TimeDelta;

use super::{Checked, Checker, Result};
use crate::expressions::{
    Problem,
    schema::Kind,
    tree::{Constant, Operand, ScalarVariable},
};

const ON_FIELDS: &str =
    "arithmetic is only for constants, durations and now; put the field alone on one side of the comparison";

impl Checker<'_> {
    pub(super) fn arithmetic(
        &mut self,
        operator: &str,
        node: &IdedExpr,
        left: &IdedExpr,
        right: &IdedExpr,
        depth: usize,
    ) -> Result<Checked> {
        let (left, right) = (self.any(left, depth + 1)?, self.any(right, depth + 1)?);
        worked_out(operator, &left, &right).map_err(|problem| problem.at(self.position(node)))
    }

    pub(super) fn negation(&mut self, node: &IdedExpr, inner: &IdedExpr, depth: usize) -> Result<Checked> {
        let negated = match self.any(inner, depth + 1)? {
            Checked::Value(Operand::Constant(Constant::Integer(value)), kind) => {
                value.checked_neg().map(|value| integer(value, kind)).ok_or_else(overflow)
            }
            Checked::Value(Operand::Constant(Constant::Number(value)), kind) => {
                Ok(Checked::Value(Operand::Constant(Constant::Number(-value)), kind))
            }
            Checked::Span(span) => Ok(Checked::Span(-span)),
            Checked::Value(_, Kind::Integer | Kind::Number) => Err(Problem::Unsupported(ON_FIELDS)),
            other @ (Checked::Value(..) | Checked::Condition(_) | Checked::List(..) | Checked::Null) => {
                Err(Problem::TypeMismatch(format!("`-` is not for {}", other.described())))
            }
        };
        negated.map_err(|problem| problem.at(self.position(node)))
    }
}

fn worked_out(operator: &str, left: &Checked, right: &Checked) -> Result<Checked, Problem> {
    use Constant::{Integer, Moment, Number, Text};
    let mismatch = || {
        let sign = operator.trim_matches('_');
        Problem::TypeMismatch(format!("`{sign}` is not for {} and {}", left.described(), right.described()))
    };
    match (left, right) {
        (Checked::Value(Operand::Constant(left), kind), Checked::Value(Operand::Constant(right), _)) => {
            match (left, right) {
                (Integer(left), Integer(right)) => integers(operator, *left, *right).map(|value| integer(value, *kind)),
                (Number(left), Number(right)) => {
                    let value = numbers(operator, *left, *right).ok_or_else(mismatch)?;
                    let value = Some(value).filter(|value| value.is_finite()).ok_or_else(overflow)?;
                    Ok(Checked::Value(Operand::Constant(Number(value)), *kind))
                }
                (Text(left), Text(right)) if operator == operators::ADD => {
                    Ok(Checked::Value(Operand::Constant(Text(format!("{left}{right}"))), *kind))
                }
                _ => Err(mismatch()),
            }
        }
        (Checked::Span(left), Checked::Span(right)) => {
            Ok(Checked::Span(signed(operator, *right).and_then(|right| left.checked_add(&right)).ok_or_else(mismatch)?))
        }
        (Checked::Value(Operand::Constant(Moment(moment)), kind), Checked::Span(span)) => {
            let moment = moment.shifted(signed(operator, *span).ok_or_else(mismatch)?);
            Ok(Checked::Value(Operand::Constant(Moment(moment)), *kind))
        }
        (Checked::Value(Operand::Variable(ScalarVariable::Now { shift }), kind), Checked::Span(span)) => {
            let span = signed(operator, *span).ok_or_else(mismatch)?;
            let shift = shift.checked_add(&span).ok_or_else(overflow)?;
            Ok(Checked::Value(Operand::Variable(ScalarVariable::Now { shift }), *kind))
        }
        (Checked::Span(_), Checked::Value(_, Kind::Timestamp)) if operator == operators::ADD => {
            worked_out(operator, right, left)
        }
        (Checked::Value(..), Checked::Value(..) | Checked::Span(_)) | (Checked::Span(_), Checked::Value(..)) => {
            Err(Problem::Unsupported(ON_FIELDS))
        }
        _ => Err(mismatch()),
    }
}

fn integers(operator: &str, left: i64, right: i64) -> Result<i64, Problem> {
    let value = match operator {
        operators::ADD => left.checked_add(right),
        operators::SUBSTRACT => left.checked_sub(right),
        operators::MULTIPLY => left.checked_mul(right),
        operators::DIVIDE => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    value.ok_or_else(overflow)
}

/// `None` for an operator that numbers do not have.
fn numbers(operator: &str, left: f64, right: f64) -> Option<f64> {
    match operator {
        operators::ADD => Some(left + right),
        operators::SUBSTRACT => Some(left - right),
        operators::MULTIPLY => Some(left * right),
        operators::DIVIDE => Some(left / right),
        _ => None,
    }
}

/// The span as it is added.
fn signed(operator: &str, span: TimeDelta) -> Option<TimeDelta> {
    match operator {
        operators::ADD => Some(span),
        operators::SUBSTRACT => Some(-span),
        _ => None,
    }
}

fn integer(value: i64, kind: Kind) -> Checked {
    Checked::Value(Operand::Constant(Constant::Integer(value)), kind)
}

fn overflow() -> Problem {
    Problem::InvalidValue("this has no result of 64 bits".to_owned())
}
