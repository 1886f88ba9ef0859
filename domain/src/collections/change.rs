//! Changing a collection.

use chrono::{DateTime, Utc};

use super::{
    Collection, CollectionDescription, CollectionEvent, Data, FieldProblem, FindingPatch, RelationsPatch, Retention,
    RulesPatch, Shape, compatible, events::Changed,
};
use crate::Command;

/// What is to be another way than it is; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct DefinitionPatch {
    pub description: Option<CollectionDescription>,
    /// A merge patch (RFC 7396) of the schema.
    pub schema: Option<Data>,
    pub unique: Option<Vec<String>>,
    pub relations: RelationsPatch,
    pub rules: RulesPatch,
    pub history: Option<Option<Retention>>,
    pub finding: FindingPatch,
}

#[derive(Clone, Debug)]
pub struct ChangeCollection {
    pub patch: DefinitionPatch,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeCollectionRefused {
    #[error("there is no such collection")]
    UnknownCollection,
    /// It decides what the definition is to be.
    #[error("a change is pending")]
    Pending,
    #[error("the definition is not valid")]
    Invalid(Vec<FieldProblem>),
    /// Records that there are might not be valid any more.
    #[error("the change is not compatible with the records that there are")]
    Incompatible(Vec<FieldProblem>),
}

impl Command for ChangeCollection {
    type Aggregate = Collection;
    type Refusal = ChangeCollectionRefused;

    fn decide(self, collection: &Collection) -> Result<Vec<CollectionEvent>, ChangeCollectionRefused> {
        let defined = collection.defined().ok_or(ChangeCollectionRefused::UnknownCollection)?;
        let before = &defined.definition;
        let after = before.clone().patched(self.patch).map_err(ChangeCollectionRefused::Invalid)?;
        if after == *before {
            return Ok(vec![]);
        }
        if defined.evolution.pending.is_some() {
            return Err(ChangeCollectionRefused::Pending);
        }
        Shape::of(&after).map_err(ChangeCollectionRefused::Invalid)?;
        compatible::check(before, &after).map_err(ChangeCollectionRefused::Incompatible)?;
        Ok(vec![CollectionEvent::Changed(Changed { definition: after, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::{
        super::{
            CollectionId, CollectionName, Definition, Index, OnDelete, Relation, RelationPatch,
            define::tests::{defined, posts},
        },
        *,
    };
    use crate::{Aggregate, testing::given};

    fn change(patch: DefinitionPatch) -> ChangeCollection {
        ChangeCollection { patch, at: DateTime::UNIX_EPOCH }
    }

    fn with_schema(edit: impl FnOnce(&mut Value)) -> DefinitionPatch {
        let mut schema = Value::Object(posts().schema);
        edit(&mut schema);
        DefinitionPatch { schema: schema.as_object().cloned(), ..DefinitionPatch::default() }
    }

    fn changed(edit: impl FnOnce(&mut Definition)) -> CollectionEvent {
        let mut definition = posts();
        edit(&mut definition);
        CollectionEvent::Changed(Changed { definition, at: DateTime::UNIX_EPOCH })
    }

    fn refused(patch: DefinitionPatch) -> Vec<String> {
        match change(patch).decide(&Collection::Unknown.apply(&defined())) {
            Err(ChangeCollectionRefused::Incompatible(problems)) => {
                assert!(problems.iter().all(|problem| problem.code == "incompatible_change"));
                problems.into_iter().map(|problem| problem.pointer).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn fields_are_added_that_no_record_has_to_have() {
        let patch = with_schema(|schema| schema["properties"]["extra"] = json!({"type": "string"}));
        let unique = Some(vec!["slug".to_owned(), "extra".to_owned()]);
        given([defined()]).when(change(DefinitionPatch { unique: unique.clone(), ..patch })).then([changed(|after| {
            after.schema["properties"]["extra"] = json!({"type": "string"});
            after.unique = vec!["extra".to_owned(), "slug".to_owned()];
        })]);
        let fewer = with_schema(|schema| schema["required"] = json!([]));
        given([defined()]).when(change(fewer)).then([changed(|after| after.schema["required"] = json!([]))]);
    }

    #[test]
    fn rules_change_one_by_one() {
        let rules = RulesPatch { list: Some(None), delete: Some(Some("false".to_owned())), ..RulesPatch::default() };
        given([defined()]).when(change(DefinitionPatch { rules, ..DefinitionPatch::default() })).then([changed(
            |after| {
                after.rules.list = None;
                after.rules.delete = Some("false".to_owned());
            },
        )]);
    }

    fn to_people(on_delete: Option<OnDelete>) -> RelationPatch {
        let people = (CollectionId::from_uuid(Uuid::from_u128(7)), CollectionName::parse("people").unwrap());
        RelationPatch { target: Some(people), on_delete }
    }

    #[test]
    fn new_fields_become_relations_whose_policies_change_and_which_end() {
        let relation = |name: &str, patch| RelationsPatch::from([(name.to_owned(), patch)]);
        let id = json!({"type": "string", "format": "uuid"});
        let author = with_schema(|schema| schema["properties"]["author"] = id.clone());
        let begun = DefinitionPatch { relations: relation("author", Some(to_people(None))), ..author };
        let with_author = changed(|after| {
            after.schema["properties"]["author"] = id.clone();
            let (target, collection) = to_people(None).target.unwrap();
            let relation = Relation { target, collection, on_delete: OnDelete::Restrict };
            after.relations = BTreeMap::from([("author".to_owned(), relation)]);
        });
        given([defined()]).when(change(begun)).then([with_author.clone()]);

        let cascade = RelationPatch { on_delete: Some(OnDelete::Cascade), target: None };
        for patch in [Some(cascade), None] {
            let patch = DefinitionPatch { relations: relation("author", patch), ..DefinitionPatch::default() };
            let state = [defined(), with_author.clone()].iter().fold(Collection::Unknown, Aggregate::apply);
            assert_eq!(change(patch).decide(&state).unwrap().len(), 1);
        }
        let of_old = DefinitionPatch { relations: relation("owner", Some(to_people(None))), ..Default::default() };
        assert_eq!(refused(of_old), ["/relations/owner"]);
    }

    #[test]
    fn what_says_nothing_about_records_that_there_are_changes_freely() {
        let described = with_schema(|schema| {
            schema["properties"]["title"]["description"] = json!("In one line");
            schema["properties"]["rank"]["default"] = json!(3);
        });
        given([defined()]).when(change(described)).then([changed(|after| {
            after.schema["properties"]["title"]["description"] = json!("In one line");
            after.schema["properties"]["rank"]["default"] = json!(3);
        })]);
        for history in [Some(Retention::Versions(3)), None] {
            let patch = DefinitionPatch { history: Some(history), ..DefinitionPatch::default() };
            let nine_days = changed(|before| before.history = Some(Retention::Days(9)));
            given([defined(), nine_days]).when(change(patch)).then([changed(|after| after.history = history)]);
        }
    }

    #[test]
    fn how_records_are_found_changes_part_by_part() {
        let finding = FindingPatch { indexed: Some(vec![Index::on("rank")]), ..FindingPatch::default() };
        let patch = DefinitionPatch { finding, ..DefinitionPatch::default() };
        given([defined()]).when(change(patch)).then([changed(|after| after.finding.indexed = vec![Index::on("rank")])]);
        let finding = FindingPatch { searchable: Some(vec!["rank".to_owned()]), ..FindingPatch::default() };
        let patch = DefinitionPatch { finding, ..DefinitionPatch::default() };
        let refused = change(patch).decide(&Collection::Unknown.apply(&defined()));
        assert!(matches!(refused, Err(ChangeCollectionRefused::Invalid(_))), "{refused:?}");
    }

    #[test]
    fn nothing_changes_while_a_change_is_pending() {
        let described = with_schema(|schema| schema["properties"]["title"]["description"] = json!("In one line"));
        let pending = given([defined(), super::super::propose::tests::proposed()]);
        pending.when(change(described)).then_refused(ChangeCollectionRefused::Pending);
    }

    #[test]
    fn what_changes_nothing_writes_nothing() {
        given([defined()]).when(change(DefinitionPatch::default())).then([]);
        given([]).when(change(DefinitionPatch::default())).then_refused(ChangeCollectionRefused::UnknownCollection);
    }

    #[test]
    fn what_records_might_not_keep_to_is_refused() {
        let narrowed = with_schema(|schema| schema["properties"]["title"]["maxLength"] = json!(10));
        assert_eq!(refused(narrowed), ["/schema/properties/title"]);
        let removed = with_schema(|schema| schema["properties"]["title"]["maxLength"] = Value::Null);
        assert_eq!(refused(removed), ["/schema/properties/title"]);
        let removed = with_schema(|schema| schema["properties"]["due"] = Value::Null);
        assert_eq!(refused(removed), ["/schema/properties/due"]);
        assert_eq!(refused(with_schema(|schema| schema["required"] = json!(["title", "rank"]))), ["/schema/required"]);
        assert_eq!(refused(with_schema(|schema| schema["maxProperties"] = json!(3))), ["/schema/maxProperties"]);
        for unique in [vec![], vec!["slug".to_owned(), "title".to_owned()]] {
            let patch = DefinitionPatch { unique: Some(unique), ..DefinitionPatch::default() };
            assert_eq!(refused(patch), ["/unique"]);
        }
    }
}
