//! `POST /v1/collections/{name}/records/{id}/files/{file}/url`.

use actix_web::{HttpResponse, web};
use domain::records::RecordId;

use super::{
    look_up, named,
    sign::{SignUrlRequest, SignedUrl},
};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{After, Json},
    records::visible,
    state::State,
};

/// Make a URL for a file that a record names
///
/// For whoever may see the record. The file counts as the record's when its owner has written its id into the record; that is
/// so a moment after the record was written.
#[utoipa::path(
    post, path = "/v1/collections/{name}/records/{id}/files/{file}/url", tag = "files", request_body = SignUrlRequest,
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("file" = Uuid, Path, description = "The file's id, as it stands in the record"),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "The URL", body = SignedUrl))
)]
pub async fn sign_url_for_record(
    state: State,
    caller: Caller,
    path: web::Path<(String, String, String)>,
    after: After,
    body: Json<SignUrlRequest>,
) -> ApiResult<HttpResponse> {
    let (name, id, file) = path.into_inner();
    let record = visible(&state, &caller, &name, &id, after).await?;
    let found = look_up(&state, named(&file)?).await?;
    if !found.kept.records.contains(&RecordId::from_uuid(record.id)) {
        return Err(ApiError::NotFound);
    }
    body.value.answer(&state, found.id)
}
