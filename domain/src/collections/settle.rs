//! How a pending change ends: accepted or refused by whoever has looked at all records, or withdrawn.

use chrono::{DateTime, Utc};

use super::{
    ChangeId, Collection, CollectionEvent,
    events::{ChangeAccepted, ChangeRefused, ChangeWithdrawn},
};
use crate::Command;

/// Every record keeps to it, converted.
#[derive(Clone, Debug)]
pub struct AcceptChange {
    pub change: ChangeId,
    /// How many were looked at.
    pub records: i64,
    pub at: DateTime<Utc>,
}

/// Some records do not.
#[derive(Clone, Debug)]
pub struct RefuseChange {
    pub change: ChangeId,
    /// How many were looked at.
    pub records: i64,
    /// How much was found to be wrong with them.
    pub findings: i64,
    pub at: DateTime<Utc>,
}

/// It is not wanted any more.
#[derive(Clone, Debug)]
pub struct WithdrawChange {
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettleChangeRefused {
    #[error("there is no such collection")]
    UnknownCollection,
    #[error("no such change is pending")]
    NotPending,
}

impl Command for AcceptChange {
    type Aggregate = Collection;
    type Refusal = SettleChangeRefused;

    fn decide(self, collection: &Collection) -> Result<Vec<CollectionEvent>, SettleChangeRefused> {
        let defined = collection.defined().ok_or(SettleChangeRefused::UnknownCollection)?;
        let proposal = defined.evolution.pending(self.change).ok_or(SettleChangeRefused::NotPending)?;
        Ok(vec![CollectionEvent::ChangeAccepted(ChangeAccepted {
            change: self.change,
            generation: proposal.generation,
            definition: proposal.definition.clone(),
            records: self.records,
            at: self.at,
        })])
    }
}

impl Command for RefuseChange {
    type Aggregate = Collection;
    type Refusal = SettleChangeRefused;

    fn decide(self, collection: &Collection) -> Result<Vec<CollectionEvent>, SettleChangeRefused> {
        let defined = collection.defined().ok_or(SettleChangeRefused::UnknownCollection)?;
        defined.evolution.pending(self.change).ok_or(SettleChangeRefused::NotPending)?;
        let Self { change, records, findings, at } = self;
        Ok(vec![CollectionEvent::ChangeRefused(ChangeRefused { change, records, findings, at })])
    }
}

impl Command for WithdrawChange {
    type Aggregate = Collection;
    type Refusal = SettleChangeRefused;

    fn decide(self, collection: &Collection) -> Result<Vec<CollectionEvent>, SettleChangeRefused> {
        let defined = collection.defined().ok_or(SettleChangeRefused::UnknownCollection)?;
        let pending = defined.evolution.pending.as_ref().ok_or(SettleChangeRefused::NotPending)?;
        Ok(vec![CollectionEvent::ChangeWithdrawn(ChangeWithdrawn { change: pending.change, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{
        super::{
            ChangeOutcome,
            define::tests::defined,
            propose::{
                ProposeChangeRefused,
                tests::{change, propose, proposed},
            },
        },
        *,
    };
    use crate::{Aggregate, testing::given};

    const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn accept() -> AcceptChange {
        AcceptChange { change: change(), records: 7, at: AT }
    }

    fn accepted() -> CollectionEvent {
        let CollectionEvent::ChangeProposed(proposed) = proposed() else { panic!("proposed") };
        let definition = proposed.proposal.definition;
        CollectionEvent::ChangeAccepted(ChangeAccepted {
            change: change(),
            generation: 1,
            definition,
            records: 7,
            at: AT,
        })
    }

    fn refused() -> CollectionEvent {
        CollectionEvent::ChangeRefused(ChangeRefused { change: change(), records: 7, findings: 2, at: AT })
    }

    fn withdrawn() -> CollectionEvent {
        CollectionEvent::ChangeWithdrawn(ChangeWithdrawn { change: change(), at: AT })
    }

    fn after(events: &[CollectionEvent]) -> super::super::Defined {
        events.iter().fold(Collection::Unknown, Aggregate::apply).defined().unwrap().clone()
    }

    #[test]
    fn a_pending_change_ends_once() {
        let refuse = || RefuseChange { change: change(), records: 7, findings: 2, at: AT };
        given([defined(), proposed()]).when(accept()).then([accepted()]);
        given([defined(), proposed()]).when(refuse()).then([refused()]);
        given([defined(), proposed()]).when(WithdrawChange { at: AT }).then([withdrawn()]);
        for end in [accepted(), refused(), withdrawn()] {
            let ended = || given([defined(), proposed(), end.clone()]);
            ended().when(accept()).then_refused(SettleChangeRefused::NotPending);
            ended().when(refuse()).then_refused(SettleChangeRefused::NotPending);
            ended().when(WithdrawChange { at: AT }).then_refused(SettleChangeRefused::NotPending);
        }
        let other = AcceptChange { change: ChangeId::from_uuid(Uuid::from_u128(31)), ..accept() };
        given([defined(), proposed()]).when(other).then_refused(SettleChangeRefused::NotPending);
        given([]).when(accept()).then_refused(SettleChangeRefused::UnknownCollection);
    }

    #[test]
    fn an_accepted_change_is_the_definition_and_begins_a_generation() {
        let before = after(&[defined(), proposed()]);
        assert_eq!((before.evolution.generation, &before.definition), (0, &after(&[defined()]).definition));
        let defined = after(&[defined(), proposed(), accepted()]);
        assert_eq!(defined.definition.schema["properties"]["title"]["maxLength"], 10);
        let evolution = &defined.evolution;
        assert_eq!((evolution.generation, evolution.steps.len(), evolution.is_fresh), (1, 1, true));
        assert_eq!(evolution.last.map(|last| last.outcome), Some(ChangeOutcome::Accepted));
    }

    #[test]
    fn what_was_not_accepted_leaves_the_definition_and_its_number_is_not_given_again() {
        for end in [refused(), withdrawn()] {
            let ended = after(&[defined(), proposed(), end.clone()]);
            assert_eq!(ended.definition, after(&[defined()]).definition);
            assert_eq!((ended.evolution.generation, ended.evolution.proposals), (0, 1));
            let state = [defined(), proposed(), end].iter().fold(Collection::Unknown, Aggregate::apply);
            let again: Result<_, ProposeChangeRefused> = propose().decide(&state);
            let [CollectionEvent::ChangeProposed(again)] = &again.unwrap()[..] else { panic!("proposed") };
            assert_eq!(again.proposal.generation, 2);
        }
    }
}
