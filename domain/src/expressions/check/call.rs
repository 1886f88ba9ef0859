//! Functions: of texts, of lists, and those that make timestamps and durations.

use cel::common::ast::{CallExpr, Expr, IdedExpr};

use super::{Checked, Checker, Result, constants};
use crate::expressions::{
    Problem,
    distance::closest,
    duration,
    schema::Kind,
    tree::{Constant, Open, Operand, Predicate, TextTest},
};

const FUNCTIONS: [&str; 8] =
    ["contains", "duration", "endsWith", "has", "lowerAscii", "size", "startsWith", "timestamp"];

impl Checker<'_> {
    pub(super) fn function(&mut self, call: &CallExpr, node: &IdedExpr, depth: usize) -> Result<Checked> {
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            ("startsWith", Some(subject), [text]) => self.text_test(TextTest::StartsWith, node, subject, text, depth),
            ("endsWith", Some(subject), [text]) => self.text_test(TextTest::EndsWith, node, subject, text, depth),
            ("contains", Some(subject), [text]) => self.text_test(TextTest::Contains, node, subject, text, depth),
            ("lowerAscii", Some(subject), []) => {
                let subject = self.text(call, node, subject, depth)?;
                Ok(Checked::Value(Operand::Lower(Box::new(subject)), Kind::String))
            }
            ("size", Some(subject), []) | ("size", None, [subject]) => self.size(call, node, subject, depth),
            ("timestamp", None, [text]) => {
                let text = self.literal_text(call, node, text)?;
                let moment = constants::timestamp(text).map_err(|problem| problem.at(self.position(node)))?;
                Ok(Checked::Value(Operand::Constant(Constant::Moment(moment)), Kind::Timestamp))
            }
            ("duration", None, [text]) => {
                let text = self.literal_text(call, node, text)?;
                duration::parse(text).map(Checked::Span).ok_or_else(|| {
                    let message = "a duration is written as \"1h30m\", with the units h, m, s, ms and us";
                    Problem::InvalidValue(message.to_owned()).at(self.position(node))
                })
            }
            (name, target, _) => Err(self.no_such_call(name, target.is_some(), node)),
        }
    }

    fn no_such_call(&self, name: &str, is_method: bool, node: &IdedExpr) -> super::ExpressionError {
        let problem = match name {
            "matches" => Problem::Unsupported(
                "matches() is not supported, as the database has other regular expressions; \
                 use startsWith(), endsWith() or contains()",
            ),
            "startsWith" | "endsWith" | "contains" => {
                Problem::TypeMismatch(format!("{name}() is written as text.{name}(\"…\")"))
            }
            "lowerAscii" => Problem::TypeMismatch("lowerAscii() is written as text.lowerAscii()".to_owned()),
            "size" => Problem::TypeMismatch("size() is written as size(record.field)".to_owned()),
            "timestamp" => {
                Problem::TypeMismatch("timestamp() is written as timestamp(\"2026-11-25T20:29:26Z\")".to_owned())
            }
            "duration" => Problem::TypeMismatch("duration() is written as duration(\"1h30m\")".to_owned()),
            "has" => Problem::TypeMismatch("has() is written as has(record.field)".to_owned()),
            "all" | "exists" | "exists_one" | "filter" | "map" if is_method => {
                Problem::Unsupported(super::COMPREHENSION)
            }
            _ => Problem::UnknownFunction { name: name.to_owned(), suggestion: closest(name, FUNCTIONS) },
        };
        problem.at(self.parsed.position_of_function(node, name))
    }

    fn text_test(
        &mut self,
        test: TextTest,
        node: &IdedExpr,
        subject: &IdedExpr,
        text: &IdedExpr,
        depth: usize,
    ) -> Result<Checked> {
        self.budget.take(self.position(node))?;
        let Expr::Call(call) = &node.expr else {
            return Err(Problem::Unsupported("this is no call").at(self.position(node)));
        };
        let (subject, text) = (self.text(call, node, subject, depth)?, self.text(call, node, text, depth)?);
        Ok(Checked::Condition(Predicate::Text { subject, test, text }))
    }

    fn text(&mut self, call: &CallExpr, node: &IdedExpr, argument: &IdedExpr, depth: usize) -> Result<Operand<Open>> {
        match self.any(argument, depth + 1)? {
            Checked::Value(operand, Kind::String) => Ok(operand),
            other @ (Checked::Value(..)
            | Checked::Condition(_)
            | Checked::List(..)
            | Checked::Span(_)
            | Checked::Null) => {
                let name = &call.func_name;
                let message = format!("{name}() is for strings, and this is {}", other.described());
                Err(Problem::TypeMismatch(message).at(self.parsed.position_of_function(node, name)))
            }
        }
    }

    fn size(&mut self, call: &CallExpr, node: &IdedExpr, subject: &IdedExpr, depth: usize) -> Result<Checked> {
        match self.any(subject, depth + 1)? {
            Checked::Value(operand, Kind::String) => {
                Ok(Checked::Value(Operand::Length(Box::new(operand)), Kind::Integer))
            }
            Checked::List(list, _) => Ok(Checked::Value(Operand::Count(list), Kind::Integer)),
            other @ (Checked::Value(..) | Checked::Condition(_) | Checked::Span(_) | Checked::Null) => {
                let message = format!("size() is for strings and lists, and this is {}", other.described());
                let position = self.parsed.position_of_function(node, &call.func_name);
                Err(Problem::TypeMismatch(message).at(position))
            }
        }
    }

    /// The argument of a function that is worked out here.
    fn literal_text<'n>(&mut self, call: &CallExpr, node: &IdedExpr, argument: &'n IdedExpr) -> Result<&'n str> {
        if let Expr::Literal(cel::common::ast::LiteralValue::String(text)) = &argument.expr {
            return Ok(text.inner());
        }
        let message = format!("{}() takes a text that is written out", call.func_name);
        Err(Problem::TypeMismatch(message).at(self.parsed.position_of_function(node, &call.func_name)))
    }
}
