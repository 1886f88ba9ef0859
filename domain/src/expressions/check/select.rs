//! Names: `record.field`, `user.id`, `user.roles`, `now`, and `has(record.field)`.

use cel::common::ast::{Expr, IdedExpr, SelectExpr};
use chrono::TimeDelta;

use super::{Checked, Checker, Result};
use crate::expressions::{
    Problem, Type,
    distance::closest,
    schema::Kind,
    tree::{List, ListVariable, Operand, Predicate, ScalarVariable},
};

const ROOTS: [&str; 3] = ["now", "record", "user"];
const OF_USER: [&str; 2] = ["id", "roles"];

impl Checker<'_> {
    pub(super) fn select(&mut self, node: &IdedExpr) -> Result<Checked> {
        match &node.expr {
            Expr::Ident(name) if name == "now" => {
                let now = ScalarVariable::Now { shift: TimeDelta::zero() };
                Ok(Checked::Value(Operand::Variable(now), Kind::Timestamp))
            }
            Expr::Ident(name) if name == "record" || name == "user" => {
                Err(Problem::Unsupported("`record` and `user` are used with one of their fields, as in record.title")
                    .at(self.position(node)))
            }
            Expr::Ident(name) => {
                Err(Problem::UnknownName { name: name.clone(), suggestion: closest(name, ROOTS) }
                    .at(self.position(node)))
            }
            Expr::Select(select) if select.test => self.presence(select, node),
            Expr::Select(select) => self.named(select, node),
            Expr::Unspecified
            | Expr::Call(_)
            | Expr::Comprehension(_)
            | Expr::List(_)
            | Expr::Literal(_)
            | Expr::Map(_)
            | Expr::Struct(_) => {
                Err(Problem::Unsupported("only names have fields, as in record.title").at(self.position(node)))
            }
        }
    }

    /// `has(…)`, which is the same as `… != null`.
    fn presence(&mut self, select: &SelectExpr, node: &IdedExpr) -> Result<Checked> {
        self.budget.take(self.position(node))?;
        let absent = match self.named(select, node)? {
            Checked::Value(operand, _) => Predicate::Absent(operand),
            Checked::List(List::Field(field), _) => Predicate::AbsentList(field),
            Checked::List(List::Constant(_) | List::Variable(_), _)
            | Checked::Condition(_)
            | Checked::Span(_)
            | Checked::Null => Predicate::Constant(false),
        };
        Ok(Checked::Condition(Predicate::not(absent)))
    }

    fn named(&self, select: &SelectExpr, node: &IdedExpr) -> Result<Checked> {
        let mut path = vec![select.field.as_str()];
        let mut root = select.operand.as_ref();
        while let Expr::Select(outer) = &root.expr
            && !outer.test
        {
            path.push(&outer.field);
            root = &outer.operand;
        }
        path.reverse();
        match &root.expr {
            Expr::Ident(name) if name == "record" => self.field(&path.join("."), select, node),
            Expr::Ident(name) if name == "user" => self.of_user(&path.join("."), select, node),
            Expr::Ident(name) if name != "now" => {
                Err(Problem::UnknownName { name: name.clone(), suggestion: closest(name, ROOTS) }
                    .at(self.position(root)))
            }
            Expr::Ident(_)
            | Expr::Select(_)
            | Expr::Unspecified
            | Expr::Call(_)
            | Expr::Comprehension(_)
            | Expr::List(_)
            | Expr::Literal(_)
            | Expr::Map(_)
            | Expr::Struct(_) => {
                Err(Problem::Unsupported("only `record` and `user` have fields").at(self.position(node)))
            }
        }
    }

    fn field(&self, name: &str, select: &SelectExpr, node: &IdedExpr) -> Result<Checked> {
        let Some(field) = self.schema.field(name) else {
            let suggestion = closest(name, self.schema.names());
            let position = self.parsed.position_of_field(node, &select.field);
            return Err(Problem::UnknownField { name: name.to_owned(), suggestion }.at(position));
        };
        Ok(match field.field_type() {
            Type::One(kind) => Checked::Value(Operand::Field(field.clone()), kind),
            Type::ManyOf(kind) => Checked::List(List::Field(field.clone()), Some(kind)),
        })
    }

    fn of_user(&self, name: &str, select: &SelectExpr, node: &IdedExpr) -> Result<Checked> {
        match name {
            "id" => Ok(Checked::Value(Operand::Variable(ScalarVariable::UserId), Kind::Id)),
            "roles" => Ok(Checked::List(List::Variable(ListVariable::UserRoles), Some(Kind::String))),
            _ => {
                let suggestion = closest(name, OF_USER).map(|name| format!("user.{name}"));
                let position = self.parsed.position_of_field(node, &select.field);
                Err(Problem::UnknownName { name: format!("user.{name}"), suggestion }.at(position))
            }
        }
    }
}
