//! Replacing the content of a record.

use chrono::{DateTime, Utc};

use super::{Contents, Record, RecordEvent, RecordId, events::Changed};
use crate::{
    Command,
    collections::{CollectionId, Data},
    expressions::Filter,
    users::UserId,
};

#[derive(Clone, Debug)]
pub struct ReplaceRecord {
    pub id: RecordId,
    pub collection: CollectionId,
    /// As the collection's shape has found it valid.
    pub data: Data,
    /// The records that the caller may know of.
    pub visible: Filter,
    /// The records that the caller may change; what replaces the content has to make one of them too.
    pub allowed: Filter,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplaceRecordRefused {
    /// Not there, or not for the caller to know of.
    #[error("there is no such record")]
    UnknownRecord,
    #[error("the caller may not change this record, or not so")]
    Forbidden,
}

impl Command for ReplaceRecord {
    type Aggregate = Record;
    type Refusal = ReplaceRecordRefused;

    fn decide(self, record: &Record) -> Result<Vec<RecordEvent>, ReplaceRecordRefused> {
        let before = record.of(self.collection).ok_or(ReplaceRecordRefused::UnknownRecord)?;
        let seen = before.seen(self.id);
        if !self.visible.matches(&seen) {
            return Err(ReplaceRecordRefused::UnknownRecord);
        }
        let after = Contents { data: self.data, updated_at: self.at, ..before.clone() };
        if !self.allowed.matches(&seen) || !self.allowed.matches(&after.seen(self.id)) {
            return Err(ReplaceRecordRefused::Forbidden);
        }
        if after.data == before.data {
            return Ok(vec![]);
        }
        Ok(vec![RecordEvent::Changed(Changed { data: after.data, by: self.by, at: self.at, generation: 0 })])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{
        super::create::tests::{AT, ada, allow, collection, created, data, eve, record_id},
        *,
    };
    use crate::{collections::Action, testing::given};

    fn replace(by: UserId, content: &Value) -> ReplaceRecord {
        let (visible, allowed) = (allow(Action::View, by), allow(Action::Update, by));
        let (id, collection) = (record_id(), collection());
        ReplaceRecord { id, collection, data: data(content), visible, allowed, by, at: AT }
    }

    #[test]
    fn nothing_of_the_former_content_stays() {
        let content = json!({"title": "B", "owner": ada().as_uuid()});
        let changed = RecordEvent::Changed(Changed { data: data(&content), by: ada(), at: AT, generation: 0 });
        given([created()]).when(replace(ada(), &content)).then([changed]);
        let same = json!({"title": "A", "owner": ada().as_uuid(), "status": "open"});
        given([created()]).when(replace(ada(), &same)).then([]);
    }

    #[test]
    fn the_rule_sees_the_record_before_and_after() {
        let (mine, hers) = (json!({"title": "B", "owner": eve().as_uuid()}), json!({"title": "B"}));
        given([created()]).when(replace(eve(), &mine)).then_refused(ReplaceRecordRefused::Forbidden);
        given([created()]).when(replace(ada(), &hers)).then_refused(ReplaceRecordRefused::Forbidden);
        given([]).when(replace(ada(), &hers)).then_refused(ReplaceRecordRefused::UnknownRecord);
        let hidden = ReplaceRecord { visible: Filter::constantly(false), ..replace(ada(), &mine) };
        given([created()]).when(hidden).then_refused(ReplaceRecordRefused::UnknownRecord);
    }
}
