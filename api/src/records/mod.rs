//! Records: what an application keeps in its collections, for whom the collections' rules allow it.

mod access;
pub mod change;
pub(crate) mod client_id;
pub mod create;
pub mod delete;
mod expansion;
pub mod export;
mod filters;
pub mod history;
mod kept;
mod kept_page;
pub mod list;
mod list_page;
mod list_plan;
mod list_pool;
mod list_query;
mod loader;
mod record_text;
pub mod replace;
pub mod restore;
pub mod search;
pub mod show;
mod transaction;
mod view;
mod visible;

use actix_web::{HttpResponse, HttpResponseBuilder};
use domain::{
    Aggregate,
    collections::{Action, CollectionName, Data, FieldProblem},
    records::{Record, RecordId},
};
use event_store::StreamId;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) use access::Access;
pub use filters::Filters;
pub use list_pool::ListPool;
pub use loader::RecordLoader;
pub(crate) use transaction::{NewRecord, Transaction, Written, transact};
pub use view::RecordView;
pub(crate) use visible::visible;

use crate::{
    answer,
    error::{ApiError, ApiResult, FieldError},
    state::AppState,
};

/// The content of a record: the fields that its collection declares.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct RecordContent(pub(crate) Data);

/// The record that a URL names; nothing but a UUID names one.
fn named(text: &str) -> ApiResult<RecordId> {
    Uuid::try_parse(text).map(RecordId::from_uuid).map_err(|_| ApiError::NotFound)
}

pub(crate) fn stream(id: RecordId) -> StreamId {
    StreamId::new(Record::CATEGORY, id.as_uuid())
}

/// What a collection's shape says of a content.
pub(crate) fn invalid(problems: Vec<FieldProblem>) -> ApiError {
    ApiError::Invalid(problems.into_iter().map(FieldError::from).collect())
}

/// The answer with the record as a command left it.
async fn answer_left(
    state: &AppState,
    access: Access<'_>,
    name: &CollectionName,
    id: RecordId,
    done: &Written,
    response: HttpResponseBuilder,
) -> ApiResult<HttpResponse> {
    let view = left(state, access, name, id, done).await?;
    let position = done.position.unwrap_or_else(|| state.events.head().position());
    Ok(answer::changed(response, &view, view.version, Some(position)))
}

/// The record as a command left it. After a repeat it is the record as it is by now, if the caller may still know of it.
async fn left(
    state: &AppState,
    access: Access<'_>,
    name: &CollectionName,
    id: RecordId,
    done: &Written,
) -> ApiResult<RecordView> {
    if let Some(after) = done.records.get(&id) {
        let contents = after.state.contents().ok_or(ApiError::NotFound)?;
        return Ok(RecordView::of(id, after.version, contents.clone()));
    }
    let collection = state.collections.find(name).await?;
    let visible = access.allow(Action::View, &collection.shape);
    let loaded = state.events.load::<Record>(&stream(id)).await?;
    let current = collection.evolved.current_record(loaded.state)?;
    let contents = current.of(collection.id).filter(|contents| visible.matches(&contents.seen(id)));
    Ok(RecordView::of(id, loaded.version, contents.ok_or(ApiError::NotFound)?.clone()))
}
