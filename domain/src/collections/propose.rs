//! Proposing a change to which records may not keep as they are: it counts once all of them were looked at.

use chrono::{DateTime, Utc};

use super::{
    ChangeId, Collection, CollectionEvent, Conversion, DefinitionPatch, FieldProblem, Upcasts, compatible,
    events::ChangeProposed,
    evolution::{MOST_CONVERSIONS, Proposal},
    problem,
};
use crate::Command;

#[derive(Clone, Debug)]
pub struct ProposeChange {
    pub change: ChangeId,
    pub patch: DefinitionPatch,
    pub upcasts: Upcasts,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposeChangeRefused {
    #[error("there is no such collection")]
    UnknownCollection,
    #[error("another change is pending")]
    Pending,
    #[error("the definition or an expression is not valid")]
    Invalid(Vec<FieldProblem>),
    /// Not even with a look at all records.
    #[error("the relations of fields that there are stay what they are")]
    Incompatible(Vec<FieldProblem>),
    #[error("records of the collection were converted too often")]
    TooManyConversions,
}

impl Command for ProposeChange {
    type Aggregate = Collection;
    type Refusal = ProposeChangeRefused;

    fn decide(self, collection: &Collection) -> Result<Vec<CollectionEvent>, ProposeChangeRefused> {
        let defined = collection.defined().ok_or(ProposeChangeRefused::UnknownCollection)?;
        let (before, evolution) = (&defined.definition, &defined.evolution);
        if evolution.pending.is_some() {
            return Err(ProposeChangeRefused::Pending);
        }
        let after = before.clone().patched(self.patch).map_err(ProposeChangeRefused::Invalid)?;
        if after == *before && self.upcasts.is_empty() {
            return Ok(vec![]);
        }
        let changed = before.relations.iter().chain(&after.relations).map(|(name, _)| name);
        let mut changed: Vec<_> =
            changed.filter(|name| before.relations.get(*name) != after.relations.get(*name)).collect();
        changed.dedup();
        if !changed.is_empty() {
            let problem = |name: &&String| {
                let detail = "relations change by themselves, and only in ways that every record keeps to";
                FieldProblem::at(problem::member("/relations", name), compatible::CODE, detail)
            };
            return Err(ProposeChangeRefused::Incompatible(changed.iter().map(problem).collect()));
        }
        Conversion::of(before, &after, &self.upcasts).map_err(ProposeChangeRefused::Invalid)?;
        if evolution.steps.len() >= MOST_CONVERSIONS {
            return Err(ProposeChangeRefused::TooManyConversions);
        }
        let proposal = Proposal {
            change: self.change,
            generation: evolution.proposals + 1,
            before: before.clone(),
            definition: after,
            upcasts: self.upcasts,
        };
        Ok(vec![CollectionEvent::ChangeProposed(ChangeProposed { proposal: Box::new(proposal), at: self.at })])
    }
}

#[cfg(test)]
pub(in crate::collections) mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::{
        super::{
            Definition,
            define::tests::{defined, posts},
        },
        *,
    };
    use crate::testing::given;

    pub(in crate::collections) fn change() -> ChangeId {
        ChangeId::from_uuid(Uuid::from_u128(30))
    }

    /// Titles get shorter.
    fn patch() -> DefinitionPatch {
        let schema = json!({"properties": {"title": {"maxLength": 10}}});
        DefinitionPatch { schema: schema.as_object().cloned(), ..DefinitionPatch::default() }
    }

    fn shorter() -> Definition {
        let mut after = posts();
        after.schema["properties"]["title"]["maxLength"] = json!(10);
        after
    }

    pub(in crate::collections) fn propose() -> ProposeChange {
        ProposeChange { change: change(), patch: patch(), upcasts: Upcasts::new(), at: DateTime::UNIX_EPOCH }
    }

    pub(in crate::collections) fn proposed() -> CollectionEvent {
        let (before, definition, upcasts) = (posts(), shorter(), Upcasts::new());
        let proposal = Proposal { change: change(), generation: 1, before, definition, upcasts };
        CollectionEvent::ChangeProposed(ChangeProposed { proposal: Box::new(proposal), at: DateTime::UNIX_EPOCH })
    }

    #[test]
    fn one_change_is_proposed_at_a_time() {
        given([defined()]).when(propose()).then([proposed()]);
        given([defined(), proposed()]).when(propose()).then_refused(ProposeChangeRefused::Pending);
        given([]).when(propose()).then_refused(ProposeChangeRefused::UnknownCollection);
        let nothing = ProposeChange { patch: DefinitionPatch::default(), ..propose() };
        given([defined()]).when(nothing).then([]);
    }

    #[test]
    fn expressions_and_definition_have_to_make_sense() {
        let upcasts = Upcasts::from([("title".to_owned(), Some("record.titel".to_owned()))]);
        let wrong = ProposeChange { upcasts, ..propose() };
        let Err(ProposeChangeRefused::Invalid(problems)) =
            wrong.decide(&crate::Aggregate::apply(Collection::Unknown, &defined()))
        else {
            panic!("refused");
        };
        assert_eq!((&*problems[0].pointer, problems[0].code), ("/upcast/title", "expression_unknown_field"));
        let schema = json!({"properties": {"title": {"type": "strnig"}}});
        let patch = DefinitionPatch { schema: Value::as_object(&schema).cloned(), ..DefinitionPatch::default() };
        let wrong = ProposeChange { patch, ..propose() };
        let refused = wrong.decide(&crate::Aggregate::apply(Collection::Unknown, &defined()));
        assert!(matches!(refused, Err(ProposeChangeRefused::Invalid(_))), "{refused:?}");
    }
}
