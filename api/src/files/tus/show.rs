//! `GET` and `HEAD /v1/files/tus/{id}`.

use actix_web::{HttpResponse, http::header, web};
use chrono::{DateTime, Utc};
use domain::files::FileId;
use file_store::uploads::find;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    headers::{LENGTH, describe},
    named,
};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::Query,
    files::look_up,
    state::State,
};

/// How far an upload is.
#[derive(Serialize, ToSchema)]
pub struct UploadView {
    /// The file has it too, once all has come.
    id: Uuid,
    size_bytes: u64,
    /// Where to go on.
    received_bytes: u64,
    /// `null` when all has come, and the file is there.
    expires_at: Option<DateTime<Utc>>,
}

/// Show how far an upload is
///
/// After tus 1.0.0: `HEAD`, for `Upload-Offset`, where the next `PATCH` begins. Also when all has come, and the file is there.
#[utoipa::path(
    get, path = "/v1/files/tus/{id}", tag = "files",
    params(("id" = Uuid, Path, description = "The upload's id")),
    responses((status = 200, description = "How far it is, also in `Upload-Offset` and `Upload-Length`", body = UploadView))
)]
pub async fn show_upload(state: State, caller: Caller, id: web::Path<String>, query: Query) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (id, owner) = (named(&id)?, caller.user_id);
    let upload = find(&mut *state.pool.get().await?, id, owner.as_uuid(), state.clock.now()).await?;
    let view = match upload {
        Some(upload) => UploadView {
            id,
            size_bytes: upload.size(),
            received_bytes: upload.received(),
            expires_at: Some(upload.expires_at),
        },
        // A sender whose last answer was lost learns that all has come.
        None => {
            let found = look_up(&state, FileId::from_uuid(id)).await?;
            if found.kept.owner != owner {
                return Err(ApiError::NotFound);
            }
            let size = found.kept.size;
            UploadView { id, size_bytes: size, received_bytes: size, expires_at: None }
        }
    };
    let mut response = HttpResponse::Ok();
    describe(&mut response, view.received_bytes, view.expires_at);
    response.insert_header((LENGTH, view.size_bytes)).insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.json(view))
}
