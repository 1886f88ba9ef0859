//! How a collection has come to its definition: the changes that records were converted for, and the one that is pending.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Definition, Upcasts, conversion};

/// Conversions of one collection: contents of long ago go through all of them whenever they are looked at.
pub const MOST_CONVERSIONS: usize = 16;

/// Identifies one change of a collection's definition. UUIDv7, made at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeId(Uuid);

impl ChangeId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// A definition that is to be, and the way to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub change: ChangeId,
    /// The generation of contents that it makes; every proposal of a collection has another one, the accepted or not.
    pub generation: i32,
    /// What it changes.
    pub before: Definition,
    pub definition: Definition,
    pub upcasts: Upcasts,
}

impl Proposal {
    /// The unique fields whose values are taken for it, before it is accepted.
    pub fn taken_anew(&self) -> Vec<String> {
        conversion::taken_anew(&self.before, &self.definition, &self.upcasts)
    }
}

/// The way from the contents of one generation to those of a later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The generation before.
    pub from: i32,
    /// With the generation after.
    pub proposal: Proposal,
}

/// What has become of the last change that was proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastChange {
    pub change: ChangeId,
    pub generation: i32,
    pub outcome: ChangeOutcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeOutcome {
    /// Records are being looked at.
    Pending,
    Accepted,
    Refused,
    Withdrawn,
}

/// What a collection has behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evolution {
    /// Of the contents that are written now; 0 until a change is accepted for which records are converted.
    pub generation: i32,
    /// So many changes were proposed.
    pub proposals: i32,
    pub pending: Option<Box<Proposal>>,
    pub last: Option<LastChange>,
    /// In their order.
    pub steps: Vec<Step>,
    /// Whether nothing of the definition has changed since the last step: whoever reads what is not converted yet goes by the
    /// definition before that step.
    pub is_fresh: bool,
    /// By field that is or was unique: the change since which its values are taken anew.
    pub eras: BTreeMap<String, ChangeId>,
}

impl Evolution {
    pub(super) fn proposed(mut self, proposal: &Proposal) -> Self {
        let Proposal { change, generation, .. } = *proposal;
        self.proposals = generation;
        self.last = Some(LastChange { change, generation, outcome: ChangeOutcome::Pending });
        self.pending = Some(Box::new(proposal.clone()));
        self
    }

    /// Without a change that is not pending nothing happens.
    pub(super) fn accepted(mut self, change: ChangeId) -> Self {
        let Some(proposal) = self.pending.take_if(|pending| pending.change == change) else { return self };
        let taken = proposal.taken_anew();
        // Also of a field that is unique no more: whoever makes it so again has nothing to do with values of before.
        let over = proposal.before.unique.iter().filter(|name| !proposal.definition.unique.contains(name));
        for name in taken.iter().chain(over) {
            self.eras.insert(name.clone(), change);
        }
        self.steps.push(Step { from: self.generation, proposal: (*proposal).clone() });
        (self.generation, self.is_fresh) = (proposal.generation, true);
        self.ended(change, ChangeOutcome::Accepted)
    }

    pub(super) fn ended(mut self, change: ChangeId, outcome: ChangeOutcome) -> Self {
        self.pending.take_if(|pending| pending.change == change);
        if let Some(last) = self.last.as_mut().filter(|last| last.change == change) {
            last.outcome = outcome;
        }
        self
    }

    /// The pending change, if it is this one.
    pub fn pending(&self, change: ChangeId) -> Option<&Proposal> {
        self.pending.as_deref().filter(|pending| pending.change == change)
    }
}
