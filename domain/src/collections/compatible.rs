//! Which changes of a definition leave every record valid that there is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Data, Definition, FieldProblem, problem};

pub(super) const CODE: &str = "incompatible_change";
/// What says nothing about the values that there are.
const ANNOTATIONS: [&str; 6] = ["$comment", "$schema", "default", "description", "examples", "title"];
/// Compared on their own.
const FIELDS: [&str; 2] = ["properties", "required"];

/// Fields may be added that no record has to have, and fewer may be required; new fields may be unique or relations.
/// Relations may end, and have another policy. Everything else about values stays as it is.
pub(super) fn check(before: &Definition, after: &Definition) -> Result<(), Vec<FieldProblem>> {
    let mut problems = vec![];
    let (old, new) = (properties(&before.schema), properties(&after.schema));
    for (name, schema) in &old {
        if new.iter().all(|(other, changed)| other != name || !says_the_same(changed, schema)) {
            problems.push(refused(&problem::member("/schema/properties", name), "records have it as it is"));
        }
    }
    for name in required(&after.schema).difference(&required(&before.schema)) {
        problems.push(refused("/schema/required", &format!("there may be records without {name}")));
    }
    let keywords: BTreeSet<&String> = before.schema.keys().chain(after.schema.keys()).collect();
    for keyword in keywords.into_iter().filter(|keyword| says_something(keyword)) {
        if before.schema.get(keyword) != after.schema.get(keyword) {
            problems.push(refused(&problem::member("/schema", keyword), "decides which records are valid"));
        }
    }
    let is_old = |field: &String| old.iter().any(|(name, _)| *name == field);
    let kept = before.unique.iter().all(|field| after.unique.contains(field));
    let added = after.unique.iter().filter(|field| !before.unique.contains(field));
    if !kept || added.into_iter().any(is_old) {
        problems.push(refused("/unique", "only new fields can become unique, and they stay so"));
    }
    for (field, relation) in &after.relations {
        let known = before.relations.get(field);
        if known.is_some_and(|known| known.target != relation.target) || known.is_none() && is_old(field) {
            let detail = "records may have ids there that name nothing in this collection";
            problems.push(refused(&problem::member("/relations", field), detail));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Whether two schemas of a field say the same about values, as far as can be seen at once.
pub(super) fn says_the_same(one: &Value, other: &Value) -> bool {
    let sense = |schema: &Value| match schema {
        Value::Object(members) => {
            let sense = members.clone().into_iter().filter(|(keyword, _)| !ANNOTATIONS.contains(&keyword.as_str()));
            Value::Object(sense.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => schema.clone(),
    };
    sense(one) == sense(other)
}

fn says_something(keyword: &str) -> bool {
    !ANNOTATIONS.contains(&keyword) && !FIELDS.contains(&keyword)
}

fn properties(schema: &Data) -> Vec<(&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten().collect()
}

fn required(schema: &Data) -> BTreeSet<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn refused(pointer: &str, detail: &str) -> FieldProblem {
    FieldProblem::at(pointer, CODE, detail)
}
