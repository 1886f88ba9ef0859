//! Records and pages of lists that are kept for everybody whom no rule narrows: what they see depends on nobody.

use actix_web::HttpResponse;
use bytes::Bytes;
use domain::{collections::Action, records::RecordId};
use projections::records::TextRecord;

use super::{access::Access, record_text};
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
pub(super) async fn find(
    state: &AppState,
    access: Access<'_>,
    collection: &Found,
    id: RecordId,
    after: Option<i64>,
) -> Kept {
    if access.allow(Action::View, &collection.shape).constant() != Some(true) {
        return Kept::Nothing(None);
    }
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
