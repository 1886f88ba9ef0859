//! Collections: what an application's records look like, and who may do what with them.

mod canonical;
pub mod change;
mod compatible;
mod conversion;
mod defaults;
pub mod define;
pub mod definition;
pub mod delete;
pub mod description;
pub mod events;
mod evolution;
mod fields;
mod finding;
mod history;
mod index;
pub mod language;
mod lookup;
pub mod name;
pub mod problem;
pub mod propose;
mod relations;
mod rules;
mod schema;
pub mod settle;
pub mod shape;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

pub use change::{ChangeCollection, DefinitionPatch};
pub use conversion::{Conversion, Upcasts};
pub use define::DefineCollection;
pub use definition::Definition;
pub use delete::DeleteCollection;
pub use description::CollectionDescription;
pub use events::CollectionEvent;
pub use evolution::{ChangeId, ChangeOutcome, Evolution, LastChange, MOST_CONVERSIONS, Proposal, Step};
pub use fields::RESERVED;
pub use finding::{Finding, FindingPatch};
pub use history::Retention;
pub use index::{Index, IndexKey};
pub use language::Language;
pub use lookup::{CheckedIndex, CheckedKey, Searched, SortField};
pub use name::CollectionName;
pub use problem::FieldProblem;
pub use propose::ProposeChange;
pub use relations::{MOST_RELATIONS, OnDelete, Relation, RelationField, RelationPatch, RelationsPatch};
pub use rules::{Action, Rules, RulesPatch};
pub use settle::{AcceptChange, RefuseChange, WithdrawChange};
pub use shape::Shape;

use crate::Aggregate;

/// The members of a JSON object: the content of a record, or a schema.
pub type Data = Map<String, Value>;

/// Identifies a collection, whatever its name. UUIDv7, made at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CollectionId(Uuid);

impl CollectionId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// A collection, of which the records are aggregates of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Collection {
    #[default]
    Unknown,
    Defined(Box<Defined>),
    /// Its name is free again; its records are in the log, and nobody reaches them.
    Deleted,
}

/// A collection as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defined {
    pub name: CollectionName,
    pub definition: Definition,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub evolution: Evolution,
}

impl Collection {
    /// What there is to work with, if it is there.
    pub fn defined(&self) -> Option<&Defined> {
        match self {
            Self::Defined(defined) => Some(defined.as_ref()),
            Self::Unknown | Self::Deleted => None,
        }
    }
}

impl Aggregate for Collection {
    type Event = CollectionEvent;
    const CATEGORY: &'static str = "collection";
    const STATE_VERSION: i16 = 2;

    fn apply(self, event: &CollectionEvent) -> Self {
        match (event, self) {
            (CollectionEvent::Defined(defined), _) => Self::Defined(Box::new(Defined {
                name: defined.name.clone(),
                definition: defined.definition.clone(),
                created_at: defined.at,
                updated_at: defined.at,
                evolution: Evolution::default(),
            })),
            (CollectionEvent::Deleted(_), _) => Self::Deleted,
            (_, gone @ (Self::Unknown | Self::Deleted)) => gone,
            (CollectionEvent::Changed(changed), Self::Defined(before)) => {
                let evolution = Evolution { is_fresh: false, ..before.evolution };
                let definition = changed.definition.clone();
                Self::Defined(Box::new(Defined { definition, updated_at: changed.at, evolution, ..*before }))
            }
            (CollectionEvent::ChangeProposed(proposed), Self::Defined(before)) => {
                let evolution = before.evolution.proposed(&proposed.proposal);
                Self::Defined(Box::new(Defined { evolution, ..*before }))
            }
            (CollectionEvent::ChangeAccepted(accepted), Self::Defined(before)) => {
                let (definition, evolution) = (accepted.definition.clone(), before.evolution.accepted(accepted.change));
                Self::Defined(Box::new(Defined { definition, updated_at: accepted.at, evolution, ..*before }))
            }
            (CollectionEvent::ChangeRefused(refused), Self::Defined(before)) => {
                let evolution = before.evolution.ended(refused.change, ChangeOutcome::Refused);
                Self::Defined(Box::new(Defined { evolution, ..*before }))
            }
            (CollectionEvent::ChangeWithdrawn(withdrawn), Self::Defined(before)) => {
                let evolution = before.evolution.ended(withdrawn.change, ChangeOutcome::Withdrawn);
                Self::Defined(Box::new(Defined { evolution, ..*before }))
            }
        }
    }
}
