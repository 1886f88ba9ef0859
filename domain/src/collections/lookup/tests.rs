//! Which indexes and searches a definition may ask for.

use serde_json::json;

use super::{
    super::{Definition, Shape, define::tests::posts},
    *,
};

fn shape(indexed: &Value, searchable: &[&str]) -> Result<Shape, Vec<(String, &'static str)>> {
    let searchable = searchable.iter().map(|name| (*name).to_owned()).collect();
    let finding = Finding::new(serde_json::from_value(indexed.clone()).unwrap(), searchable, Language::SIMPLE);
    let mut definition = Definition { finding, ..posts() };
    let properties = definition.schema.get_mut("properties").unwrap().as_object_mut().unwrap();
    properties.insert("tags".to_owned(), json!({"type": "array", "items": {"type": "string"}}));
    properties.insert("weights".to_owned(), json!({"type": "array", "items": {"type": "number"}}));
    properties.insert("long".to_owned(), json!({"type": "string", "maxLength": 250}));
    properties.insert("longer".to_owned(), json!({"type": "string", "maxLength": 251}));
    for name in ["long2", "long3"] {
        properties.insert(name.to_owned(), json!({"type": "string", "maxLength": 250}));
    }
    let told = |problem: FieldProblem| (problem.pointer, problem.code);
    Shape::of(&definition).map_err(|problems| problems.into_iter().map(told).collect())
}

#[test]
fn indexes_are_on_declared_fields_of_bounded_length() {
    let shape = shape(&json!(["rank", ["status", "-created_at"], "long", "tags", "due"]), &["title", "slug"]);
    let shape = shape.unwrap();
    let indexes: Vec<_> = shape
        .indexes()
        .iter()
        .map(|index| (index.keys.iter().map(|key| key.field.path().concat()).collect::<Vec<_>>(), index.hashed))
        .collect();
    let plain = |fields: &[&str]| (fields.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), false);
    let slug = (vec!["slug".to_owned()], true);
    let declared = [&["rank"][..], &["status", "created_at"], &["long"], &["tags"], &["due"]].map(plain);
    assert_eq!(indexes, [declared.as_slice(), &[slug]].concat(), "a unique text of any length has a hashed one");
    assert_eq!(shape.searched().unwrap().fields.len(), 2);
}

#[test]
fn what_cannot_be_indexed_or_searched_is_told_where_it_stands() {
    for (indexed, pointer, code) in [
        (json!(["stauts"]), "/indexed/0", "unknown_field"),
        (json!(["rank", ["status", "stauts"]]), "/indexed/1/1", "unknown_field"),
        (json!(["slug"]), "/indexed/0", "unbounded"),
        (json!(["longer"]), "/indexed/0", "unbounded"),
        (json!(["weights"]), "/indexed/0", "unsupported"),
        (json!([["rank", "tags"]]), "/indexed/0/1", "unsupported"),
        (json!([["rank", "-rank"]]), "/indexed/0/1", "repeated"),
        (json!([[]]), "/indexed/0", "out_of_range"),
        (json!([["rank", "due", "status", "owner", "title"]]), "/indexed/0", "out_of_range"),
        (json!([["long", "long2", "long3"]]), "/indexed/0", "too_long"),
    ] {
        assert_eq!(shape(&indexed, &[]).unwrap_err(), [(pointer.to_owned(), code)], "{indexed}");
    }
    for (field, code) in
        [("rank", "unsupported"), ("tags", "unsupported"), ("id", "unsupported"), ("no", "unknown_field")]
    {
        let told = shape(&json!([]), &["title", field]).unwrap_err();
        assert_eq!(told, [("/searchable/1".to_owned(), code)]);
    }
    let many: Vec<_> = (0..17).map(|number| json!(["rank", format!("f{number}")])).collect();
    assert_eq!(shape(&json!(many), &[]).unwrap_err(), [("/indexed".to_owned(), "too_many")]);
}

#[test]
fn fields_of_one_value_are_sorted_by() {
    let shape = shape(&json!([]), &[]).unwrap();
    for (name, is_short) in [("rank", true), ("slug", false), ("title", true), ("created_at", true), ("id", true)] {
        assert_eq!(shape.sort_field(name).map(|sorted| sorted.is_short), Some(is_short), "{name}");
    }
    assert!(shape.sort_field("tags").is_none() && shape.sort_field("version").is_none());
    assert!(shape.has_member("tags") && !shape.has_member("id"));
}
