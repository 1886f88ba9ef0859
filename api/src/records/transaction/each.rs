//! Creating many records, each by itself: those that are refused are left out, and all others are appended at once.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    collections::{Action, Data},
    expressions::Filter,
    records::{CreateRecord, Record, RecordId},
};
use event_store::{
    AppendError, ClaimChange, Decided, ExecuteError, Execution, Loaded, StreamAppend, StreamId,
    record_claims::SCOPE as UNIQUE,
};

use super::{
    Entry, Transaction,
    commit::{self, Attempt, Written},
    pending,
};
use crate::{
    collections::Found,
    error::{ApiError, ApiResult, FieldError},
    records::stream,
};

/// A record that is to be created.
#[derive(Debug)]
pub(crate) struct NewRecord {
    pub(crate) id: RecordId,
    /// Whether the id was made for this, so that nothing has to be looked up.
    pub(crate) is_made: bool,
    /// As the collection's shape has found it valid.
    pub(crate) data: Data,
}

/// What many records are held against, asked for once.
struct Known {
    streams: HashSet<StreamId>,
    /// Hashes of unique values, those of the records before included.
    values: HashSet<Vec<u8>>,
}

impl Transaction<'_> {
    /// Creates those that can be created; tells of each, in order, why it cannot, if so. A refusal is true together with
    /// the append of the others: what it rests on is checked there.
    pub(crate) async fn create_each(
        &mut self,
        collection: &Found,
        records: Vec<NewRecord>,
    ) -> ApiResult<Vec<Option<ApiError>>> {
        let mut known = self.known(collection, &records).await?;
        let allowed = self.access.allow(Action::Create, &collection.shape);
        let mut outcomes = Vec::with_capacity(records.len());
        self.records.reserve(records.len());
        // Lists, and exports, have records that come together in the order in which they came.
        let times = (0..).map(|number| self.access.now() + TimeDelta::microseconds(number));
        let times: Vec<DateTime<Utc>> = times.take(records.len()).collect();
        for (record, at) in records.into_iter().zip(times) {
            let outcome = self.create_one(collection, (record, at), &allowed, &mut known).await;
            outcomes.push(match outcome {
                Ok(()) => None,
                Err(refused) if refused.is_refusal() => Some(refused),
                Err(error) => return Err(error),
            });
        }
        Ok(outcomes)
    }

    /// Has something appended with the work, also where that changes no record.
    pub(crate) fn append_beside(&mut self, part: StreamAppend) {
        self.beside = Some(part);
    }

    async fn known(&self, collection: &Found, records: &[NewRecord]) -> ApiResult<Known> {
        let given = records.iter().filter(|record| !record.is_made).map(|record| stream(record.id));
        let streams = self.state.events.existing(&given.collect::<Vec<_>>()).await?;
        // What does not keep to a pending change is refused when its turn comes.
        let hashes = records.iter().flat_map(|record| hashes(collection, &record.data).unwrap_or_default());
        let hashes: Vec<_> = hashes.map(|(hash, _)| hash).collect();
        let values = self.state.events.held_of(UNIQUE, &hashes).await?;
        Ok(Known { streams, values })
    }

    async fn create_one(
        &mut self,
        collection: &Found,
        (record, at): (NewRecord, DateTime<Utc>),
        allowed: &Filter,
        known: &mut Known,
    ) -> ApiResult<()> {
        let NewRecord { id, is_made, data } = record;
        if !is_made && known.streams.contains(&stream(id)) {
            return Err(ApiError::AlreadyExists);
        }
        let values = hashes(collection, &data)?;
        if let Some((_, field)) = values.iter().find(|(hash, _)| known.values.contains(hash)) {
            let error = FieldError::at(format!("/{field}"), "not_unique", "another record has this value");
            return Err(ApiError::NotUnique(vec![error]));
        }
        // Nobody has looked at it, or only for a reference that found nothing.
        let was_there = self.records.contains_key(&id);
        self.records.entry(id).or_insert_with(|| Entry::of(Loaded::default()));
        let by = self.access.user();
        let command = CreateRecord { id, collection: collection.id, data, allowed: allowed.clone(), by, at };
        let changed = self.changed.len();
        if let Err(refused) = self.execute(collection, id, command).await {
            // A reference may be refused when the record has been taken over already.
            if self.changed.len() > changed {
                self.changed.truncate(changed);
                self.records.insert(id, Entry::of(Loaded::default()));
            }
            if !was_there {
                self.records.remove(&id);
            }
            return Err(refused);
        }
        known.values.extend(values.into_iter().map(|(hash, _)| hash));
        Ok(())
    }

    /// Appends the work with what stands beside it. Where that has moved on, somebody else is at the same.
    pub(super) async fn commit_beside(mut self, beside: StreamAppend, execution: Execution) -> ApiResult<Attempt> {
        let own = beside.stream.clone();
        let claims: Vec<ClaimChange> = self.claims()?.into_iter().map(|(claim, _)| claim).collect();
        let execution = Execution { claims, unchanged: self.rests_on(), beside: vec![beside], ..execution };
        let decided: Vec<Decided<Record>> =
            self.changed.iter().filter_map(|id| Some(self.records.remove(id)?.into_decided(*id))).collect();
        match self.state.events.append_unremembered(decided, execution).await {
            Ok(done) => {
                Ok(Attempt::Done(Written { position: Some(done.last_position), records: HashMap::new(), replay: None }))
            }
            Err(ExecuteError::Append(AppendError::Conflict { stream, .. })) if stream == own => {
                Err(ApiError::UploadBusy)
            }
            Err(ExecuteError::Append(AppendError::Conflict { .. } | AppendError::ClaimTaken { .. })) => {
                Ok(Attempt::Overtaken)
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Entry {
    fn into_decided(self, id: RecordId) -> Decided<Record> {
        Decided { stream: stream(id), before: self.before, events: self.events }
    }
}

/// Of the unique values of a content, those included that a pending change wants, each with its field.
fn hashes(collection: &Found, data: &Data) -> ApiResult<Vec<(Vec<u8>, String)>> {
    let mut hashes: Vec<_> =
        commit::held(collection).unique(data).map(|(field, hash)| (hash, field.to_owned())).collect();
    hashes.extend(pending::held(collection, data).map_err(pending::invalid)?);
    Ok(hashes)
}
