//! The `cel` crate's tree to ours: names, types and limits are checked here, and what is constant is worked out.

mod arithmetic;
mod call;
mod compare;
mod constants;
mod logic;
mod member;
mod select;

use cel::common::ast::{CallExpr, Expr, IdedExpr, operators};
use chrono::TimeDelta;

use super::{
    ExpressionError, Position, Problem, Schema, Type,
    limits::{Budget, MAX_DEPTH},
    parse::Parsed,
    schema::Kind,
    tree::{List, Open, Operand, Predicate},
};

const COMPREHENSION: &str =
    "all(), exists(), exists_one(), filter() and map() are not supported; a list is asked with `value in list`";

/// Checks a whole expression, which has to be a condition.
pub(super) fn check(parsed: &Parsed, schema: &Schema) -> Result<Predicate<Open>, ExpressionError> {
    let mut checker = Checker { parsed, schema, budget: Budget::default() };
    checker.condition(&parsed.root, 1)
}

/// Checks one part of an expression, which has to be a condition.
pub(super) fn condition(parsed: &Parsed, node: &IdedExpr, schema: &Schema) -> Result<Predicate<Open>, ExpressionError> {
    Checker { parsed, schema, budget: Budget::default() }.condition(node, 1)
}

struct Checker<'a> {
    parsed: &'a Parsed,
    schema: &'a Schema,
    budget: Budget,
}

/// What a part of an expression turned out to be.
enum Checked {
    Condition(Predicate<Open>),
    Value(Operand<Open>, Kind),
    /// A list without items is of every kind.
    List(List<Open>, Option<Kind>),
    Span(TimeDelta),
    Null,
}

type Result<T, E = ExpressionError> = std::result::Result<T, E>;

impl Checker<'_> {
    /// Something true or false.
    fn condition(&mut self, node: &IdedExpr, depth: usize) -> Result<Predicate<Open>> {
        match self.any(node, depth)? {
            Checked::Condition(predicate) => Ok(predicate),
            Checked::Value(operand, Kind::Boolean) => {
                self.budget.take(self.position(node))?;
                Ok(compare::is_true(operand))
            }
            other @ (Checked::Value(..) | Checked::List(..) | Checked::Span(_) | Checked::Null) => {
                let message = format!("{} is no condition", other.described());
                Err(Problem::TypeMismatch(message).at(self.position(node)))
            }
        }
    }

    fn any(&mut self, node: &IdedExpr, depth: usize) -> Result<Checked> {
        match &node.expr {
            Expr::Ident(_) | Expr::Select(_) => self.select(node),
            Expr::Literal(literal) => constants::literal(literal).map_err(|problem| problem.at(self.position(node))),
            Expr::List(list) => self.list(list, node),
            Expr::Call(call) => {
                if depth > MAX_DEPTH {
                    return Err(Problem::TooDeep.at(self.position(node)));
                }
                self.operator_or_function(call, node, depth)
            }
            Expr::Comprehension(_) => Err(Problem::Unsupported(COMPREHENSION).at(self.position(node))),
            Expr::Map(_) | Expr::Struct(_) => {
                Err(Problem::Unsupported("maps and messages are not supported").at(self.position(node)))
            }
            Expr::Unspecified => Err(Problem::Syntax("this is no expression".to_owned()).at(self.position(node))),
        }
    }

    fn operator_or_function(&mut self, call: &CallExpr, node: &IdedExpr, depth: usize) -> Result<Checked> {
        if call.target.is_some() {
            return self.function(call, node, depth);
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [_, _]) => self.chain(call, node, depth),
            (operators::LOGICAL_NOT, [inner]) => {
                Ok(Checked::Condition(Predicate::not(self.condition(inner, depth + 1)?)))
            }
            (operators::EQUALS, [left, right]) => self.equality(node, left, right, depth),
            (operators::NOT_EQUALS, [left, right]) => match self.equality(node, left, right, depth)? {
                Checked::Condition(predicate) => Ok(Checked::Condition(Predicate::not(predicate))),
                other @ (Checked::Value(..) | Checked::List(..) | Checked::Span(_) | Checked::Null) => Ok(other),
            },
            (
                name @ (operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS),
                [left, right],
            ) => self.order(name, node, left, right, depth),
            (operators::IN, [item, list]) => self.membership(node, item, list, depth),
            (
                name @ (operators::ADD
                | operators::SUBSTRACT
                | operators::MULTIPLY
                | operators::DIVIDE
                | operators::MODULO),
                [left, right],
            ) => self.arithmetic(name, node, left, right, depth),
            (operators::NEGATE, [inner]) => self.negation(node, inner, depth),
            (operators::CONDITIONAL, _) => {
                Err(Problem::Unsupported("`a ? b : c` is not supported; for conditions, write `(a && b) || (!a && c)`")
                    .at(self.position(node)))
            }
            (operators::INDEX | operators::OPT_INDEX | operators::OPT_SELECT, _) => {
                Err(Problem::Unsupported("a field is named as record.field; `[]` and `?` are not supported")
                    .at(self.position(node)))
            }
            _ => self.function(call, node, depth),
        }
    }

    fn position(&self, node: &IdedExpr) -> Position {
        self.parsed.position(node)
    }
}

impl Checked {
    /// With its article, for messages.
    fn described(&self) -> String {
        match self {
            Self::Condition(_) => "a condition".to_owned(),
            Self::Value(Operand::Constant(constant), kind) => constants::described(constant, *kind),
            Self::Value(_, kind) => kind.to_string(),
            Self::List(_, Some(kind)) => Type::ManyOf(*kind).to_string(),
            Self::List(_, None) => "an empty list".to_owned(),
            Self::Span(_) => "a duration".to_owned(),
            Self::Null => "null".to_owned(),
        }
    }
}
