//! `DELETE /v1/collections/{name}`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use domain::collections::{
    Collection, CollectionId, CollectionName, DeleteCollection, delete::DeleteCollectionRefused,
};
use event_store::{AppendError, ExecuteError, Executed, Execution};
use projections::records;

use super::{ATTEMPTS, name_claim, named, relation_claims, stream};
use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, IfMatch, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "DELETE /v1/collections/{name}";

/// Delete a collection
///
/// One that has records is deleted with `force=true` only: nobody reaches them then, by no name. Its own name is free
/// again. One to which relations of others lead is not deleted at all (409 `collection_referenced`).
#[utoipa::path(
    delete, path = "/v1/collections/{name}", tag = "collections",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("force" = Option<bool>, Query, description = "Also when it has records"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 204, description = "The collection is gone"))
)]
pub async fn delete_collection(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    name: web::Path<String>,
    seen: IfMatch,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let force = query.parsed("force", "malformed", |text| text.parse::<bool>().map_err(|_| "must be true or false"));
    query.finish()?;
    let (user, name) = (caller.user_id, named(&name)?);
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, name.as_str().as_bytes())?;
    let execution = begun.execution(context.metadata(Some(user)), 204)?;
    let id = match state.collections.id_of(&name).await {
        // The first request has set the name free.
        Err(ApiError::NotFound) => return repeated(&state, execution).await,
        id => id?,
    };
    if !force.unwrap_or(false) {
        state.reflected(records::NAME, Some(state.events.head().position()), &[]).await?;
        if records::queries::any(&mut *state.pool.get().await?, id).await? {
            return Err(ApiError::CollectionNotEmpty);
        }
    }
    let done = execute(&state, id, &name, seen, &execution).await?;
    Ok(answer::done(done.position))
}

/// Executes the command on the collection as it is, again when that was changed meanwhile: its relations end with it.
async fn execute(
    state: &State,
    id: CollectionId,
    name: &CollectionName,
    seen: IfMatch,
    execution: &Execution,
) -> ApiResult<Executed<Collection>> {
    let stream = stream(id);
    for _ in 0..ATTEMPTS {
        let loaded = state.events.load::<Collection>(&stream).await?;
        let relations = loaded.state.defined().map(|defined| defined.definition.relations.clone()).unwrap_or_default();
        let mut claims = relation_claims::between(id, &relations, &BTreeMap::new());
        claims.extend([relation_claims::none_to(&stream), name_claim::release(name, &stream)]);
        let execution = Execution { expected: seen.0.or(Some(loaded.version)), claims, ..execution.clone() };
        match state.events.execute(&stream, DeleteCollection { at: state.clock.now() }, execution).await {
            Err(ExecuteError::VersionMismatch { .. }) if seen.0.is_none() => {}
            Err(ExecuteError::Append(AppendError::ClaimTaken { .. })) => return Err(ApiError::CollectionReferenced),
            done => return Ok(done?),
        }
    }
    Err(AppendError::Overloaded.into())
}

/// Answers a repeat; for others there is no such collection.
async fn repeated(state: &State, execution: Execution) -> ApiResult<HttpResponse> {
    let nowhere = stream(CollectionId::from_uuid(execution.command_id));
    let done = state.events.execute(&nowhere, DeleteCollection { at: state.clock.now() }, execution).await?;
    Ok(answer::done(done.position))
}

impl From<DeleteCollectionRefused> for ApiError {
    fn from(refused: DeleteCollectionRefused) -> Self {
        match refused {
            DeleteCollectionRefused::UnknownCollection => Self::NotFound,
        }
    }
}
