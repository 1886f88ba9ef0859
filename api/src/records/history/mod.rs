//! What a record was, from the log: as far as its collection shows history, and to whom may view both what it was and what
//! it is.

pub mod diff;
pub mod list;
mod version;

use std::sync::Arc;

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::{
    collections::{Action, Data, Shape},
    expressions::Filter,
    records::{Contents, Record, RecordId},
};
use event_store::Loaded;

pub(super) use version::{Moment, Version};

use super::{Access, RecordView, stream};
use crate::{
    answer,
    collections::{Evolved, Found},
    error::{ApiError, ApiResult},
    extract::IfNoneMatch,
    state::AppState,
};

/// A record whose history somebody may look at.
pub(super) struct Past<'a> {
    state: &'a AppState,
    id: RecordId,
    shape: Arc<Shape>,
    evolved: Arc<Evolved>,
    visible: Filter,
    now: DateTime<Utc>,
    /// As it is, or was last.
    last: Contents,
    /// Of the last event, be it a deletion.
    version: i64,
    is_deleted: bool,
}

impl<'a> Past<'a> {
    /// Not there for whom the record is not, or was not last.
    pub(super) async fn open(
        state: &'a AppState,
        access: Access<'_>,
        collection: &Found,
        id: RecordId,
    ) -> ApiResult<Self> {
        let Loaded { state: record, version } = state.events.load::<Record>(&stream(id)).await?;
        let visible = access.allow(Action::View, &collection.shape);
        let is_deleted = record.contents().is_none();
        let record = collection.evolved.current_record(record)?;
        let last = record.last_of(collection.id).filter(|last| visible.matches(&last.seen(id)));
        let last = last.ok_or(ApiError::NotFound)?.clone();
        let (shape, evolved) = (collection.shape.clone(), collection.evolved.clone());
        Ok(Self { state, id, shape, evolved, visible, now: access.now(), last, version, is_deleted })
    }

    /// Whether the collection still shows a version that was replaced at that time.
    fn shows(&self, version: i64, replaced_at: Option<DateTime<Utc>>) -> bool {
        self.shape.history().is_none_or(|history| history.shows(self.version - version, replaced_at, self.now))
    }

    /// The record as it was with this content, if the caller may view that. It is shown as it was written; the rule is about
    /// what it would be now, and does not hold for what fits the collection no more.
    fn view(&self, version: &Version) -> Option<RecordView> {
        let data = version.data.clone()?;
        let written = Contents { data, updated_at: version.at, ..self.last.clone() };
        let is_visible = self.visible.constant().unwrap_or_else(|| {
            let current = self.evolved.current(&written.data, version.generation);
            let current = current.map(|data| Contents { data, ..written.clone() });
            current.is_ok_and(|current| self.visible.matches(&current.seen(self.id)))
        });
        is_visible.then(|| RecordView::of(self.id, version.number, written))
    }

    /// What the record was at a moment, as it would be now; `None` when that is not shown to the caller.
    pub(super) async fn content_at(&self, moment: Moment) -> ApiResult<Option<Data>> {
        let Some(shown) = self.found_at(moment).await? else { return Ok(None) };
        let Some(view) = self.view(&shown) else { return Ok(None) };
        // What does not fit any more is refused by whoever is to take it.
        Ok(Some(self.evolved.current(&view.fields, shown.generation).unwrap_or(view.fields)))
    }

    /// The record as it was at a moment; `None` when it was not there, is not shown any more, or not to the caller.
    pub(super) async fn at(&self, moment: Moment) -> ApiResult<Option<RecordView>> {
        Ok(self.found_at(moment).await?.and_then(|version| self.view(&version)))
    }

    async fn found_at(&self, moment: Moment) -> ApiResult<Option<Version>> {
        let found = version::find(&mut *self.state.pool.get().await?, &stream(self.id), moment).await?;
        let shown = found.filter(|found| self.shows(found.version.number, found.replaced_at));
        Ok(shown.map(|found| found.version))
    }

    /// Whether the record is deleted, and what it was last is shown no more.
    pub(super) async fn is_over(&self) -> ApiResult<bool> {
        Ok(self.is_deleted && self.at(Moment::Version(self.version - 1)).await?.is_none())
    }
}

/// The record as it was at a moment, for `?at=`.
pub(super) async fn show_at(
    state: &AppState,
    access: Access<'_>,
    collection: &Found,
    id: RecordId,
    moment: Moment,
    cached: &IfNoneMatch,
) -> ApiResult<HttpResponse> {
    let position = state.events.head().position();
    let view = Past::open(state, access, collection, id).await?.at(moment).await?.ok_or(ApiError::NotFound)?;
    Ok(answer::resource(&view, view.version, position, cached))
}
