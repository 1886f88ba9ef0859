//! Notes in the streams of files which records name them: a record keeps the files of whoever has written their ids into it.

use std::collections::BTreeSet;

use bootstrap::db::Connection;
use chrono::Utc;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, dsl::exists};
use diesel_async::RunQueryDsl;
use domain::{
    Aggregate,
    collections::{Collection, CollectionId, Data},
    files::{FileId, LinkFile, UnlinkFile, link::LinkFileRefused},
    records::{Record, RecordEvent, RecordId},
    users::UserId,
};
use event_store::{EventStore, ExecuteError, Execution, RecordedEvent, StreamId, log};
use file_store::stream;
use jobs::{Job, JobContext, JobError, JobResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{FILE_QUEUE, Filing};
use crate::{
    reactions::{ReactionError, enqueue},
    schema::file_records,
    system::{as_system, log_failure},
};

/// Ids in one record that are looked at.
const MOST: usize = 100;
/// As ids of files are made.
const TIME_ORDERED: usize = 7;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRecord {
    pub record_id: Uuid,
    /// Of the record after the event that this follows from.
    pub version: i64,
    pub event_id: Uuid,
}

/// What happened to a record matters where it names something that may be a file, or has named one.
pub(crate) async fn react(conn: &mut Connection, event: &RecordedEvent) -> Result<(), ReactionError> {
    let record_id = event.aggregate_id().ok_or(ReactionError::NoAggregate)?;
    let happened: RecordEvent = event.decode()?;
    let is_concerned = names_files(conn, &named(&happened)).await? || has_named(conn, record_id, &happened).await?;
    if !is_concerned {
        return Ok(());
    }
    enqueue(conn, event, &LinkRecord { record_id, version: event.stream_version, event_id: event.event_id }).await
}

/// Whether one of these is a file, or was one: most ids in records are of other records.
async fn names_files(conn: &mut Connection, named: &BTreeSet<Uuid>) -> QueryResult<bool> {
    let streams: Vec<_> = named.iter().map(|id| stream(FileId::from_uuid(*id))).collect();
    log::any_stream(conn, streams.iter().map(StreamId::as_str)).await
}

/// Whether a file is noted as one that the record names. One that was just made has named none before.
async fn has_named(conn: &mut Connection, record_id: Uuid, happened: &RecordEvent) -> QueryResult<bool> {
    match happened {
        RecordEvent::Created(_) => Ok(false),
        RecordEvent::Changed(_) | RecordEvent::Restored(_) | RecordEvent::Deleted(_) => {
            let noted = file_records::table.filter(file_records::record_id.eq(record_id));
            diesel::select(exists(noted)).get_result(conn).await
        }
    }
}

impl Job for LinkRecord {
    const KIND: &'static str = "files.link_record";
    const QUEUE: &'static str = FILE_QUEUE;
    const MAX_ATTEMPTS: u16 = 12;
    /// One after the other: what two of one record find must not cross.
    const GLOBAL_LIMIT: Option<u32> = Some(1);

    type State = Filing;

    fn key(&self) -> Option<String> {
        Some(self.event_id.to_string())
    }

    async fn run(self, ctx: JobContext<Filing>) -> JobResult {
        let span = info_span!("files.link_record", record_id = %self.record_id);
        self.link(&ctx.state).instrument(span).await
    }
}

impl LinkRecord {
    async fn link(&self, filing: &Filing) -> JobResult {
        let stream = StreamId::new(Record::CATEGORY, self.record_id);
        let (by, added) = self.added(filing, &stream).await?;
        let (now, before) = (self.names_now(filing, &stream).await?, self.linked(filing).await?);
        for file in added.intersection(&now).filter(|file| !before.contains(file)) {
            self.keep(filing, *file, by).await?;
        }
        // Asked again: nothing follows from a change that came meanwhile and found nothing noted.
        let now = self.names_now(filing, &stream).await?;
        for file in self.linked(filing).await?.difference(&now) {
            let_go(&filing.events, self.record_id, *file).await?;
        }
        Ok(())
    }

    /// What may be files in the record as it is; with its collection it is gone too.
    async fn names_now(&self, filing: &Filing, stream: &StreamId) -> Result<BTreeSet<Uuid>, JobError> {
        let record = EventStore::load::<Record>(&filing.events, stream).await;
        Ok(match record.map_err(|_| JobError::failed("log_unavailable"))?.state {
            Record::Present(contents) if is_there(&filing.events, contents.collection).await? => ids(&contents.data),
            Record::Present(_) | Record::Unknown | Record::Deleted(_) => BTreeSet::new(),
        })
    }

    /// What this event has written into the record that was not in it before, and who did.
    async fn added(&self, filing: &Filing, stream: &StreamId) -> Result<(UserId, BTreeSet<Uuid>), JobError> {
        let mut conn = filing.events.pool().get().await?;
        // The one before, where there is one, and this; those after it are others' business.
        let after = (self.version - 2).max(0);
        let events = log::stream(&mut conn, stream.as_str(), after, self.version - after).await?;
        drop(conn);
        let decoded: Result<Vec<RecordEvent>, _> = events.iter().map(RecordedEvent::decode).collect();
        let mut decoded = decoded.map_err(|_| JobError::discarded("not_readable"))?;
        let this = decoded.pop().ok_or_else(|| JobError::discarded("no_such_event"))?;
        let before = decoded.pop().as_ref().map(named).unwrap_or_default();
        let by = match &this {
            RecordEvent::Created(created) => created.by,
            RecordEvent::Changed(changed) => changed.by,
            RecordEvent::Restored(restored) => restored.by,
            RecordEvent::Deleted(deleted) => deleted.by,
        };
        Ok((by, named(&this).difference(&before).copied().collect()))
    }

    async fn linked(&self, filing: &Filing) -> Result<BTreeSet<Uuid>, JobError> {
        let noted = file_records::table.filter(file_records::record_id.eq(self.record_id));
        let ids: Vec<Uuid> = noted.select(file_records::file_id).load(&mut *filing.events.pool().get().await?).await?;
        Ok(ids.into_iter().collect())
    }

    /// Most ids name something else than a file, or somebody else's.
    async fn keep(&self, filing: &Filing, file: Uuid, by: UserId) -> JobResult {
        let command = LinkFile { record: RecordId::from_uuid(self.record_id), by, at: Utc::now() };
        let file_stream = stream(FileId::from_uuid(file));
        match EventStore::execute(&filing.events, &file_stream, command, as_system()).await {
            Ok(_) => {
                let note = (file_records::record_id.eq(self.record_id), file_records::file_id.eq(file));
                let note = diesel::insert_into(file_records::table).values(note).on_conflict_do_nothing();
                note.execute(&mut *filing.events.pool().get().await?).await?;
                Ok(())
            }
            Err(ExecuteError::Refused(LinkFileRefused::UnknownFile | LinkFileRefused::TooManyRecords)) => Ok(()),
            Err(error) => Err(log_failure(&error)),
        }
    }
}

/// Takes every note away that one of these records names a file: they are gone.
pub(crate) async fn let_go_of_all(events: &EventStore, records: &[Uuid]) -> JobResult {
    let noted = file_records::table.filter(file_records::record_id.eq_any(records));
    let noted: Vec<(Uuid, Uuid)> =
        noted.select((file_records::record_id, file_records::file_id)).load(&mut *events.pool().get().await?).await?;
    for (record, file) in noted {
        let_go(events, record, file).await?;
    }
    Ok(())
}

async fn let_go(events: &EventStore, record: Uuid, file: Uuid) -> JobResult {
    let command = UnlinkFile { record: RecordId::from_uuid(record), at: Utc::now() };
    let execution: Execution = as_system();
    let done = EventStore::execute(events, &stream(FileId::from_uuid(file)), command, execution).await;
    done.map_err(|error| log_failure(&error))?;
    let note = file_records::table.find((record, file));
    diesel::delete(note).execute(&mut *events.pool().get().await?).await?;
    Ok(())
}

async fn is_there(events: &EventStore, collection: CollectionId) -> Result<bool, JobError> {
    let stream = StreamId::new(Collection::CATEGORY, collection.as_uuid());
    let collection = EventStore::load::<Collection>(events, &stream).await;
    Ok(collection.map_err(|_| JobError::failed("log_unavailable"))?.state.defined().is_some())
}

fn named(event: &RecordEvent) -> BTreeSet<Uuid> {
    match event {
        RecordEvent::Created(created) => ids(&created.data),
        RecordEvent::Changed(changed) => ids(&changed.data),
        RecordEvent::Restored(restored) => ids(&restored.data),
        RecordEvent::Deleted(_) => BTreeSet::new(),
    }
}

/// What in a record may name a file, wherever in it that stands.
fn ids(data: &Data) -> BTreeSet<Uuid> {
    let (mut found, mut open) = (BTreeSet::new(), data.values().collect::<Vec<_>>());
    while let Some(value) = open.pop() {
        match value {
            Value::Array(values) => open.extend(values),
            Value::Object(members) => open.extend(members.values()),
            Value::String(text) if text.len() == 36 && found.len() < MOST => {
                found.extend(Uuid::try_parse(text).ok().filter(|id| id.get_version_num() == TIME_ORDERED));
            }
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_may_name_a_file_is_found_wherever_it_stands() {
        let [first, second] = [Uuid::now_v7(), Uuid::now_v7()];
        let data = json!({
            "cover": first, "gallery": [{"picture": second.to_string().to_uppercase()}, 7, null, true],
            "random": Uuid::new_v4(), "simple": Uuid::now_v7().simple().to_string(), "text": format!("see {first}"),
        });
        assert_eq!(ids(data.as_object().unwrap()), BTreeSet::from([first, second]));
        let many: Vec<_> = (0..200).map(|_| Uuid::now_v7()).collect();
        assert_eq!(ids(json!({ "many": many }).as_object().unwrap()).len(), MOST);
    }
}
