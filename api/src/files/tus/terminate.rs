//! `DELETE /v1/files/tus/{id}`.

use actix_web::{HttpRequest, HttpResponse, web};
use file_store::uploads::{Lease, Leased, discard};

use super::{
    headers::{RESUMABLE, VERSION, check_version},
    named,
};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::Query,
    state::State,
};

/// Give up an upload
///
/// After tus 1.0.0 (termination): what has come of it goes.
#[utoipa::path(
    delete, path = "/v1/files/tus/{id}", tag = "files",
    params(("id" = Uuid, Path, description = "The upload's id"), ("Tus-Resumable" = String, Header, description = "`1.0.0`")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 409, description = "Something is coming in just now", body = crate::error::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn end_upload(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    query: Query,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    check_version(&request)?;
    let (id, owner) = (named(&id)?, caller.user_id.as_uuid());
    match Lease::take(&state.pool, id, owner, state.clock.now()).await? {
        Leased::Taken(..) => {}
        Leased::Busy => return Err(ApiError::UploadBusy),
        Leased::Absent => return Err(ApiError::NotFound),
    }
    discard(&state.pool, &state.files.storage, id).await?;
    Ok(HttpResponse::NoContent().insert_header((RESUMABLE, VERSION)).finish())
}
