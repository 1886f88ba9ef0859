//! Defining a collection.

use chrono::{DateTime, Utc};

use super::{
    Collection, CollectionEvent, CollectionName, Definition, FieldProblem, Shape, events::Defined as DefinedEvent,
};
use crate::Command;

/// That the name is free, a claim says.
#[derive(Clone, Debug)]
pub struct DefineCollection {
    pub name: CollectionName,
    pub definition: Definition,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefineCollectionRefused {
    #[error("there is this collection already")]
    AlreadyDefined,
    #[error("the definition is not valid")]
    Invalid(Vec<FieldProblem>),
}

impl Command for DefineCollection {
    type Aggregate = Collection;
    type Refusal = DefineCollectionRefused;

    fn decide(self, collection: &Collection) -> Result<Vec<CollectionEvent>, DefineCollectionRefused> {
        match collection {
            Collection::Unknown => {}
            Collection::Defined(_) | Collection::Deleted => return Err(DefineCollectionRefused::AlreadyDefined),
        }
        Shape::of(&self.definition).map_err(DefineCollectionRefused::Invalid)?;
        let event = DefinedEvent { name: self.name, definition: self.definition, at: self.at };
        Ok(vec![CollectionEvent::Defined(event)])
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::{super::Rules, *};
    use crate::testing::given;

    pub(crate) fn posts() -> Definition {
        let schema = json!({
            "type": "object", "required": ["title"],
            "properties": {
                "title": {"type": "string", "maxLength": 20},
                "slug": {"type": "string"},
                "owner": {"type": ["string", "null"], "format": "uuid"},
                "due": {"type": "string", "format": "date-time"},
                "rank": {"type": "integer"},
                "status": {"enum": ["open", "closed"], "type": "string"},
            },
        });
        let rules = Rules {
            list: Some("record.status == \"open\"".to_owned()),
            view: Some("true".to_owned()),
            create: Some("record.created_by == user.id".to_owned()),
            update: Some("record.owner == user.id".to_owned()),
            delete: None,
        };
        let schema = schema.as_object().unwrap().clone();
        let unique = vec!["slug".to_owned(), "slug".to_owned()];
        Definition { schema, unique, rules, ..Definition::default() }.normalised()
    }

    pub(in crate::collections) fn defined() -> CollectionEvent {
        CollectionEvent::Defined(DefinedEvent {
            name: CollectionName::parse("posts").unwrap(),
            definition: posts(),
            at: DateTime::UNIX_EPOCH,
        })
    }

    fn define(definition: Definition) -> DefineCollection {
        DefineCollection { name: CollectionName::parse("posts").unwrap(), definition, at: DateTime::UNIX_EPOCH }
    }

    #[test]
    fn a_collection_is_defined_once_with_a_closed_schema() {
        given([]).when(define(posts())).then([defined()]);
        given([defined()]).when(define(posts())).then_refused(DefineCollectionRefused::AlreadyDefined);
        assert_eq!((posts().schema["additionalProperties"].clone(), posts().unique.len()), (json!(false), 1));
    }

    #[test]
    fn everything_that_is_wrong_beside_the_schema_is_told_at_once() {
        let mut wrong = posts();
        wrong.unique = vec!["nothing".to_owned()];
        wrong.rules.list = Some("record.stauts == \"open\"".to_owned());
        wrong.rules.delete = Some("record.rank".to_owned());
        let Err(DefineCollectionRefused::Invalid(problems)) = define(wrong).decide(&Collection::Unknown) else {
            panic!("refused");
        };
        let told: Vec<_> = problems.iter().map(|problem| (problem.pointer.as_str(), problem.code)).collect();
        assert_eq!(
            told,
            [
                ("/unique/0", "unknown_field"),
                ("/rules/list", "expression_unknown_field"),
                ("/rules/delete", "expression_type_mismatch"),
            ]
        );
        assert!(problems[1].detail.contains("did you mean \"status\"?"), "{}", problems[1].detail);
    }
}
