//! What can be done with records in a transaction, by the rules for whoever does it.

use domain::{
    collections::{Action, Data},
    records::{ChangeRecord, CreateRecord, DeleteRecord, RecordId, ReplaceRecord, RestoreRecord},
};
use event_store::Loaded;

use super::{Entry, Transaction};
use crate::{
    collections::Found,
    error::{ApiError, ApiResult},
    extract::IfMatch,
    records::invalid,
};

impl Transaction<'_> {
    /// Creates a record. `is_made` says that its id was made for this, so that nothing has to be looked up.
    pub(crate) async fn create(
        &mut self,
        collection: &Found,
        id: RecordId,
        is_made: bool,
        data: Data,
    ) -> ApiResult<()> {
        let allowed = self.access.allow(Action::Create, &collection.shape);
        if allowed.constant() == Some(false) {
            return Err(ApiError::Forbidden);
        }
        let data = collection.shape.validate(collection.shape.completed(data)).map_err(invalid)?;
        if is_made {
            self.records.insert(id, Entry::of(Loaded::default()));
        }
        let (by, at) = (self.access.user(), self.access.now());
        self.execute(collection, id, CreateRecord { id, collection: collection.id, data, allowed, by, at }).await
    }

    /// Changes a record by a merge patch.
    pub(crate) async fn change(
        &mut self,
        collection: &Found,
        id: RecordId,
        seen: IfMatch,
        patch: Data,
    ) -> ApiResult<()> {
        let visible = self.access.allow(Action::View, &collection.shape);
        self.is_at(collection, id, seen, &visible).await?;
        let command = ChangeRecord {
            id,
            collection: collection.id,
            patch,
            shape: collection.shape.clone(),
            visible,
            allowed: self.access.allow(Action::Update, &collection.shape),
            by: self.access.user(),
            at: self.access.now(),
        };
        self.execute(collection, id, command).await
    }

    /// Replaces the content of a record.
    pub(crate) async fn replace(
        &mut self,
        collection: &Found,
        id: RecordId,
        seen: IfMatch,
        data: Data,
    ) -> ApiResult<()> {
        let visible = self.access.allow(Action::View, &collection.shape);
        self.is_at(collection, id, seen, &visible).await?;
        let data = collection.shape.validate(collection.shape.completed(data)).map_err(invalid)?;
        let allowed = self.access.allow(Action::Update, &collection.shape);
        let (by, at) = (self.access.user(), self.access.now());
        let command = ReplaceRecord { id, collection: collection.id, data, visible, allowed, by, at };
        self.execute(collection, id, command).await
    }

    /// Restores a record, with the content of an older version or with its last one.
    pub(crate) async fn restore(
        &mut self,
        collection: &Found,
        id: RecordId,
        seen: IfMatch,
        data: Option<Data>,
    ) -> ApiResult<()> {
        let visible = self.access.allow(Action::View, &collection.shape);
        self.is_at(collection, id, seen, &visible).await?;
        let command = RestoreRecord {
            id,
            collection: collection.id,
            data,
            shape: collection.shape.clone(),
            visible,
            allowed: self.access.allow(Action::Update, &collection.shape),
            by: self.access.user(),
            at: self.access.now(),
        };
        self.execute(collection, id, command).await
    }

    /// Deletes a record, with all that follows from it for those that refer to it.
    pub(crate) async fn delete(&mut self, collection: &Found, id: RecordId, seen: IfMatch) -> ApiResult<()> {
        let visible = self.access.allow(Action::View, &collection.shape);
        self.is_at(collection, id, seen, &visible).await?;
        let allowed = self.access.allow(Action::Delete, &collection.shape);
        let (by, at) = (self.access.user(), self.access.now());
        let command = DeleteRecord { id, collection: collection.id, visible, allowed, by, at };
        self.execute(collection, id, command).await?;
        self.follow(id).await
    }
}
