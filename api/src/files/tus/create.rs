//! `POST /v1/files/tus`.

use actix_web::{HttpRequest, HttpResponse, http::header};
use domain::files::{FileName, FileSpace};
use file_store::{
    NAME, space_stream,
    uploads::{NewUpload, ReserveRefused, reserve},
};
use uuid::Uuid;

use super::{
    complete, expires_at,
    headers::{LENGTH, METADATA, check_version, describe, number, text},
    metadata::UploadMetadata,
};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::Query,
    files::upload::UNNAMED,
    middleware::context::RequestContext,
    state::State,
};

/// Begin an upload that can be resumed
///
/// After tus 1.0.0 (creation): the content comes with `PATCH` to the URL in `Location`, in one request or in several. The file
/// is there when all of it has come, under the same id.
#[utoipa::path(
    post, path = "/v1/files/tus", tag = "files",
    params(
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Length" = i64, Header, minimum = 0, description = "Bytes of the file"),
        ("Upload-Metadata" = Option<String>, Header, description = "`filename`, `filetype` and `temporary`, their values in base64"),
    ),
    responses((status = 201, description = "Where to go on, in `Location`, and until when, in `Upload-Expires`"))
)]
pub async fn begin_upload(
    state: State,
    caller: Caller,
    context: RequestContext,
    query: Query,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    check_version(&request)?;
    let size = number(&request, &LENGTH)?;
    let metadata = UploadMetadata::parse(text(&request, &METADATA).unwrap_or_default())?;
    let limit = state.files.settings.max_bytes;
    if size > limit {
        return Err(ApiError::FileTooLarge { limit });
    }
    let (owner, now) = (caller.user_id, state.clock.now());
    let name = metadata.name.as_ref().map_or(UNNAMED, FileName::as_str);
    let new = NewUpload {
        id: Uuid::now_v7(),
        owner: owner.as_uuid(),
        name: state.keys.get(owner.as_uuid()).await?.seal(NAME, name).as_str().to_owned(),
        content_type: metadata.declared.map(|declared| declared.to_string()),
        temporary: metadata.temporary,
        size,
        now,
        expires_at: expires_at(&state, now),
    };
    let space = state.events.recent::<FileSpace>(&space_stream(owner)).await?.state;
    let room = state.files.room();
    let upload = reserve(&mut *state.pool.get().await?, &new, space, room).await?.map_err(ApiError::from)?;
    if upload.is_complete() {
        complete(&state, &context, &upload).await?;
    }
    let mut response = HttpResponse::Created();
    describe(&mut response, 0, Some(upload.expires_at));
    Ok(response.insert_header((header::LOCATION, format!("/v1/files/tus/{}", upload.id))).finish())
}

impl From<ReserveRefused> for ApiError {
    fn from(refused: ReserveRefused) -> Self {
        match refused {
            ReserveRefused::TooManyUploads { most } => Self::LimitReached { limit: most, of: "unfinished uploads" },
            ReserveRefused::NoRoom(refused) => refused.into(),
        }
    }
}
