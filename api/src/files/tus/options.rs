//! `OPTIONS /v1/files/tus`.

use actix_web::{HttpResponse, http::header};

use super::{
    checksum::ALGORITHMS,
    headers::{ALGORITHM, EXTENSION, MAX_SIZE, RESUMABLE, TUS_VERSION, VERSION},
};
use crate::state::State;

/// Tell what of the protocol for resumable uploads is spoken here
#[utoipa::path(options, path = "/v1/files/tus", tag = "files",
    responses((status = 204, description = "Version, extensions and the largest upload, in headers")))]
pub async fn uploads_options(state: State) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ALLOW, "POST, OPTIONS"))
        .insert_header((RESUMABLE, VERSION))
        .insert_header((TUS_VERSION, VERSION))
        .insert_header((EXTENSION, "creation,expiration,checksum,termination"))
        .insert_header((ALGORITHM, ALGORITHMS))
        .insert_header((MAX_SIZE, state.files.settings.max_bytes))
        .finish()
}
