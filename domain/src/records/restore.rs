//! Restoring a record: as it was before it was deleted, or as an older version was.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Contents, Record, RecordEvent, RecordId, events::Restored};
use crate::{
    Command,
    collections::{CollectionId, Data, FieldProblem, Shape},
    expressions::Filter,
    users::UserId,
};

#[derive(Clone, Debug)]
pub struct RestoreRecord {
    pub id: RecordId,
    pub collection: CollectionId,
    /// The content of an older version, which the caller may know of; `None` is the last one of a deleted record.
    pub data: Option<Data>,
    /// As it is now: what was valid once need not be any more.
    pub shape: Arc<Shape>,
    /// The records that the caller may know of.
    pub visible: Filter,
    /// The records that the caller may change; what becomes of this one has to be among them too.
    pub allowed: Filter,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreRecordRefused {
    /// Never there, or not for the caller to know of.
    #[error("there is no such record")]
    UnknownRecord,
    #[error("the caller may not change this record, or not so")]
    Forbidden,
    /// It is there, and no version is named.
    #[error("the record is not deleted")]
    NotDeleted,
    #[error("the record would not be valid")]
    Invalid(Vec<FieldProblem>),
}

impl Command for RestoreRecord {
    type Aggregate = Record;
    type Refusal = RestoreRecordRefused;

    fn decide(self, record: &Record) -> Result<Vec<RecordEvent>, RestoreRecordRefused> {
        let before = record.last_of(self.collection).ok_or(RestoreRecordRefused::UnknownRecord)?;
        let seen = before.seen(self.id);
        if !self.visible.matches(&seen) {
            return Err(RestoreRecordRefused::UnknownRecord);
        }
        if !self.allowed.matches(&seen) {
            return Err(RestoreRecordRefused::Forbidden);
        }
        let is_there = record.contents().is_some();
        let data = match self.data {
            Some(data) => data,
            None if is_there => return Err(RestoreRecordRefused::NotDeleted),
            None => before.data.clone(),
        };
        let data = self.shape.validate(data).map_err(RestoreRecordRefused::Invalid)?;
        if is_there && data == before.data {
            return Ok(vec![]);
        }
        let after = Contents { data, updated_at: self.at, ..before.clone() };
        if !self.allowed.matches(&after.seen(self.id)) {
            return Err(RestoreRecordRefused::Forbidden);
        }
        Ok(vec![RecordEvent::Restored(Restored { data: after.data, by: self.by, at: self.at, generation: 0 })])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{
        super::{
            create::tests::{AT, ada, allow, collection, created, data, eve, record_id, shape},
            events::{Changed, Deleted},
        },
        *,
    };
    use crate::{collections::Action, testing::given};

    fn restore(by: UserId, content: Option<&Value>) -> RestoreRecord {
        RestoreRecord {
            id: record_id(),
            collection: collection(),
            data: content.map(data),
            shape: shape(),
            visible: allow(Action::View, by),
            allowed: allow(Action::Update, by),
            by,
            at: AT,
        }
    }

    fn deleted() -> RecordEvent {
        RecordEvent::Deleted(Deleted { by: ada(), at: AT })
    }

    fn restored(content: &Value) -> RecordEvent {
        RecordEvent::Restored(Restored { data: data(content), by: ada(), at: AT, generation: 0 })
    }

    fn first() -> Value {
        json!({"title": "A", "owner": ada().as_uuid(), "status": "open"})
    }

    #[test]
    fn a_deleted_record_comes_back_as_it_was_last() {
        given([created(), deleted()]).when(restore(ada(), None)).then([restored(&first())]);
        given([created()]).when(restore(ada(), None)).then_refused(RestoreRecordRefused::NotDeleted);
        given([]).when(restore(ada(), None)).then_refused(RestoreRecordRefused::UnknownRecord);
        let back = given([created(), deleted(), restored(&first())]).when(restore(ada(), None));
        back.then_refused(RestoreRecordRefused::NotDeleted);
    }

    #[test]
    fn an_older_content_becomes_the_content_again() {
        let second = data(&json!({"title": "B", "owner": ada().as_uuid()}));
        let changed = RecordEvent::Changed(Changed { data: second, by: ada(), at: AT, generation: 0 });
        given([created(), changed.clone()]).when(restore(ada(), Some(&first()))).then([restored(&first())]);
        given([created(), changed, deleted()]).when(restore(ada(), Some(&first()))).then([restored(&first())]);
        given([created()]).when(restore(ada(), Some(&first()))).then([]);
    }

    #[test]
    fn rules_and_schema_of_now_count() {
        given([created(), deleted()]).when(restore(eve(), None)).then_refused(RestoreRecordRefused::Forbidden);
        let hers = json!({"title": "A", "owner": eve().as_uuid()});
        given([created()]).when(restore(ada(), Some(&hers))).then_refused(RestoreRecordRefused::Forbidden);
        let hidden = RestoreRecord { visible: Filter::constantly(false), ..restore(ada(), None) };
        given([created(), deleted()]).when(hidden).then_refused(RestoreRecordRefused::UnknownRecord);
        let old = json!({"owner": ada().as_uuid()});
        let Err(RestoreRecordRefused::Invalid(problems)) =
            restore(ada(), Some(&old)).decide(&crate::Aggregate::apply(Record::Unknown, &created()))
        else {
            panic!("refused");
        };
        assert_eq!((problems[0].pointer.as_str(), problems[0].code), ("/title", "missing_field"));
    }
}
