//! The fields that expressions may name, as a JSON Schema declares them.

use serde_json::Value;

use super::{Data, FieldProblem, problem};
use crate::expressions::{Kind, Schema, Type};

/// What every record has beside its content; no field may have one of these names.
pub const RESERVED: [&str; 5] = ["id", "version", "created_at", "updated_at", "created_by"];
/// What an answer has beside a record; no field may have this name either.
pub(super) const EXPAND: &str = "expand";

/// Of the names of a path.
const MAX_DEPTH: usize = 8;

/// A field of the content, by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeclaredField {
    pub(super) path: Vec<String>,
    pub(super) field_type: Type,
}

impl DeclaredField {
    /// As expressions name it.
    pub(super) fn name(&self) -> String {
        self.path.join(".")
    }
}

/// Every field of a plain type, through objects as far as paths go. What else a schema allows can be stored and is not
/// known to expressions.
pub(super) fn declared(schema: &Data) -> Vec<DeclaredField> {
    let mut fields = vec![];
    collect(schema, &[], &mut fields);
    fields
}

/// The same for expressions, with what every record has in columns.
pub(super) fn known(fields: &[DeclaredField]) -> Result<Schema, FieldProblem> {
    let mut schema = Schema::new();
    for (name, kind) in
        [("id", Kind::Id), ("created_at", Kind::Timestamp), ("updated_at", Kind::Timestamp), ("created_by", Kind::Id)]
    {
        schema = schema.with_column(name, kind).map_err(|error| refused("", &error.to_string()))?;
    }
    for field in fields {
        let name = field.name();
        schema = schema.with(&name, field.field_type).map_err(|error| refused(&name, &error.to_string()))?;
    }
    Ok(schema)
}

fn refused(name: &str, detail: &str) -> FieldProblem {
    FieldProblem::at(problem::member("/schema/properties", name), "malformed", detail)
}

fn collect(schema: &Data, path: &[String], fields: &mut Vec<DeclaredField>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, property) in properties {
        let Some(property) = property.as_object().filter(|_| is_name(name) && path.len() < MAX_DEPTH) else { continue };
        let path = [path, std::slice::from_ref(name)].concat();
        match single_type(property) {
            Some("object") => collect(property, &path, fields),
            Some("array") => {
                let items = property.get("items").and_then(Value::as_object).and_then(kind);
                fields.extend(items.map(|kind| DeclaredField { path, field_type: Type::ManyOf(kind) }));
            }
            _ => fields.extend(kind(property).map(|kind| DeclaredField { path, field_type: Type::One(kind) })),
        }
    }
}

/// Whether a field of the content can be `null`.
pub(super) fn is_nullable(schema: &Data, name: &str) -> bool {
    let property = schema.get("properties").and_then(|properties| properties.get(name));
    match property.and_then(|property| property.get("type")) {
        Some(Value::Array(names)) => names.iter().any(|name| name == "null"),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) | None => false,
    }
}

pub(super) fn is_required(schema: &Data, name: &str) -> bool {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().any(|required| required == name)
}

fn kind(schema: &Data) -> Option<Kind> {
    match (single_type(schema)?, schema.get("format").and_then(Value::as_str)) {
        ("string", Some("date-time")) => Some(Kind::Timestamp),
        ("string", Some("uuid")) => Some(Kind::Id),
        ("string", _) => Some(Kind::String),
        ("integer", _) => Some(Kind::Integer),
        ("number", _) => Some(Kind::Number),
        ("boolean", _) => Some(Kind::Boolean),
        _ => None,
    }
}

/// The one type that a value has when it is not null.
fn single_type(schema: &Data) -> Option<&str> {
    match schema.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => {
            let mut others = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            let first = others.next()?;
            others.next().is_none().then_some(first)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

/// Letters, digits and `_`, at most 63, beginning with no digit.
pub(super) fn is_name(text: &str) -> bool {
    let begins_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    begins_well && text.len() <= 63 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_plain_types_are_known_through_objects() {
        let schema = json!({"properties": {
            "title": {"type": "string"}, "due": {"type": ["string", "null"], "format": "date-time"},
            "author": {"type": "string", "format": "uuid"}, "rank": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "address": {"type": "object", "properties": {"city": {"type": "string"}, "a-b": {"type": "string"}}},
            "any": {}, "either": {"type": ["string", "integer"]}, "rows": {"type": "array", "items": {"type": "object"}},
        }});
        let fields = declared(schema.as_object().unwrap());
        let named: Vec<_> = fields.iter().map(|field| (field.name(), field.field_type)).collect();
        let one = |name: &str, kind| (name.to_owned(), Type::One(kind));
        assert_eq!(
            named,
            [
                one("address.city", Kind::String),
                one("author", Kind::Id),
                one("due", Kind::Timestamp),
                one("rank", Kind::Integer),
                ("tags".to_owned(), Type::ManyOf(Kind::String)),
                one("title", Kind::String),
            ]
        );
        assert!(known(&fields).unwrap().field("created_at").is_some());
    }
}
