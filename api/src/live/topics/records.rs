//! Records, as `collections/<name>` and `collections/<name>/records/<id>` show them. Their parts are the collections.

use std::collections::HashMap;

use ::metrics::counter;
use async_trait::async_trait;
use bootstrap::db::Pool;
use bytes::Bytes;
use domain::{
    Aggregate,
    collections::Data,
    records::{Record, RecordEvent, RecordId},
};
use event_store::{
    RecordedEvent, StreamId,
    since::{self, Most},
};
use projections::{
    Snapshot,
    records::{NAME, RecordRow, collection_of, following},
};
use serde_json::value::{RawValue, to_raw_value};
use tracing::error;
use uuid::Uuid;

use super::{
    super::{
        audience::Audience,
        metrics,
        source::{Before, Change, Earlier, Extent, Mark, Page, Scope, Source, SourceError, Standing},
    },
    read_model::{ReadModel, answer, rows},
};
use crate::records::RecordView;

/// Of what happened to records of which somebody has to be told that they are gone.
const MOST_EARLIER: Most = Most { events: 5_000, bytes: 8 << 20 };

/// Reads the projection `records`, and the log for what records were before.
pub(crate) struct Records {
    read_model: ReadModel,
}

impl Records {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { read_model: ReadModel::new(pool, NAME) }
    }
}

#[async_trait]
impl Source for Records {
    fn projection(&self) -> &'static str {
        NAME
    }

    async fn mark(&self) -> Result<Mark, SourceError> {
        self.read_model.mark().await
    }

    async fn lanes(&self) -> Result<usize, SourceError> {
        self.read_model.lanes().await
    }

    fn told(&self, change: projections::Change) -> Option<Change> {
        let key = Uuid::parse_str(&change.key).ok()?;
        let part = collection_of(&change).ok()?;
        let projections::Change { position, version, row, before, .. } = change;
        match before {
            Some(before) => Some(Change { position, key, version, part, row, before: Before::Row(before) }),
            // Of a projector that does not tell yet. Whose it was cannot be known of a record that is gone.
            None => part.map(|_| Change { position, key, version, part, row, before: Before::Untold }),
        }
    }

    async fn records(
        &self,
        scope: &Scope,
        audience: &Audience,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Page, SourceError> {
        let mut conn = self.read_model.connection().await?;
        let part = match *scope {
            Scope::One(id) => {
                let is_there = |row: &RecordRow| after.is_none() && !row.deleted && shows(audience, row);
                return one(answer(following::one(&mut conn, id).await)?, is_there);
            }
            Scope::Part(part) => Some(part),
            Scope::All => None,
        };
        page(answer(following::page(&mut conn, part, &audience.filter, after, rows(limit)).await)?, limit)
    }

    async fn changed(&self, extent: &Extent, after: i64, limit: usize) -> Result<Page, SourceError> {
        let mut conn = self.read_model.connection().await?;
        let parts = match extent {
            Extent::One(id) => {
                return one(answer(following::one(&mut conn, *id).await)?, |row| row.position > after);
            }
            Extent::Parts(parts) => Some(parts.clone()),
            Extent::All => None,
        };
        page(answer(following::changed(&mut conn, parts, after, rows(limit)).await)?, limit)
    }

    async fn earlier(&self, changes: &[&Change], after: i64) -> Result<Option<Earlier>, SourceError> {
        let streams: Vec<_> = changes.iter().map(|change| StreamId::new(Record::CATEGORY, change.key)).collect();
        let mut conn = self.read_model.connection().await?;
        let Some(events) = answer(since::of_streams(&mut conn, &streams, after, MOST_EARLIER).await)? else {
            return Ok(None);
        };
        let upto: HashMap<Uuid, i64> = changes.iter().map(|change| (change.key, change.position)).collect();
        Ok(states(&events, after, &upto))
    }

    async fn render(&self, change: &Change) -> Result<Option<Bytes>, SourceError> {
        let view = change.row.as_ref().map(|row| view(row));
        match view.transpose() {
            Ok(view) => view.map(|view| answer(serde_json::to_vec(&view)).map(Bytes::from)).transpose(),
            Err(reason) => {
                // One record that cannot be shown must not hold up all others.
                counter!(metrics::UNREADABLE, "projection" => NAME).increment(1);
                error!(record = %change.key, position = change.position, %reason, "a record cannot be shown");
                Ok(None)
            }
        }
    }

    fn seen(&self, row: &RawValue) -> Option<Data> {
        view(row).ok().map(|view| view.seen())
    }

    /// A record is nobody's account.
    fn standing(&self, _change: &Change) -> Option<Standing> {
        None
    }
}

fn view(row: &RawValue) -> Result<RecordView, serde_json::Error> {
    serde_json::from_str(row.get()).map(RecordView::of_row)
}

fn shows(audience: &Audience, row: &RecordRow) -> bool {
    audience.part.is_none_or(|part| part == row.collection) && audience.sees(&RecordView::of_row(row.clone()).seen())
}

/// The states in which records were between a position and the ones that follow; `None` when an event cannot be read.
fn states(events: &[RecordedEvent], after: i64, upto: &HashMap<Uuid, i64>) -> Option<Earlier> {
    let mut records: HashMap<Uuid, Record> = HashMap::new();
    let mut states = Earlier::new();
    for event in events {
        let id = event.aggregate_id()?;
        if upto.get(&id).is_none_or(|upto| event.position >= *upto) {
            continue;
        }
        let read = event.decode::<RecordEvent>();
        let read = read.inspect_err(|error| error!(record = %id, %error, "what a record was cannot be read")).ok()?;
        let record = records.remove(&id).unwrap_or_default().apply(&read);
        let known = states.entry(id).or_default();
        if event.position <= after {
            known.clear();
        }
        match &record {
            Record::Present(contents) => known.push(contents.seen(RecordId::from_uuid(id))),
            Record::Unknown | Record::Deleted(_) => {}
        }
        records.insert(id, record);
    }
    Some(states)
}

fn one(read: Snapshot<Option<RecordRow>>, is_meant: impl Fn(&RecordRow) -> bool) -> Result<Page, SourceError> {
    let Snapshot { epoch, position, rows } = read;
    let rows = rows.into_iter().filter(is_meant).collect();
    page(Snapshot { epoch, position, rows }, usize::MAX)
}

fn page(read: Snapshot<Vec<RecordRow>>, limit: usize) -> Result<Page, SourceError> {
    let more = read.rows.len() >= limit;
    let changes = read.rows.iter().map(change).collect::<Result<_, _>>()?;
    Ok(Page { mark: Mark { epoch: read.epoch.to_string().into(), position: read.position }, changes, more })
}

fn change(row: &RecordRow) -> Result<Change, SourceError> {
    let (position, key, version, part) = (row.position, row.id, row.version, Some(row.collection));
    let json = if row.deleted { None } else { Some(answer(to_raw_value(row))?) };
    Ok(Change { position, key, version, part, row: json, before: Before::Untold })
}
