//! `DELETE /v1/files/{id}`.

use actix_web::{HttpResponse, web};
use domain::files::{DeleteFile, Deletion, delete::DeleteFileRefused};
use event_store::Execution;
use file_store::remove;

use super::{look_up, named};
use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, IfMatch, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "DELETE /v1/files/{id}";

/// Delete a file
///
/// Nobody gets at it from then on; its content is removed shortly after.
#[utoipa::path(
    delete, path = "/v1/files/{id}", tag = "files",
    params(
        ("id" = Uuid, Path, description = "The file's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 204, description = "The file is gone"))
)]
pub async fn delete_file(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    id: web::Path<String>,
    seen: IfMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (user, id) = (caller.user_id, named(&id)?);
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, id.as_uuid().as_bytes())?;
    match look_up(&state, id).await {
        Ok(found) => found.require(&caller, "delete")?,
        // To a repeat it is gone; whether this is one, the command says.
        Err(ApiError::NotFound) if begun.idempotency.is_some() => {}
        Err(error) => return Err(error),
    }
    let execution = Execution { expected: seen.0, ..begun.execution(context.metadata(Some(user)), 204)? };
    let command = DeleteFile { why: Deletion::Asked, at: state.clock.now() };
    let done = remove(&state.events, id, command, execution).await?;
    Ok(answer::done(done.position))
}

impl From<DeleteFileRefused> for ApiError {
    fn from(refused: DeleteFileRefused) -> Self {
        match refused {
            DeleteFileRefused::UnknownFile => Self::NotFound,
            DeleteFileRefused::NotTemporary => Self::Conflict,
        }
    }
}
