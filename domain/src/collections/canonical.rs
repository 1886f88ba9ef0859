//! Values in the one form in which they are stored and compared.

use serde_json::Value;
use uuid::Uuid;

use super::{Data, FieldProblem, fields::DeclaredField, problem};
use crate::expressions::{Kind, Type, canonical_timestamp_of};

/// Timestamps in UTC to the microsecond, ids in lower case, whole numbers of integers' fields as such.
pub(super) fn canonical(mut data: Data, fields: &[DeclaredField]) -> Result<Data, Vec<FieldProblem>> {
    let mut problems = vec![];
    for field in fields {
        let Some((last, before)) = field.path.split_last() else { continue };
        let mut members = Some(&mut data);
        for name in before {
            members = members.and_then(|members| members.get_mut(name)).and_then(Value::as_object_mut);
        }
        let Some(value) = members.and_then(|members| members.get_mut(last)) else { continue };
        let pointer = field.path.iter().fold(String::new(), |pointer, name| problem::member(&pointer, name));
        match (field.field_type, value) {
            (Type::One(kind), value) => problems.extend(rewrite(kind, value, &pointer)),
            (Type::ManyOf(kind), Value::Array(items)) => {
                for (at, item) in items.iter_mut().enumerate() {
                    problems.extend(rewrite(kind, item, &format!("{pointer}/{at}")));
                }
            }
            (Type::ManyOf(_), _) => {}
        }
    }
    if problems.is_empty() { Ok(data) } else { Err(problems) }
}

fn rewrite(kind: Kind, value: &mut Value, pointer: &str) -> Option<FieldProblem> {
    let rewritten = match (kind, &*value) {
        (Kind::Timestamp, Value::String(text)) => match canonical_timestamp_of(text) {
            Some(text) => Value::String(text),
            None => {
                let detail = "must be a time of the years 1 to 9999, as RFC 3339 writes it";
                return Some(FieldProblem::at(pointer, "malformed", detail));
            }
        },
        (Kind::Id, Value::String(text)) => match Uuid::try_parse(text) {
            Ok(id) => Value::String(id.to_string()),
            Err(_) => return Some(FieldProblem::at(pointer, "malformed", "must be a UUID")),
        },
        (Kind::Integer, Value::Number(number)) => Value::from(whole(number.as_f64().filter(|_| number.is_f64())?)?),
        _ => return None,
    };
    *value = rewritten;
    None
}

/// The integer that a double is, if both are exactly that.
#[expect(clippy::cast_possible_truncation, reason = "below 2^53 nothing is cut off")]
fn whole(double: f64) -> Option<i64> {
    (double.fract() == 0.0 && double.abs() < 9_007_199_254_740_992.0).then_some(double as i64)
}
