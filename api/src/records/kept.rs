//! Records that are kept as they are, for everybody: the rules are applied to whatever is shown of them.

use actix_web::HttpResponse;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    expressions::Filter,
    records::{RecordId, seen},
};
use projections::records::TextRecord;
use serde::Deserialize;
use uuid::Uuid;

use super::record_text;
use crate::{
    answer,
    cache::{Lookup, Mark, Subject},
    collections::Found,
    error::{ApiError, ApiResult},
    extract::IfNoneMatch,
    state::AppState,
};

const RECORD: &str = "record";
/// Of a version, in front of what is kept.
const VERSION: usize = size_of::<i64>();

/// A record as it is answered with.
pub(super) struct KeptRecord {
    version: i64,
    text: Bytes,
}

/// What every record has, in its text.
#[derive(Deserialize)]
struct Columns {
    id: Uuid,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    created_by: Uuid,
}

/// What is kept of a record.
pub(super) enum Kept {
    /// With a position at which it is true.
    Record(KeptRecord, i64),
    Nothing(Option<RecordMark>),
}

/// Where what is read can be kept, as long as it was read under this version of the collection.
pub(super) struct RecordMark {
    mark: Mark,
    version: i64,
    generation: i32,
}

impl RecordMark {
    pub(super) fn is_under(&self, collection: &Found) -> bool {
        (self.version, self.generation) == (collection.version, collection.shape.generation())
    }
}

/// The record, where it is kept and true at `after` or later.
pub(super) async fn find(state: &AppState, collection: &Found, id: RecordId, after: Option<i64>) -> Kept {
    let (collection_id, record) = (collection.id.as_uuid(), id.as_uuid());
    let question = [&collection_id.as_bytes()[..], &collection.version.to_be_bytes(), record.as_bytes()];
    match state.kept_records.find(RECORD, Subject::Row(record), &question, after.unwrap_or(0)).await {
        Lookup::Hit { body, position } => match KeptRecord::read_from(body) {
            Some(record) => Kept::Record(record, position),
            None => Kept::Nothing(None),
        },
        Lookup::Miss(mark) => Kept::Nothing(mark.map(|mark| RecordMark {
            mark,
            version: collection.version,
            generation: collection.shape.generation(),
        })),
    }
}

impl KeptRecord {
    pub(super) fn of(record: &TextRecord) -> ApiResult<Self> {
        let mut text = vec![];
        record_text::write(&mut text, record).map_err(|error| ApiError::Internal(error.into()))?;
        Ok(Self { version: record.version, text: text.into() })
    }

    fn read_from(mut kept: Bytes) -> Option<Self> {
        if kept.len() < VERSION {
            return None;
        }
        let version = kept.split_to(VERSION);
        Some(Self { version: i64::from_be_bytes(version.as_ref().try_into().ok()?), text: kept })
    }

    /// Whether a rule lets it be seen. Its content is read only where the rule asks for it.
    pub(super) fn is_visible(&self, visible: &Filter) -> ApiResult<bool> {
        if let Some(constant) = visible.constant() {
            return Ok(constant);
        }
        let Columns { id, created_at, updated_at, created_by } = self.read()?;
        Ok(visible.matches(&seen(id, self.read()?, created_at, updated_at, created_by)))
    }

    fn read<'a, T: Deserialize<'a>>(&'a self) -> ApiResult<T> {
        serde_json::from_slice(&self.text).map_err(|error| ApiError::Internal(error.into()))
    }

    /// Keeps it where it was looked for. `last` is the position of its last event.
    pub(super) async fn keep(&self, state: &AppState, mark: Option<RecordMark>, position: i64, last: i64) {
        if let Some(RecordMark { mark, .. }) = mark {
            let kept = [&self.version.to_be_bytes(), &self.text[..]].concat();
            state.kept_records.keep(Some(mark), position, last, kept.into()).await;
        }
    }

    /// `generation` is that of the content.
    pub(super) fn answer(self, position: i64, generation: i32, cached: &IfNoneMatch) -> ApiResult<HttpResponse> {
        let Self { version, text } = self;
        Ok(answer::revalidated((version, generation), position, cached, text))
    }
}
