//! `value in list` in SQL.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    SqlValue,
    operands::{Writer, canonical_uuid, native_column},
    stored,
};
use crate::expressions::{
    Field,
    schema::Kind,
    tree::{Bound, Constant, Family, List, Operand},
};

pub(super) fn write(writer: &mut Writer<'_>, item: &Operand<Bound>, list: &List<Bound>, family: Family) {
    match list {
        List::Constant(items) => in_constants(writer, item, items, family),
        List::Field(field) if family == Family::Number => in_numbers(writer, item, field),
        List::Field(field) => in_stored(writer, item, field, family),
        List::Variable(never) => match *never {},
    }
}

fn in_constants(writer: &mut Writer<'_>, item: &Operand<Bound>, items: &[Constant], family: Family) {
    writer.push("(");
    match (native_column(item), native_values(items)) {
        (Some(field), Some(values)) => {
            let column = writer.source(field).column();
            writer.push(&column);
            writer.push(" = ANY(");
            writer.push_value(values);
        }
        _ => {
            writer.operand(item, family);
            writer.push(" = ANY(");
            writer.push_value(values(items, family));
        }
    }
    writer.push("))");
}

/// The database finds an item by `@>`, for which the list may have an index.
fn in_stored(writer: &mut Writer<'_>, item: &Operand<Bound>, field: &Field, family: Family) {
    let json = writer.source(field).json();
    writer.push("(");
    if !matches!(item, Operand::Constant(_)) {
        // A list may have a null in it, and that is not the absent item.
        writer.operand(item, family);
        writer.push(" IS NOT NULL AND ");
    }
    writer.push(&format!("{json} @> jsonb_build_array("));
    writer.operand(item, family);
    writer.push("))");
}

/// Numbers are compared as doubles, which `@>` does not.
fn in_numbers(writer: &mut Writer<'_>, item: &Operand<Bound>, field: &Field) {
    let json = writer.source(field).json();
    let element = stored::item(field.kind());
    let cast = if field.kind() == Kind::Integer { "::double precision" } else { "" };
    writer.push(&format!(
        "EXISTS (SELECT FROM jsonb_array_elements(CASE WHEN jsonb_typeof({json}) = 'array' THEN {json} ELSE '[]' END) \
         AS item(value) WHERE {element}{cast} = "
    ));
    writer.operand(item, Family::Number);
    writer.push(")");
}

fn values(items: &[Constant], family: Family) -> SqlValue {
    match family {
        Family::Text | Family::Moment => SqlValue::Texts(items.iter().filter_map(text).collect()),
        Family::Integer => SqlValue::BigInts(
            items
                .iter()
                .filter_map(|item| if let Constant::Integer(value) = item { Some(*value) } else { None })
                .collect(),
        ),
        Family::Number => SqlValue::Doubles(items.iter().filter_map(number).collect()),
        Family::Boolean => SqlValue::Booleans(
            items
                .iter()
                .filter_map(|item| if let Constant::Boolean(value) = item { Some(*value) } else { None })
                .collect(),
        ),
    }
}

/// All of them in the column's own type, or `None`.
fn native_values(items: &[Constant]) -> Option<SqlValue> {
    let ids = || {
        let ids: Option<Vec<Uuid>> = items
            .iter()
            .map(|item| if let Constant::Text(text) = item { canonical_uuid(text) } else { None })
            .collect();
        ids.map(SqlValue::Uuids)
    };
    let moments: Option<Vec<DateTime<Utc>>> =
        items.iter().map(|item| if let Constant::Moment(moment) = item { Some(moment.at()) } else { None }).collect();
    moments.map(SqlValue::Timestamps).or_else(ids)
}

fn text(constant: &Constant) -> Option<String> {
    match constant {
        Constant::Text(text) => Some(text.clone()),
        Constant::Moment(moment) => Some(moment.text().to_owned()),
        Constant::Absent | Constant::Integer(_) | Constant::Number(_) | Constant::Boolean(_) => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a comparison with a number is one of doubles")]
fn number(constant: &Constant) -> Option<f64> {
    match constant {
        Constant::Number(value) => Some(*value),
        Constant::Integer(value) => Some(*value as f64),
        Constant::Absent | Constant::Text(_) | Constant::Boolean(_) | Constant::Moment(_) => None,
    }
}
