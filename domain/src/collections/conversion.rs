//! What contents become when their collection's definition changes in a way to which records may not keep.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;
use uuid::Uuid;

use super::{Data, Definition, FieldProblem, Shape, compatible, fields, problem};
use crate::expressions::{Upcast, fits};

/// By field of the definition that is to be: the expression of its value. `None` leaves the field out, which says that what
/// records have there may go.
pub type Upcasts = BTreeMap<String, Option<String>>;

/// A way from one definition to another, checked and ready for contents. Pure: the same content always becomes the same.
#[derive(Debug)]
pub struct Conversion {
    before: Shape,
    after: Arc<Shape>,
    upcasts: Vec<(String, Option<Upcast>)>,
    /// Of the fields that a content has to have from now on.
    defaults: Data,
}

impl Conversion {
    /// Reads the expressions; tells everything that is wrong with them or with the definition that is to be.
    pub fn of(before: &Definition, after: &Definition, upcasts: &Upcasts) -> Result<Self, Vec<FieldProblem>> {
        let shape = Shape::of(after)?;
        let before_shape = Shape::of(before)?;
        let (mut problems, mut checked) = (vec![], vec![]);
        for (name, text) in upcasts {
            match check(&before_shape, &shape, name, text.as_deref()) {
                Ok(upcast) => checked.push((name.clone(), upcast)),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let is_new =
            |name: &String| fields::is_required(&after.schema, name) && !fields::is_required(&before.schema, name);
        let defaults = shape.defaults().iter().filter(|(name, _)| is_new(name));
        let defaults = defaults.map(|(name, value)| (name.clone(), value.clone())).collect();
        Ok(Self { before: before_shape, after: Arc::new(shape), upcasts: checked, defaults })
    }

    /// The definition that is to be.
    pub fn after(&self) -> &Arc<Shape> {
        &self.after
    }

    /// The content as the definition that is to be wants it, or everything for which it is not valid there.
    pub fn convert(&self, content: &Data) -> Result<Data, Vec<FieldProblem>> {
        let mut converted = content.clone();
        for (name, upcast) in &self.upcasts {
            match upcast.as_ref().and_then(|upcast| upcast.evaluate(content)) {
                Some(value) => drop(converted.insert(name.clone(), value)),
                None => drop(converted.remove(name)),
            }
        }
        for (name, default) in &self.defaults {
            converted.entry(name).or_insert_with(|| default.clone());
        }
        let converted = self.after.validate(converted)?;
        self.keeps_references(content, &converted)?;
        Ok(converted)
    }

    /// References are held by what they lead to, and stay what they are.
    fn keeps_references(&self, content: &Data, converted: &Data) -> Result<(), Vec<FieldProblem>> {
        if self.after.relations().is_empty() && self.before.relations().is_empty() {
            return Ok(());
        }
        let (before, after) = (references(&self.before, content), references(&self.after, converted));
        let changed: BTreeSet<&String> = before.symmetric_difference(&after).map(|(name, _)| name).collect();
        let problem = |name: &String| {
            FieldProblem::at(problem::member("", name), "reference_changed", "has to refer to the same records")
        };
        if changed.is_empty() { Ok(()) } else { Err(changed.into_iter().map(problem).collect()) }
    }
}

fn references(shape: &Shape, content: &Data) -> BTreeSet<(String, Uuid)> {
    shape.references(content).map(|(field, id)| (field.name.clone(), id)).collect()
}

fn check(before: &Shape, after: &Shape, name: &str, text: Option<&str>) -> Result<Option<Upcast>, FieldProblem> {
    let refuse = |code, detail: &str| FieldProblem::at(problem::member("/upcast", name), code, detail);
    if after.relations().iter().chain(before.relations()).any(|field| field.name == name) {
        return Err(refuse("unsupported", "relations stay what they are"));
    }
    let Some(text) = text else {
        let is_known = before.has_member(name) || after.has_member(name);
        return if is_known { Ok(None) } else { Err(refuse("unknown_field", "must be a declared field")) };
    };
    if !after.has_member(name) {
        return Err(refuse("unknown_field", "must be a field of the definition that is to be"));
    }
    let upcast =
        Upcast::parse(text, before.known()).map_err(|error| refuse(error.problem.code(), &error.to_string()))?;
    let mismatch = "is of another type than the field";
    match (upcast.result(), after.known().field(name)) {
        (Some(value), Some(field)) if !fits(value, field.field_type()) => {
            Err(refuse("expression_type_mismatch", mismatch))
        }
        (Some(_), None) => Err(refuse("unsupported", "is for fields of one value or of lists of values")),
        (Some(_), Some(_)) | (None, _) => Ok(Some(upcast)),
    }
}

/// The unique fields whose values may become others, or were not unique: nobody holds them yet as they are to be.
pub(super) fn taken_anew(before: &Definition, after: &Definition, upcasts: &Upcasts) -> Vec<String> {
    let property = |definition: &Definition, name: &str| -> Option<Value> {
        definition.schema.get("properties").and_then(|properties| properties.get(name)).cloned()
    };
    let is_same = |name: &String| {
        before.unique.contains(name)
            && !upcasts.contains_key(name)
            && fields::is_required(&before.schema, name) == fields::is_required(&after.schema, name)
            && property(before, name)
                .zip(property(after, name))
                .is_some_and(|(one, other)| compatible::says_the_same(&one, &other))
    };
    after.unique.iter().filter(|name| !is_same(name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::define::tests::posts, *};

    fn data(value: Value) -> Data {
        value.as_object().unwrap().clone()
    }

    fn upcasts(all: &[(&str, Option<&str>)]) -> Upcasts {
        all.iter().map(|(name, text)| ((*name).to_owned(), text.map(str::to_owned))).collect()
    }

    fn edited(edit: impl FnOnce(&mut Value)) -> Definition {
        let mut schema = Value::Object(posts().schema);
        edit(&mut schema);
        Definition { schema: data(schema), ..posts() }
    }

    #[test]
    fn a_field_gets_another_type() {
        let before = edited(|schema| schema["properties"]["rank"] = json!({"type": "string"}));
        let way = Conversion::of(&before, &posts(), &upcasts(&[("rank", Some("int(record.rank)"))])).unwrap();
        assert_eq!(way.convert(&data(json!({"title": "A", "rank": "7"}))), Ok(data(json!({"title": "A", "rank": 7}))));
        assert_eq!(way.convert(&data(json!({"title": "A", "rank": "x"}))), Ok(data(json!({"title": "A"}))));
    }

    #[test]
    fn one_field_becomes_two_and_is_gone() {
        let after = edited(|schema| {
            let properties = schema["properties"].as_object_mut().unwrap();
            properties.remove("title");
            properties.insert("first".to_owned(), json!({"type": "string"}));
            properties.insert("rest".to_owned(), json!({"type": "string"}));
            schema["required"] = json!(["first"]);
        });
        let split = [
            ("title", None),
            ("first", Some("record.title.split(\" \")[0]")),
            ("rest", Some("record.title.split(\" \")[1]")),
        ];
        let way = Conversion::of(&posts(), &after, &upcasts(&split)).unwrap();
        let converted = way.convert(&data(json!({"title": "Ada Lovelace", "slug": "a"})));
        assert_eq!(converted, Ok(data(json!({"first": "Ada", "rest": "Lovelace", "slug": "a"}))));
        let kept = Conversion::of(&posts(), &after, &upcasts(&split[1..])).unwrap();
        let problems = kept.convert(&data(json!({"title": "Ada"}))).unwrap_err();
        assert_eq!(
            (problems[0].pointer.as_str(), problems[0].code),
            ("/title", "unknown_field"),
            "nothing is lost unsaid"
        );
    }

    #[test]
    fn what_is_required_anew_has_its_default_and_nothing_else_has() {
        let after = edited(|schema| {
            schema["required"] = json!(["title", "rank"]);
            schema["properties"]["rank"]["default"] = json!(3);
            schema["properties"]["slug"]["default"] = json!("none");
        });
        let way = Conversion::of(&posts(), &after, &Upcasts::new()).unwrap();
        assert_eq!(way.convert(&data(json!({"title": "A"}))), Ok(data(json!({"title": "A", "rank": 3}))));
        let without = edited(|schema| schema["required"] = json!(["title", "rank"]));
        let way = Conversion::of(&posts(), &without, &Upcasts::new()).unwrap();
        let problems = way.convert(&data(json!({"title": "A"}))).unwrap_err();
        assert_eq!((problems[0].pointer.as_str(), problems[0].code), ("/rank", "missing_field"));
    }

    #[test]
    fn expressions_are_held_against_both_definitions() {
        let after = edited(|schema| schema["properties"]["rank"] = json!({"type": "string"}));
        for (field, text, code) in [
            ("rank", Some("record.ranc"), "expression_unknown_field"),
            ("rank", Some("record.rank"), "expression_type_mismatch"),
            ("nothing", Some("record.rank"), "unknown_field"),
            ("nothing", None, "unknown_field"),
        ] {
            let problems = Conversion::of(&posts(), &after, &upcasts(&[(field, text)])).unwrap_err();
            let told = (problems[0].pointer.clone(), problems[0].code);
            assert_eq!(told, (format!("/upcast/{field}"), code));
        }
    }

    #[test]
    fn unique_values_are_taken_anew_where_they_may_be_others() {
        let taken = |after: &Definition, texts: &[(&str, Option<&str>)]| taken_anew(&posts(), after, &upcasts(texts));
        assert_eq!(taken(&posts(), &[]), Vec::<String>::new());
        assert_eq!(taken(&posts(), &[("slug", Some("record.title"))]), ["slug"]);
        let more = Definition { unique: vec!["slug".to_owned(), "title".to_owned()], ..posts() };
        assert_eq!(taken(&more, &[]), ["title"]);
        assert_eq!(taken(&edited(|schema| schema["properties"]["slug"]["maxLength"] = json!(9)), &[]), ["slug"]);
    }
}
