//! Noting that some more records were looked at.

use chrono::{DateTime, Utc};

use super::{FoundProblem, SchemaChange, SchemaChangeEvent, events::Advanced};
use crate::{
    Command,
    collections::{ChangeId, CollectionId},
};

#[derive(Clone, Debug)]
pub struct Advance {
    pub collection: CollectionId,
    pub change: ChangeId,
    /// What had been reached when this was begun.
    pub after: i64,
    pub upto: i64,
    pub records: i64,
    pub findings: Vec<FoundProblem>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdvanceRefused {
    /// Somebody else has gone on from there.
    #[error("these records were looked at already")]
    Overtaken,
}

impl Command for Advance {
    type Aggregate = SchemaChange;
    type Refusal = AdvanceRefused;

    fn decide(self, change: &SchemaChange) -> Result<Vec<SchemaChangeEvent>, AdvanceRefused> {
        if change.reached != self.after {
            return Err(AdvanceRefused::Overtaken);
        }
        let Self { collection, change, after, upto, records, findings, at } = self;
        Ok(vec![SchemaChangeEvent::Advanced(Advanced { collection, change, after, upto, records, findings, at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Aggregate, records::RecordId, schema_changes::MOST_FINDINGS, testing::given};

    pub(in crate::schema_changes) fn collection() -> CollectionId {
        CollectionId::from_uuid(Uuid::from_u128(2))
    }

    fn change() -> ChangeId {
        ChangeId::from_uuid(Uuid::from_u128(30))
    }

    fn found(count: usize) -> Vec<FoundProblem> {
        let record = RecordId::from_uuid(Uuid::from_u128(20));
        vec![FoundProblem { record, pointer: "/rank".to_owned(), code: "wrong_type".to_owned() }; count]
    }

    fn advance(after: i64, upto: i64) -> Advance {
        let (collection, change, at) = (collection(), change(), DateTime::UNIX_EPOCH);
        Advance { collection, change, after, upto, records: 2, findings: found(1), at }
    }

    fn advanced(after: i64, upto: i64, findings: usize) -> SchemaChangeEvent {
        let (collection, change, at) = (collection(), change(), DateTime::UNIX_EPOCH);
        SchemaChangeEvent::Advanced(Advanced {
            collection,
            change,
            after,
            upto,
            records: 2,
            findings: found(findings),
            at,
        })
    }

    #[test]
    fn each_part_is_looked_at_once() {
        given([]).when(advance(0, 9)).then([advanced(0, 9, 1)]);
        given([advanced(0, 9, 1)]).when(advance(9, 12)).then([advanced(9, 12, 1)]);
        given([advanced(0, 9, 1)]).when(advance(0, 9)).then_refused(AdvanceRefused::Overtaken);
    }

    #[test]
    fn findings_are_kept_up_to_a_limit() {
        let state = [advanced(0, 9, 700), advanced(9, 12, 700)].iter().fold(SchemaChange::default(), Aggregate::apply);
        assert_eq!((state.findings.len(), state.records, state.reached), (MOST_FINDINGS, 4, 12));
        assert!(state.has_most_findings());
    }
}
