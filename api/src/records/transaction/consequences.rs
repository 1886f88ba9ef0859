//! What a deletion means for the records that refer to what is deleted: nothing of it, or no reference, or their own end.

use std::collections::{BTreeSet, VecDeque};

use domain::{
    Command,
    collections::{OnDelete, RelationField},
    expressions::Filter,
    records::{DeleteRecord, LetGoOfRecord, RecordId, let_go::LetGoRefused},
};
use event_store::record_claims::{REFERENCE, source};

use super::{Entry, Transaction};
use crate::{
    collections::Found,
    error::{ApiError, ApiResult},
    records::stream,
};

/// References that end with one deletion.
const MOST_ENDING: usize = 100;

/// What is being found out.
#[derive(Default)]
struct Consequences {
    /// Deleted, and those who refer to them not looked at yet.
    deleted: VecDeque<RecordId>,
    /// Records that want to stay and to keep their reference. One may be deleted yet, for another reference.
    restricting: Vec<(RecordId, String, Found)>,
    ending: usize,
}

impl Transaction<'_> {
    /// Does what follows from the deletion of a record.
    pub(super) async fn follow(&mut self, deleted: RecordId) -> ApiResult<()> {
        let mut found = Consequences { deleted: VecDeque::from([deleted]), ..Consequences::default() };
        while let Some(deleted) = found.deleted.pop_front() {
            for source in self.referrers(deleted, &mut found.ending).await? {
                self.follow_to(source, deleted, &mut found).await?;
            }
            if found.ending > MOST_ENDING {
                break;
            }
        }
        for (record, field, collection) in found.restricting {
            if self.record(record).await?.contents().is_some() {
                return Err(ApiError::Referenced { collection: collection.name.into(), field });
            }
        }
        let exceeded = found.ending > MOST_ENDING;
        if exceeded { Err(ApiError::TooManyReferences { limit: MOST_ENDING }) } else { Ok(()) }
    }

    /// The records that refer, as the log has it or as this work would have it.
    async fn referrers(&mut self, deleted: RecordId, ending: &mut usize) -> ApiResult<BTreeSet<RecordId>> {
        let most = MOST_ENDING as i64 + 1;
        let claims = self.state.events.held_by(&stream(deleted), REFERENCE, most).await?;
        *ending += claims.len();
        let mut sources: BTreeSet<RecordId> = claims.iter().filter_map(|claim| source(claim)).collect();
        self.ending.insert(deleted, claims);
        for id in self.changed.clone() {
            let Some(contents) = self.records.get(&id).and_then(|entry| entry.state.contents()) else { continue };
            let collection = contents.collection;
            let Some(found) = self.collection_of(collection).await? else { continue };
            let data = self.records.get(&id).and_then(Entry::contents);
            let refers = data.is_some_and(|data| found.shape.references(data).any(|(_, to)| to == deleted.as_uuid()));
            if refers && sources.insert(id) {
                *ending += 1;
            }
        }
        Ok(sources)
    }

    async fn follow_to(&mut self, source: RecordId, deleted: RecordId, found: &mut Consequences) -> ApiResult<()> {
        let Some(contents) = self.record(source).await?.state.contents().cloned() else { return Ok(()) };
        // Without its collection nobody reaches the record: nothing but the reference ends.
        let Some(collection) = self.collection_of(contents.collection).await? else { return Ok(()) };
        let references = collection.shape.references(&contents.data);
        let fields: Vec<RelationField> =
            references.filter(|(_, to)| *to == deleted.as_uuid()).map(|(field, _)| field.clone()).collect();
        let (by, at) = (self.access.user(), self.access.now());
        let has = |policy: OnDelete| fields.iter().find(|field| field.on_delete == policy);
        if has(OnDelete::Cascade).is_some() {
            let (visible, allowed) = (Filter::constantly(true), Filter::constantly(true));
            let command = DeleteRecord { id: source, collection: collection.id, visible, allowed, by, at };
            self.execute(&collection, source, command).await?;
            found.deleted.push_back(source);
        } else if let Some(field) = has(OnDelete::Restrict) {
            found.restricting.push((source, field.name.clone(), collection));
        } else if let Some(field) = has(OnDelete::SetNull).map(|field| field.name.clone()) {
            let (shape, target) = (collection.shape.clone(), deleted.as_uuid());
            let command = LetGoOfRecord { collection: collection.id, shape, target, fields, by, at };
            match command.decide(&self.record(source).await?.state) {
                Ok(events) => self.take(&collection, source, events).await?,
                // It may be deleted yet, for another reference.
                Err(LetGoRefused::WouldNotBeValid) => found.restricting.push((source, field, collection)),
                Err(LetGoRefused::UnknownRecord) => {}
            }
        }
        Ok(())
    }
}
