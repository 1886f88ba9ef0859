//! `POST /v1/batch`.

use std::{cell::RefCell, collections::BTreeSet};

use actix_web::HttpResponse;
use event_store::{RawJson, Replay};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::operation::{Operation, OperationKind, OperationRequest};
use crate::{
    answer::POSITION,
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, Json, RequestBody},
    idempotency::Requester,
    middleware::context::RequestContext,
    records::{self, Access, Transaction, transact},
    state::State,
};

const ROUTE: &str = "POST /v1/batch";
const MOST_OPERATIONS: usize = 100;

/// Operations, done in this order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    #[schema(min_items = 1, max_items = 100)]
    operations: Vec<OperationRequest>,
}

impl RequestBody for BatchRequest {}

/// What was done.
#[derive(Serialize, ToSchema)]
pub struct BatchView {
    /// In the order of the operations.
    results: Vec<OperationResult>,
}

#[derive(Serialize, ToSchema)]
pub struct OperationResult {
    op: OperationKind,
    /// As the single request would have been answered.
    #[schema(example = 201)]
    status: u16,
    #[schema(example = "posts")]
    collection: String,
    id: Uuid,
    /// Of the record after this operation.
    version: i64,
}

/// What a repeat is answered from, beside the request.
#[derive(Serialize, Deserialize)]
struct Recorded {
    status: u16,
    results: Vec<(Uuid, i64)>,
}

/// Do several things at once
///
/// Up to 100 operations on records of any collections, all of them or none: as far as others can see, at one moment. Each is
/// done on the records as those before leave them, and needs the same permissions and rules as the single request. What is
/// refused is told with the number of the operation, and then nothing was done.
#[utoipa::path(
    post, path = "/v1/batch", tag = "records", request_body = BatchRequest,
    params(("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not")),
    responses((status = 200, description = "What was done", body = BatchView))
)]
pub async fn run_batch(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    body: Json<BatchRequest>,
) -> ApiResult<HttpResponse> {
    let (user, now) = (caller.user_id, state.clock.now());
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &body.bytes)?;
    let operations = body.value.parse(&caller, now)?;
    let execution = begun.execution(context.metadata(Some(user)), 200)?;
    let named = operations.iter().filter(|operation| !operation.is_made);
    let streams: BTreeSet<_> = named.map(|operation| records::stream(operation.id)).collect();
    let results = RefCell::new(vec![]);
    let done = transact(&state, Access::new(&caller, now), &execution, streams, async |work| {
        let done = run(work, &operations).await?;
        let recorded = Recorded { status: 200, results: done.clone() };
        let answer = RawJson::from_serialize(&recorded).map_err(|error| ApiError::Internal(error.into()))?;
        work.answer_repeats_with(answer);
        results.replace(done);
        Ok(())
    })
    .await?;
    let results = match &done.replay {
        Some(replay) => recorded(replay)?,
        None => results.take(),
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, done.position.unwrap_or_else(|| state.events.head().position())));
    let results = operations.iter().zip(results).map(|(operation, (id, version))| OperationResult {
        op: operation.kind,
        status: operation.kind.status(),
        collection: operation.collection.to_string(),
        id,
        version,
    });
    Ok(response.json(BatchView { results: results.collect() }))
}

impl BatchRequest {
    fn parse(self, caller: &Caller, now: chrono::DateTime<chrono::Utc>) -> ApiResult<Vec<Operation>> {
        if self.operations.is_empty() || self.operations.len() > MOST_OPERATIONS {
            let code = if self.operations.is_empty() { "too_short" } else { "too_long" };
            let detail = format!("must have 1 to {MOST_OPERATIONS}");
            return Err(ApiError::Invalid(vec![FieldError::at("/operations", code, detail)]));
        }
        let numbered = self.operations.into_iter().enumerate();
        numbered.map(|(number, operation)| operation.parse(number, caller, now)).collect()
    }
}

/// Ids and versions after each operation.
async fn run(work: &mut Transaction<'_>, operations: &[Operation]) -> ApiResult<Vec<(Uuid, i64)>> {
    let mut results = Vec::with_capacity(operations.len());
    for (number, operation) in operations.iter().enumerate() {
        work.begin(number);
        operation.run(work).await.map_err(|error| error.in_operation(Some(number)))?;
        results.push((operation.id.as_uuid(), work.version(operation.id)));
    }
    Ok(results)
}

/// What the first request was answered with.
fn recorded(replay: &Replay) -> ApiResult<Vec<(Uuid, i64)>> {
    let Some(response) = &replay.response else { return Err(ApiError::OutcomeUnknown) };
    let recorded: Recorded = serde_json::from_str(response.get()).map_err(|error| ApiError::Internal(error.into()))?;
    Ok(recorded.results)
}
