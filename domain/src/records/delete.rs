//! Deleting a record.

use chrono::{DateTime, Utc};

use super::{Record, RecordEvent, RecordId, events::Deleted};
use crate::{Command, collections::CollectionId, expressions::Filter, users::UserId};

#[derive(Clone, Debug)]
pub struct DeleteRecord {
    pub id: RecordId,
    pub collection: CollectionId,
    /// The records that the caller may know of.
    pub visible: Filter,
    /// The records that the caller may delete.
    pub allowed: Filter,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeleteRecordRefused {
    /// Not there, or not for the caller to know of.
    #[error("there is no such record")]
    UnknownRecord,
    #[error("the caller may not delete this record")]
    Forbidden,
}

impl Command for DeleteRecord {
    type Aggregate = Record;
    type Refusal = DeleteRecordRefused;

    fn decide(self, record: &Record) -> Result<Vec<RecordEvent>, DeleteRecordRefused> {
        let seen = record.of(self.collection).ok_or(DeleteRecordRefused::UnknownRecord)?.seen(self.id);
        if !self.visible.matches(&seen) {
            return Err(DeleteRecordRefused::UnknownRecord);
        }
        if !self.allowed.matches(&seen) {
            return Err(DeleteRecordRefused::Forbidden);
        }
        Ok(vec![RecordEvent::Deleted(Deleted { by: self.by, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::create::tests::{AT, ada, collection, created, record_id},
        *,
    };
    use crate::testing::given;

    fn delete(visible: bool, allowed: bool) -> DeleteRecord {
        DeleteRecord {
            id: record_id(),
            collection: collection(),
            visible: Filter::constantly(visible),
            allowed: Filter::constantly(allowed),
            by: ada(),
            at: AT,
        }
    }

    #[test]
    fn a_record_is_deleted_once_by_whom_the_rules_allow() {
        let deleted = RecordEvent::Deleted(Deleted { by: ada(), at: AT });
        given([created()]).when(delete(true, true)).then([deleted.clone()]);
        given([created(), deleted]).when(delete(true, true)).then_refused(DeleteRecordRefused::UnknownRecord);
        given([created()]).when(delete(true, false)).then_refused(DeleteRecordRefused::Forbidden);
        given([created()]).when(delete(false, true)).then_refused(DeleteRecordRefused::UnknownRecord);
    }
}
