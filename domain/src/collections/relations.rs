//! Fields that name records of a collection, and what becomes of them when such a record is deleted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    CollectionId, CollectionName, Data, FieldProblem,
    fields::{self, DeclaredField},
    problem,
};
use crate::expressions::{Kind, Type};

/// Relations of one collection.
pub const MOST_RELATIONS: usize = 16;

/// What a field refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    pub target: CollectionId,
    /// The target's name, which stays the same as long as it is there.
    pub collection: CollectionName,
    pub on_delete: OnDelete,
}

/// What happens to a record when one is deleted to which it refers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The deletion is refused.
    #[default]
    Restrict,
    /// The reference is taken out.
    SetNull,
    /// It is deleted too.
    Cascade,
}

/// Some of a relation anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelationPatch {
    pub target: Option<(CollectionId, CollectionName)>,
    pub on_delete: Option<OnDelete>,
}

/// By field; `None` ends the relation.
pub type RelationsPatch = BTreeMap<String, Option<RelationPatch>>;

/// The same relation, checked against the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationField {
    pub name: String,
    pub target: CollectionId,
    pub collection: CollectionName,
    pub on_delete: OnDelete,
    /// Whether the field has a list of ids.
    pub is_many: bool,
    /// Whether the field can be `null`: a reference that is taken out leaves that, or else no field.
    pub is_nullable: bool,
}

/// The relations as a patch leaves them. What names no collection and is none yet is told.
pub(super) fn patched(
    mut relations: BTreeMap<String, Relation>,
    patch: RelationsPatch,
) -> Result<BTreeMap<String, Relation>, Vec<FieldProblem>> {
    let mut problems = vec![];
    for (field, changed) in patch {
        let before = relations.remove(&field);
        let Some(RelationPatch { target, on_delete }) = changed else { continue };
        let on_delete = on_delete.or(before.as_ref().map(|before| before.on_delete)).unwrap_or_default();
        match target.or(before.map(|before| (before.target, before.collection))) {
            Some((target, collection)) => drop(relations.insert(field, Relation { target, collection, on_delete })),
            None => {
                let pointer = format!("{}/collection", problem::member("/relations", &field));
                problems.push(FieldProblem::at(pointer, "missing_field", "is required"));
            }
        }
    }
    if problems.is_empty() { Ok(relations) } else { Err(problems) }
}

/// Checks that relations are of fields that can have ids, and that what happens on deletion can happen.
pub(super) fn check(
    relations: &BTreeMap<String, Relation>,
    schema: &Data,
    declared: &[DeclaredField],
    problems: &mut Vec<FieldProblem>,
) -> Vec<RelationField> {
    if relations.len() > MOST_RELATIONS {
        problems.push(FieldProblem::at("/relations", "too_many", format!("must have at most {MOST_RELATIONS}")));
        return vec![];
    }
    let mut checked = vec![];
    for (name, relation) in relations {
        let pointer = problem::member("/relations", name);
        let kind = declared.iter().find(|field| field.path == [name.as_str()]).map(|field| field.field_type);
        let is_many = match kind {
            Some(Type::One(Kind::Id)) => false,
            Some(Type::ManyOf(Kind::Id)) => true,
            Some(Type::One(_) | Type::ManyOf(_)) => {
                let detail = "must be a field of strings with \"format\": \"uuid\", or of arrays of them";
                problems.push(FieldProblem::at(pointer, "unsupported", detail));
                continue;
            }
            None => {
                problems.push(FieldProblem::at(pointer, "unknown_field", "must be a declared field"));
                continue;
            }
        };
        let is_nullable = fields::is_nullable(schema, name);
        if relation.on_delete == OnDelete::SetNull && !is_many && !is_nullable && fields::is_required(schema, name) {
            let detail = "cannot be set_null: the field is required and cannot be null";
            problems.push(FieldProblem::at(format!("{pointer}/on_delete"), "unsupported", detail));
        }
        checked.push(RelationField {
            name: name.clone(),
            target: relation.target,
            collection: relation.collection.clone(),
            on_delete: relation.on_delete,
            is_many,
            is_nullable,
        });
    }
    checked
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::{
        super::{Definition, Shape, define::tests::posts},
        *,
    };

    pub(crate) fn relation(on_delete: OnDelete) -> Relation {
        let collection = CollectionName::parse("people").unwrap();
        Relation { target: CollectionId::from_uuid(Uuid::from_u128(7)), collection, on_delete }
    }

    fn with(field: &str, on_delete: OnDelete) -> Definition {
        let mut definition = posts();
        definition.schema["properties"]["readers"] =
            json!({"type": "array", "items": {"type": "string", "format": "uuid"}});
        definition.schema["properties"]["editor"] = json!({"type": "string", "format": "uuid"});
        definition.schema["required"] = json!(["title", "editor", "readers"]);
        definition.relations = BTreeMap::from([(field.to_owned(), relation(on_delete))]);
        definition
    }

    #[test]
    fn fields_of_ids_can_refer_to_records() {
        for (field, is_many, is_nullable) in
            [("owner", false, true), ("editor", false, false), ("readers", true, false)]
        {
            let shape = Shape::of(&with(field, OnDelete::Cascade)).unwrap();
            let [found] = shape.relations() else { panic!("one relation") };
            assert_eq!((found.is_many, found.is_nullable, found.on_delete), (is_many, is_nullable, OnDelete::Cascade));
        }
    }

    #[test]
    fn other_fields_cannot_and_what_has_to_be_there_cannot_be_taken_out() {
        for (field, on_delete, pointer, code) in [
            ("title", OnDelete::Restrict, "/relations/title", "unsupported"),
            ("nothing", OnDelete::Restrict, "/relations/nothing", "unknown_field"),
            ("editor", OnDelete::SetNull, "/relations/editor/on_delete", "unsupported"),
        ] {
            let problems = Shape::of(&with(field, on_delete)).unwrap_err();
            assert_eq!((problems[0].pointer.as_str(), problems[0].code, problems.len()), (pointer, code, 1));
        }
        assert!(Shape::of(&with("owner", OnDelete::SetNull)).is_ok());
        assert!(Shape::of(&with("readers", OnDelete::SetNull)).is_ok());
    }

    #[test]
    fn references_are_found_in_single_fields_and_in_lists() {
        let mut definition = with("owner", OnDelete::Restrict);
        definition.relations.insert("readers".to_owned(), relation(OnDelete::SetNull));
        let shape = Shape::of(&definition).unwrap();
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let data = json!({"owner": null, "readers": [a, b, a], "editor": b});
        let found: Vec<_> = shape.references(data.as_object().unwrap()).map(|(field, id)| (&*field.name, id)).collect();
        assert_eq!(found, [("readers", a), ("readers", b)]);
        let data = json!({"owner": b});
        let found: Vec<_> = shape.references(data.as_object().unwrap()).map(|(field, id)| (&*field.name, id)).collect();
        assert_eq!(found, [("owner", b)]);
    }

    #[test]
    fn a_patch_changes_ends_and_begins_relations() {
        let before = BTreeMap::from([("owner".to_owned(), relation(OnDelete::Cascade))]);
        let patch = |patch| RelationsPatch::from([("owner".to_owned(), patch)]);
        assert_eq!(patched(before.clone(), patch(None)), Ok(BTreeMap::new()));
        let softer = Some(RelationPatch { on_delete: Some(OnDelete::SetNull), target: None });
        let after = BTreeMap::from([("owner".to_owned(), relation(OnDelete::SetNull))]);
        assert_eq!(patched(before.clone(), patch(softer.clone())), Ok(after));
        let problems = patched(BTreeMap::new(), patch(softer)).unwrap_err();
        assert_eq!((problems[0].pointer.as_str(), problems[0].code), ("/relations/owner/collection", "missing_field"));
        assert_eq!(patched(before.clone(), RelationsPatch::new()), Ok(before));
    }
}
