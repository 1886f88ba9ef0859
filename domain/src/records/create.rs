//! Creating a record.

use chrono::{DateTime, Utc};

use super::{Record, RecordEvent, RecordId, events::Created, seen};
use crate::{
    Command,
    collections::{CollectionId, Data},
    expressions::Filter,
    users::UserId,
};

#[derive(Clone, Debug)]
pub struct CreateRecord {
    pub id: RecordId,
    pub collection: CollectionId,
    /// As the collection's shape has found it valid. That its unique values are free, claims say.
    pub data: Data,
    /// The records that the caller may create.
    pub allowed: Filter,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreateRecordRefused {
    #[error("there is this record already")]
    AlreadyCreated,
    #[error("the caller may not create this record")]
    Forbidden,
}

impl Command for CreateRecord {
    type Aggregate = Record;
    type Refusal = CreateRecordRefused;

    fn decide(self, record: &Record) -> Result<Vec<RecordEvent>, CreateRecordRefused> {
        match record {
            Record::Unknown => {}
            Record::Present(_) | Record::Deleted(_) => return Err(CreateRecordRefused::AlreadyCreated),
        }
        let is_allowed = self.allowed.constant().unwrap_or_else(|| {
            self.allowed.matches(&seen(self.id.as_uuid(), self.data.clone(), self.at, self.at, self.by.as_uuid()))
        });
        if !is_allowed {
            return Err(CreateRecordRefused::Forbidden);
        }
        let event = Created { collection: self.collection, data: self.data, by: self.by, at: self.at, generation: 0 };
        Ok(vec![RecordEvent::Created(event)])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::{
        collections::{Action, Shape, define::tests::posts},
        expressions::Request,
        testing::given,
    };

    pub(in crate::records) const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

    pub(in crate::records) fn shape() -> Arc<Shape> {
        Arc::new(Shape::of(&posts()).unwrap())
    }

    pub(in crate::records) fn ada() -> UserId {
        UserId::from_uuid(Uuid::from_u128(1))
    }

    pub(in crate::records) fn eve() -> UserId {
        UserId::from_uuid(Uuid::from_u128(2))
    }

    pub(in crate::records) fn collection() -> CollectionId {
        CollectionId::from_uuid(Uuid::from_u128(10))
    }

    pub(in crate::records) fn record_id() -> RecordId {
        RecordId::from_uuid(Uuid::from_u128(20))
    }

    pub(in crate::records) fn allow(action: Action, user: UserId) -> Filter {
        shape().allow(action, &Request { user_id: Some(user.as_uuid()), user_roles: &[], now: AT })
    }

    pub(in crate::records) fn data(value: &Value) -> Data {
        value.as_object().unwrap().clone()
    }

    /// Ada's own.
    pub(in crate::records) fn created() -> RecordEvent {
        let data = data(&json!({"title": "A", "owner": ada().as_uuid(), "status": "open"}));
        RecordEvent::Created(Created { collection: collection(), data, by: ada(), at: AT, generation: 0 })
    }

    fn create(allowed: Filter) -> CreateRecord {
        let data = data(&json!({"title": "A", "owner": ada().as_uuid(), "status": "open"}));
        CreateRecord { id: record_id(), collection: collection(), data, allowed, by: ada(), at: AT }
    }

    #[test]
    fn a_record_is_created_once() {
        given([]).when(create(Filter::constantly(true))).then([created()]);
        let twice = given([created()]).when(create(Filter::constantly(true)));
        twice.then_refused(CreateRecordRefused::AlreadyCreated);
    }

    #[test]
    fn the_rule_sees_the_record_as_it_would_be() {
        given([]).when(create(allow(Action::Create, ada()))).then([created()]);
        let of_eve = given([]).when(create(allow(Action::Create, eve())));
        of_eve.then_refused(CreateRecordRefused::Forbidden);
        let closed = given([]).when(create(allow(Action::Delete, ada())));
        closed.then_refused(CreateRecordRefused::Forbidden);
    }
}
