//! Records: what an application keeps in its collections, for whom the collections' rules allow it.

mod access;
pub mod change;
pub mod create;
pub mod delete;
pub mod list;
mod list_query;
pub mod show;
mod unique;
mod view;
mod visible;

use domain::{
    Aggregate, Command,
    collections::Data,
    records::{Record, RecordId},
};
use event_store::{AppendError, ExecuteError, Executed, Execution, StreamId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use unique::UniqueClaims;
pub use view::RecordView;
pub(crate) use visible::visible;

use crate::{
    error::{ApiError, ApiResult},
    extract::IfMatch,
    state::AppState,
};

/// How often a command is planned anew because somebody else was faster.
const ATTEMPTS: usize = 20;

/// The content of a record: the fields that its collection declares.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct RecordContent(pub(crate) Data);

/// The record that a URL names; nothing but a UUID names one.
fn named(text: &str) -> ApiResult<RecordId> {
    Uuid::try_parse(text).map(RecordId::from_uuid).map_err(|_| ApiError::NotFound)
}

fn stream(id: RecordId) -> StreamId {
    StreamId::new(Record::CATEGORY, id.as_uuid())
}

/// A command on a record as it was seen when this was planned.
struct Plan<C> {
    command: C,
    execution: Execution,
    claims: UniqueClaims,
    /// Whether the caller may know of the record: to others it is at no version.
    is_visible: bool,
}

/// Plans a command on the record as it is and executes it, anew when the record was changed meanwhile: which values it
/// takes and lets go of depends on it.
async fn execute<C>(
    state: &AppState,
    id: RecordId,
    seen: IfMatch,
    plan: impl Fn(&Record) -> ApiResult<Plan<C>>,
) -> ApiResult<Executed<Record>>
where
    C: Command<Aggregate = Record>,
    C::Refusal: Into<ApiError>,
{
    let stream = stream(id);
    for _ in 0..ATTEMPTS {
        let loaded = state.events.load::<Record>(&stream).await?;
        let Plan { command, execution, claims, is_visible } = plan(&loaded.state)?;
        let wanted = seen.0.filter(|_| is_visible);
        let execution = Execution {
            expected: Some(wanted.unwrap_or(loaded.version)),
            claims: claims.changes(&stream),
            ..execution
        };
        match state.events.execute(&stream, command, execution).await {
            Err(ExecuteError::VersionMismatch { .. }) if wanted.is_none() => {}
            Err(ExecuteError::Append(AppendError::ClaimTaken { claim, .. })) => return Err(claims.taken(claim)),
            done => return Ok(done?),
        }
    }
    Err(AppendError::Overloaded.into())
}
