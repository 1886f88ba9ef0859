//! Changing a record by a merge patch.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Contents, Record, RecordEvent, RecordId, events::Changed, merge_patch};
use crate::{
    Command,
    collections::{CollectionId, Data, FieldProblem, Shape},
    expressions::Filter,
    users::UserId,
};

#[derive(Clone, Debug)]
pub struct ChangeRecord {
    pub id: RecordId,
    pub collection: CollectionId,
    /// Of the content.
    pub patch: Data,
    pub shape: Arc<Shape>,
    /// The records that the caller may know of.
    pub visible: Filter,
    /// The records that the caller may change; what the change makes of one has to be among them too.
    pub allowed: Filter,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeRecordRefused {
    /// Not there, or not for the caller to know of.
    #[error("there is no such record")]
    UnknownRecord,
    #[error("the caller may not change this record, or not so")]
    Forbidden,
    #[error("the record would not be valid")]
    Invalid(Vec<FieldProblem>),
}

impl ChangeRecord {
    /// What the content would be.
    pub fn changed(&self, contents: &Contents) -> Result<Data, Vec<FieldProblem>> {
        self.shape.validate(merge_patch(contents.data.clone(), &self.patch))
    }
}

impl Command for ChangeRecord {
    type Aggregate = Record;
    type Refusal = ChangeRecordRefused;

    fn decide(self, record: &Record) -> Result<Vec<RecordEvent>, ChangeRecordRefused> {
        let before = record.of(self.collection).ok_or(ChangeRecordRefused::UnknownRecord)?;
        let seen = before.seen(self.id);
        if !self.visible.matches(&seen) {
            return Err(ChangeRecordRefused::UnknownRecord);
        }
        if !self.allowed.matches(&seen) {
            return Err(ChangeRecordRefused::Forbidden);
        }
        let data = self.changed(before).map_err(ChangeRecordRefused::Invalid)?;
        if data == before.data {
            return Ok(vec![]);
        }
        let after = Contents { data, updated_at: self.at, ..before.clone() };
        if !self.allowed.matches(&after.seen(self.id)) {
            return Err(ChangeRecordRefused::Forbidden);
        }
        Ok(vec![RecordEvent::Changed(Changed { data: after.data, by: self.by, at: self.at, generation: 0 })])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{
        super::{
            create::tests::{AT, ada, allow, collection, created, data, eve, record_id, shape},
            events::Deleted,
        },
        *,
    };
    use crate::{collections::Action, testing::given};

    fn change(by: UserId, patch: &Value) -> ChangeRecord {
        ChangeRecord {
            id: record_id(),
            collection: collection(),
            patch: data(patch),
            shape: shape(),
            visible: allow(Action::View, by),
            allowed: allow(Action::Update, by),
            by,
            at: AT,
        }
    }

    #[test]
    fn a_patch_changes_what_it_names() {
        let after = data(&json!({"title": "B", "owner": ada().as_uuid(), "due": "2026-11-25T18:29:26.000000Z"}));
        let patch = json!({"title": "B", "status": null, "due": "2026-11-25T20:29:26+02:00"});
        let changed = RecordEvent::Changed(Changed { data: after, by: ada(), at: AT, generation: 0 });
        given([created()]).when(change(ada(), &patch)).then([changed]);
        given([created()]).when(change(ada(), &json!({"title": "A", "due": null}))).then([]);
    }

    #[test]
    fn the_rule_sees_the_record_before_and_after() {
        let forbidden = ChangeRecordRefused::Forbidden;
        given([created()]).when(change(eve(), &json!({"title": "B"}))).then_refused(forbidden.clone());
        given([created()]).when(change(eve(), &json!({"owner": eve().as_uuid()}))).then_refused(forbidden.clone());
        given([created()]).when(change(ada(), &json!({"owner": eve().as_uuid()}))).then_refused(forbidden);
    }

    #[test]
    fn what_the_caller_may_not_see_is_not_there() {
        let hidden = ChangeRecord { visible: Filter::constantly(false), ..change(ada(), &json!({"title": "B"})) };
        given([created()]).when(hidden).then_refused(ChangeRecordRefused::UnknownRecord);
        let deleted = RecordEvent::Deleted(Deleted { by: ada(), at: AT });
        let gone = given([created(), deleted]).when(change(ada(), &json!({})));
        gone.then_refused(ChangeRecordRefused::UnknownRecord);
        let other = CollectionId::from_uuid(uuid::Uuid::from_u128(11));
        let elsewhere = ChangeRecord { collection: other, ..change(ada(), &json!({})) };
        given([created()]).when(elsewhere).then_refused(ChangeRecordRefused::UnknownRecord);
    }

    #[test]
    fn everything_that_would_not_be_valid_is_told() {
        let patch = json!({"title": null, "rank": "x", "other": 1, "id": "y", "owner": "nobody"});
        let Err(ChangeRecordRefused::Invalid(mut problems)) =
            change(ada(), &patch).decide(&crate::Aggregate::apply(Record::Unknown, &created()))
        else {
            panic!("refused");
        };
        problems.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        let told: Vec<_> = problems.iter().map(|problem| (problem.pointer.as_str(), problem.code)).collect();
        assert_eq!(
            told,
            [
                ("/id", "read_only"),
                ("/other", "unknown_field"),
                ("/owner", "malformed"),
                ("/rank", "wrong_type"),
                ("/title", "missing_field"),
            ]
        );
    }
}
