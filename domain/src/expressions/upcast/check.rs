//! The `cel` crate's tree to values: names, types and limits are checked here.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};
use chrono::DateTime;
use serde_json::{Number, Value};

use super::{Function, Operator, Term};
use crate::expressions::{
    ExpressionError, Filter, Kind, Place, Problem, Request, Schema, Type, bind, check, distance::closest, parse::Parsed,
};

/// Operators and functions in each other, and choices after each other.
const MAX_DEPTH: usize = 16;
const FUNCTIONS: [&str; 14] = [
    "bool",
    "contains",
    "double",
    "endsWith",
    "has",
    "int",
    "join",
    "lowerAscii",
    "replace",
    "size",
    "split",
    "startsWith",
    "string",
    "timestamp",
];
const OF_RECORD: &str = "only fields of `record` and what is made of them: the value has to be the same at any time";

type Result<T, E = ExpressionError> = std::result::Result<T, E>;
/// A value and its type; `None` for what is always absent.
type Typed = (Term, Option<Type>);

pub(super) fn check(parsed: &Parsed, schema: &Schema) -> Result<Typed> {
    Checker { parsed, schema }.value(&parsed.root, 1)
}

struct Checker<'a> {
    parsed: &'a Parsed,
    schema: &'a Schema,
}

impl Checker<'_> {
    fn value(&self, node: &IdedExpr, depth: usize) -> Result<Typed> {
        if depth > MAX_DEPTH {
            return Err(self.problem(Problem::TooDeep, node));
        }
        match &node.expr {
            Expr::Literal(literal) => literal_value(literal).map_err(|problem| self.problem(problem, node)),
            Expr::Select(select) if select.test => self.truth(node),
            Expr::Select(select) => self.field(select, node),
            Expr::List(list) => {
                let items = list.elements.iter().map(|item| Ok((self.value(item, depth + 1)?, item)));
                let (mut terms, mut kind) = (vec![], None);
                for item in items.collect::<Result<Vec<_>>>()? {
                    match item {
                        ((term, Some(Type::One(own))), _) if kind.is_none_or(|kind| kind == own) => {
                            terms.push(term);
                            kind = Some(own);
                        }
                        (_, place) => return Err(self.mismatch("a list has values of one kind", place)),
                    }
                }
                let kind = kind.ok_or_else(|| self.mismatch("a list has at least one value", node))?;
                Ok((Term::List(terms), Some(Type::ManyOf(kind))))
            }
            Expr::Call(call) => self.call(call, node, depth),
            Expr::Ident(_) | Expr::Comprehension(_) | Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err(self.problem(Problem::Unsupported(OF_RECORD), node))
            }
        }
    }

    fn call(&self, call: &CallExpr, node: &IdedExpr, depth: usize) -> Result<Typed> {
        let deeper = |node: &IdedExpr| self.value(node, depth + 1);
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            (operators::CONDITIONAL, None, [condition, then, otherwise]) => {
                let condition = self.condition(condition)?;
                let ((then, of_then), (otherwise, of_otherwise)) = (deeper(then)?, deeper(otherwise)?);
                let result = match (of_then, of_otherwise) {
                    (Some(one), Some(other)) if one == other => Some(one),
                    (one, None) => one,
                    (None, other) => other,
                    (Some(_), Some(_)) => return Err(self.mismatch("both choices have to be of one kind", node)),
                };
                Ok((Term::Choice(Box::new((condition, then, otherwise))), result))
            }
            (
                operators::LOGICAL_AND
                | operators::LOGICAL_OR
                | operators::LOGICAL_NOT
                | operators::EQUALS
                | operators::NOT_EQUALS
                | operators::LESS
                | operators::LESS_EQUALS
                | operators::GREATER
                | operators::GREATER_EQUALS
                | operators::IN,
                None,
                _,
            )
            | ("startsWith" | "endsWith" | "contains", Some(_), _) => self.truth(node),
            (operators::NEGATE, None, [inner]) => {
                let zero = (Term::Constant(Value::from(0)), Some(Type::One(Kind::Integer)));
                self.arithmetic(operators::SUBSTRACT, zero, deeper(inner)?, node)
            }
            (
                name @ (operators::ADD
                | operators::SUBSTRACT
                | operators::MULTIPLY
                | operators::DIVIDE
                | operators::MODULO),
                None,
                [left, right],
            ) => self.arithmetic(name, deeper(left)?, deeper(right)?, node),
            (operators::INDEX, None, [list, at]) => {
                let (list, at) = (deeper(list)?, deeper(at)?);
                match (list.1, at.1) {
                    (Some(Type::ManyOf(kind)), Some(Type::One(Kind::Integer))) => {
                        Ok((Term::Apply(Function::Item, vec![list.0, at.0]), Some(Type::One(kind))))
                    }
                    _ => Err(self.mismatch("`[]` takes an item of a list by its number", node)),
                }
            }
            (name, target, args) => {
                let values = target.into_iter().chain(args).map(deeper).collect::<Result<Vec<_>>>()?;
                self.function(name, target.is_some(), values, node)
            }
        }
    }

    fn function(&self, name: &str, is_method: bool, values: Vec<Typed>, node: &IdedExpr) -> Result<Typed> {
        use Kind::{Boolean, Id, Integer, Number, String, Timestamp};
        use Type::{ManyOf, One};
        let types: Vec<Option<Type>> = values.iter().map(|(_, result)| *result).collect();
        let (function, result) = match (name, is_method, types.as_slice()) {
            ("int", false, [Some(One(String | Integer | Number))]) => (Function::Integer, One(Integer)),
            ("double", false, [Some(One(String | Integer | Number))]) => (Function::Number, One(Number)),
            ("string", false, [Some(One(_))]) => (Function::Text, One(String)),
            ("bool", false, [Some(One(String | Boolean))]) => (Function::Boolean, One(Boolean)),
            ("timestamp", false, [Some(One(String | Timestamp))]) => (Function::Timestamp, One(Timestamp)),
            ("lowerAscii", true, [Some(One(String))]) => (Function::Lower, One(String)),
            ("upperAscii", true, [Some(One(String))]) => (Function::Upper, One(String)),
            ("trim", true, [Some(One(String))]) => (Function::Trim, One(String)),
            ("replace", true, [Some(One(String)), Some(One(String)), Some(One(String))]) => {
                (Function::Replace, One(String))
            }
            ("split", true, [Some(One(String)), Some(One(String))]) => (Function::Split, ManyOf(String)),
            ("join", true, [Some(ManyOf(String | Id | Timestamp)), Some(One(String))]) => (Function::Join, One(String)),
            ("size", _, [Some(One(String) | ManyOf(_))]) => (Function::Size, One(Integer)),
            ("int" | "double" | "string" | "bool" | "timestamp", false, _)
            | ("lowerAscii" | "upperAscii" | "trim" | "replace" | "split" | "join", true, _)
            | ("size", _, _) => {
                let position = self.parsed.position_of_function(node, name);
                return Err(Problem::TypeMismatch(format!("{name}() is not for these values")).at(position));
            }
            _ => {
                let position = self.parsed.position_of_function(node, name);
                let suggestion = closest(name, FUNCTIONS);
                return Err(Problem::UnknownFunction { name: name.to_owned(), suggestion }.at(position));
            }
        };
        Ok((Term::Apply(function, values.into_iter().map(|(term, _)| term).collect()), Some(result)))
    }

    fn arithmetic(&self, name: &str, left: Typed, right: Typed, node: &IdedExpr) -> Result<Typed> {
        use Kind::{Integer, Number, String};
        let operator = match name {
            operators::ADD => Operator::Add,
            operators::SUBSTRACT => Operator::Subtract,
            operators::MULTIPLY => Operator::Multiply,
            operators::DIVIDE => Operator::Divide,
            _ => Operator::Remainder,
        };
        let (function, kind) = match (left.1, right.1) {
            (Some(Type::One(String)), Some(Type::One(String))) if operator == Operator::Add => {
                (Function::Concatenate, String)
            }
            (Some(Type::One(Integer)), Some(Type::One(Integer))) => (Function::Integers(operator), Integer),
            (Some(Type::One(Integer | Number)), Some(Type::One(Integer | Number)))
                if operator != Operator::Remainder =>
            {
                (Function::Numbers(operator), Number)
            }
            _ => return Err(self.mismatch("arithmetic is for numbers, and `+` for strings too", node)),
        };
        Ok((Term::Apply(function, vec![left.0, right.0]), Some(Type::One(kind))))
    }

    fn field(&self, select: &SelectExpr, node: &IdedExpr) -> Result<Typed> {
        let mut path = vec![select.field.as_str()];
        let mut root = select.operand.as_ref();
        while let Expr::Select(outer) = &root.expr
            && !outer.test
        {
            path.push(&outer.field);
            root = &outer.operand;
        }
        path.reverse();
        let name = path.join(".");
        match &root.expr {
            Expr::Ident(root) if root == "record" => {}
            _ => return Err(self.problem(Problem::Unsupported(OF_RECORD), node)),
        }
        let content = || self.schema.fields().filter(|(_, field)| field.place() == Place::Data);
        let Some((_, field)) = content().find(|(known, _)| *known == name) else {
            let suggestion = closest(&name, content().map(|(name, _)| name));
            let position = self.parsed.position_of_field(node, &select.field);
            return Err(Problem::UnknownField { name, suggestion }.at(position));
        };
        Ok((Term::Field(field.clone()), Some(field.field_type())))
    }

    fn truth(&self, node: &IdedExpr) -> Result<Typed> {
        Ok((Term::Condition(self.condition(node)?), Some(Type::One(Kind::Boolean))))
    }

    /// As conditions are everywhere, but about the record alone.
    fn condition(&self, node: &IdedExpr) -> Result<Filter> {
        if let Some(foreign) = foreign(node, self.schema) {
            return Err(self.problem(Problem::Unsupported(OF_RECORD), foreign));
        }
        let open = check::condition(self.parsed, node, self.schema)?;
        let request = Request { user_id: None, user_roles: &[], now: DateTime::UNIX_EPOCH };
        Ok(Filter::asked(bind::predicate(&open, &request)))
    }

    fn mismatch(&self, message: &str, node: &IdedExpr) -> ExpressionError {
        self.problem(Problem::TypeMismatch(message.to_owned()), node)
    }

    fn problem(&self, problem: Problem, node: &IdedExpr) -> ExpressionError {
        problem.at(self.parsed.position(node))
    }
}

/// The first part that is about something else than the record's content.
fn foreign<'n>(node: &'n IdedExpr, schema: &Schema) -> Option<&'n IdedExpr> {
    match &node.expr {
        Expr::Ident(name) => (name != "record").then_some(node),
        Expr::Select(select) => {
            let is_column = schema.field(&select.field).is_some_and(|field| field.place() == Place::Column);
            let of_record = matches!(&select.operand.expr, Expr::Ident(name) if name == "record");
            if is_column && of_record { Some(node) } else { foreign(&select.operand, schema) }
        }
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).find_map(|node| foreign(node, schema)),
        Expr::List(list) => list.elements.iter().find_map(|node| foreign(node, schema)),
        Expr::Literal(_) => None,
        Expr::Comprehension(_) | Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => Some(node),
    }
}

fn literal_value(literal: &LiteralValue) -> Result<Typed, Problem> {
    let one = |value: Value, kind| Ok((Term::Constant(value), Some(Type::One(kind))));
    match literal {
        LiteralValue::Null => Ok((Term::Absent, None)),
        LiteralValue::Boolean(value) => one(Value::Bool(**value), Kind::Boolean),
        LiteralValue::Int(value) => one(Value::from(**value), Kind::Integer),
        LiteralValue::Double(value) => match Number::from_f64(**value) {
            Some(number) => one(Value::Number(number), Kind::Number),
            None => Err(Problem::InvalidValue("this is no number that can be stored".to_owned())),
        },
        LiteralValue::String(value) if value.contains('\0') => {
            Err(Problem::InvalidValue("a text cannot contain U+0000".to_owned()))
        }
        LiteralValue::String(value) => one(Value::String(value.inner().to_owned()), Kind::String),
        LiteralValue::UInt(_) => Err(Problem::Unsupported("unsigned integers are not supported; leave out the `u`")),
        LiteralValue::Bytes(_) => Err(Problem::Unsupported("bytes are not supported; leave out the `b`")),
    }
}
