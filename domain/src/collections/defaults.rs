//! The values that fields have when a content comes without them.

use jsonschema::Validator;
use serde_json::Value;

use super::{
    Data, FieldProblem,
    problem::{self, MOST},
};

/// The `default` of each top-level field that has one.
pub(super) fn of(schema: &Data) -> Data {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties.filter_map(|(name, property)| Some((name.clone(), property.get("default")?.clone()))).collect()
}

/// Checks that a default is a value which its field may have.
pub(super) fn check(defaults: &Data, validator: &Validator, problems: &mut Vec<FieldProblem>) {
    // All of them at once, as if they were a record: what it says of other places is not about them.
    let value = Value::Object(defaults.clone());
    let of_fields = validator.iter_errors(&value).filter(|error| !error.instance_path().as_str().is_empty());
    for told in of_fields.flat_map(|error| FieldProblem::of_schema("", &error)).take(MOST) {
        let field = told.pointer.split('/').nth(1).unwrap_or_default();
        let pointer = format!("{}/default", problem::member("/schema/properties", field));
        problems.push(FieldProblem { pointer, ..told });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Definition, Shape, define::tests::posts};

    fn with(field: &str, value: serde_json::Value) -> Definition {
        let mut definition = posts();
        definition.schema["properties"][field]["default"] = value;
        definition
    }

    #[test]
    fn what_is_missing_gets_its_default_and_nothing_else_does() {
        let mut definition = with("status", json!("open"));
        definition.schema["properties"]["owner"]["default"] = json!(null);
        let shape = Shape::of(&definition).unwrap();
        let completed = |data: serde_json::Value| shape.completed(data.as_object().unwrap().clone());
        assert_eq!(
            completed(json!({"title": "A"})),
            *json!({"title": "A", "status": "open", "owner": null}).as_object().unwrap()
        );
        let whole = json!({"title": "A", "status": "closed", "owner": "x"});
        assert_eq!(completed(whole.clone()), *whole.as_object().unwrap());
    }

    #[test]
    fn a_default_is_a_value_that_the_field_may_have() {
        for (field, value, code) in [("status", json!("other"), "unknown_value"), ("rank", json!("x"), "wrong_type")] {
            let problems = Shape::of(&with(field, value)).unwrap_err();
            let pointer = format!("/schema/properties/{field}/default");
            assert_eq!((problems[0].pointer.as_str(), problems[0].code, problems.len()), (&*pointer, code, 1));
        }
        assert!(Shape::of(&with("title", json!("A"))).is_ok());
    }
}
