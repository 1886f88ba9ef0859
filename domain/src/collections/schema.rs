//! What a schema has to keep to: JSON Schema 2020-12 of a closed object, of bounded size, that refers to itself only.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use super::{
    Data, FieldProblem, RESERVED,
    fields::{EXPAND, is_name},
    problem::{self, MOST},
};

/// Bytes of a schema as JSON.
pub(super) const MAX_BYTES: usize = 64 << 10;
/// Objects and arrays within each other.
const MAX_DEPTH: usize = 32;
const MAX_FIELDS: usize = 200;
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// What a pattern may take when it is compiled; it is matched in linear time.
const MAX_PATTERN_BYTES: usize = 1 << 20;
const POINTER: &str = "/schema";

/// The schema as it is kept: closed, unless it says so itself.
pub(super) fn closed(mut schema: Data) -> Data {
    schema.entry("additionalProperties").or_insert(Value::Bool(false));
    schema
}

/// Checks a schema and makes what checks values by it.
pub(super) fn compile(schema: &Data) -> Result<Validator, Vec<FieldProblem>> {
    let value = Value::Object(schema.clone());
    bounded(&value).map_err(|problem| vec![problem])?;
    let meta = jsonschema::draft202012::meta::validator();
    let broken: Vec<_> =
        meta.iter_errors(&value).flat_map(|error| FieldProblem::of_schema(POINTER, &error)).take(MOST).collect();
    if !broken.is_empty() {
        return Err(broken);
    }
    let mut problems = form(schema);
    foreign_references(&value, POINTER, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    let patterns = PatternOptions::regex().size_limit(MAX_PATTERN_BYTES).dfa_size_limit(MAX_PATTERN_BYTES);
    options.with_pattern_options(patterns).build(&value).map_err(|error| {
        vec![FieldProblem::at(POINTER, "invalid_value", format!("cannot be used: {}", error.masked()))]
    })
}

fn bounded(schema: &Value) -> Result<(), FieldProblem> {
    if depth(schema) > MAX_DEPTH {
        return Err(FieldProblem::at(POINTER, "too_deep", format!("must have at most {MAX_DEPTH} levels")));
    }
    if schema.to_string().len() > MAX_BYTES {
        return Err(FieldProblem::at(POINTER, "too_long", format!("must have at most {MAX_BYTES} bytes")));
    }
    Ok(())
}

fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return 0,
    };
    1 + inner.unwrap_or(0)
}

/// An object whose members are all declared, by names that expressions know.
fn form(schema: &Data) -> Vec<FieldProblem> {
    let mut problems = vec![];
    let mut refuse = |place: &str, code, detail: String| {
        problems.push(FieldProblem::at(format!("{POINTER}{place}"), code, detail));
    };
    if schema.get("$schema").is_some_and(|draft| draft != DRAFT) {
        refuse("/$schema", "unsupported", format!("must be {DRAFT}"));
    }
    if schema.get("type").is_none_or(|kind| kind != "object") {
        refuse("/type", "unsupported", "must be \"object\"".to_owned());
    }
    if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        refuse("/additionalProperties", "unsupported", "must be false: records have the declared fields".to_owned());
    }
    if schema.contains_key("patternProperties") {
        refuse("/patternProperties", "unsupported", "records have the declared fields".to_owned());
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        refuse("/properties", "missing_field", "is required".to_owned());
        return problems;
    };
    if properties.len() > MAX_FIELDS {
        refuse("/properties", "too_many", format!("must have at most {MAX_FIELDS}"));
    }
    for name in properties.keys() {
        let place = problem::member("/properties", name);
        if name == EXPAND || RESERVED.contains(&name.as_str()) {
            refuse(&place, "reserved_name", "is what every record has beside its fields".to_owned());
        } else if !is_name(name) {
            let detail = "a field's name is of letters, digits and _, begins with no digit, and has at most 63";
            refuse(&place, "malformed", detail.to_owned());
        }
    }
    problems
}

/// Nothing is fetched for a schema.
fn foreign_references(value: &Value, pointer: &str, problems: &mut Vec<FieldProblem>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let place = problem::member(pointer, name);
                let is_reference = matches!(name.as_str(), "$ref" | "$dynamicRef");
                if is_reference && inner.as_str().is_some_and(|target| !target.starts_with('#')) {
                    problems.push(FieldProblem::at(place, "unsupported", "must lead to a place in this schema"));
                } else {
                    foreign_references(inner, &place, problems);
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                foreign_references(item, &format!("{pointer}/{at}"), problems);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(schema: Value) -> Vec<(String, &'static str)> {
        let schema = closed(schema.as_object().unwrap().clone());
        let problems = compile(&schema).expect_err("refused");
        problems.into_iter().map(|problem| (problem.pointer, problem.code)).collect()
    }

    #[test]
    fn only_closed_objects_are_schemas_of_records() {
        for (schema, pointer, code) in [
            (json!({"properties": {}}), "/schema/type", "unsupported"),
            (json!({"type": "array", "properties": {}}), "/schema/type", "unsupported"),
            (json!({"type": "object"}), "/schema/properties", "missing_field"),
            (
                json!({"type": "object", "properties": {}, "additionalProperties": true}),
                "/schema/additionalProperties",
                "unsupported",
            ),
            (
                json!({"type": "object", "properties": {}, "patternProperties": {"a": {}}}),
                "/schema/patternProperties",
                "unsupported",
            ),
            (
                json!({"type": "object", "properties": {}, "$schema": "http://json-schema.org/draft-07/schema#"}),
                "/schema/$schema",
                "unsupported",
            ),
            (json!({"type": "object", "properties": {"id": {}}}), "/schema/properties/id", "reserved_name"),
            (json!({"type": "object", "properties": {"a/b": {}}}), "/schema/properties/a~1b", "malformed"),
        ] {
            assert_eq!(refused(schema.clone()), [(pointer.to_owned(), code)], "{schema}");
        }
    }

    #[test]
    fn what_is_no_schema_is_refused_where_it_stands() {
        let wrong = json!({"type": "object", "properties": {"a": {"type": "strnig"}}});
        assert_eq!(refused(wrong)[0].0, "/schema/properties/a/type");
        let pattern = json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "(a)\\1"}}});
        assert_eq!(refused(pattern)[0].0, "/schema", "only patterns that are matched in linear time");
    }

    #[test]
    fn nothing_is_fetched_for_a_schema() {
        for target in ["https://example.org/schema.json", "file:///etc/passwd", "other.json"] {
            let schema = json!({"type": "object", "properties": {"a": {"$ref": target}}});
            assert_eq!(refused(schema), [("/schema/properties/a/$ref".to_owned(), "unsupported")]);
        }
        let own =
            json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"type": "string"}}});
        assert!(compile(&closed(own.as_object().unwrap().clone())).is_ok());
    }

    #[test]
    fn schemas_are_bounded() {
        let deep = (0..40).fold(json!({"type": "string"}), |inner, _| json!({"items": inner}));
        assert_eq!(refused(json!({"type": "object", "properties": {"a": deep}})), [("/schema".to_owned(), "too_deep")]);
        let long = json!({"type": "object", "properties": {}, "description": "a".repeat(MAX_BYTES)});
        assert_eq!(refused(long), [("/schema".to_owned(), "too_long")]);
    }
}
