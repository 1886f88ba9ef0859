//! A change of a collection as administrators see it.

use actix_web::{HttpResponse, http::header};
use domain::{
    Aggregate,
    collections::{ChangeOutcome, Collection, CollectionId, CollectionName, LastChange},
    schema_changes::{MOST_FINDINGS, SchemaChange},
};
use event_store::StreamId;
use projections::records::queries;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::stream;
use crate::{
    answer::POSITION,
    error::{ApiError, ApiResult},
    state::AppState,
};

/// The last change of a collection to which its records may not keep as they are.
#[derive(Serialize, ToSchema)]
pub struct ChangeView {
    pub id: Uuid,
    pub state: ChangeState,
    /// How many were looked at so far.
    pub records: i64,
    /// What is wrong with them under the definition that is to be.
    #[schema(max_items = 1000)]
    pub findings: Vec<FindingView>,
    /// Nobody has looked any further after a thousand findings.
    pub is_cut_off: bool,
}

/// How far a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// Records are being looked at.
    Checking,
    /// Some do not keep to it.
    Refused,
    Withdrawn,
    /// It is accepted and counts for what is written; records are read as they were, for a moment.
    Switching,
    /// It counts for everything.
    Done,
}

/// One thing for which a record does not keep to the definition that is to be.
#[derive(Serialize, ToSchema)]
pub struct FindingView {
    pub record: Uuid,
    /// A JSON Pointer into the record as it would be.
    #[schema(example = "/rank")]
    pub pointer: String,
    /// As in errors of fields.
    #[schema(example = "wrong_type")]
    pub code: String,
}

/// The answer with the last change of a collection, as the log has it now.
pub(super) async fn answer(
    state: &AppState,
    id: CollectionId,
    name: &CollectionName,
    is_accepted: bool,
) -> ApiResult<HttpResponse> {
    let position = state.events.head().position();
    let view = view(state, id).await?;
    let mut response = if is_accepted { HttpResponse::Accepted() } else { HttpResponse::Ok() };
    if is_accepted {
        response.insert_header((header::LOCATION, format!("/v1/collections/{name}/change")));
    }
    Ok(response.insert_header((POSITION, position)).json(view))
}

async fn view(state: &AppState, id: CollectionId) -> ApiResult<ChangeView> {
    let loaded = state.events.load::<Collection>(&stream(id)).await?;
    let evolution = loaded.state.defined().map(|defined| &defined.evolution);
    let last = evolution.and_then(|evolution| evolution.last).ok_or(ApiError::NotFound)?;
    let checked = StreamId::new(SchemaChange::CATEGORY, last.change.as_uuid());
    let SchemaChange { records, findings, .. } = state.events.load::<SchemaChange>(&checked).await?.state;
    let is_cut_off = findings.len() >= MOST_FINDINGS;
    let findings = findings.into_iter().map(|found| FindingView {
        record: found.record.as_uuid(),
        pointer: found.pointer,
        code: found.code,
    });
    Ok(ChangeView {
        id: last.change.as_uuid(),
        state: state_of(state, id, last).await?,
        records,
        findings: findings.collect(),
        is_cut_off,
    })
}

async fn state_of(state: &AppState, id: CollectionId, last: LastChange) -> ApiResult<ChangeState> {
    Ok(match last.outcome {
        ChangeOutcome::Pending => ChangeState::Checking,
        ChangeOutcome::Refused => ChangeState::Refused,
        ChangeOutcome::Withdrawn => ChangeState::Withdrawn,
        ChangeOutcome::Accepted => {
            let read = queries::generation(&mut *state.pool.get().await?, id).await?;
            if read < last.generation { ChangeState::Switching } else { ChangeState::Done }
        }
    })
}
