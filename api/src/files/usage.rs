//! `GET /v1/files/usage`.

use actix_web::HttpResponse;
use domain::files::FileSpace;
use file_store::space_stream;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{auth::Caller, error::ApiResult, extract::Query, state::State};

/// How much room the caller's files take, and how much they may take.
#[derive(Serialize, ToSchema)]
pub struct FileUsage {
    files: u64,
    size_bytes: u64,
    most_files: u64,
    quota_bytes: u64,
    /// Of one file.
    max_bytes: u64,
}

/// Show how much room one's own files take
#[utoipa::path(
    get, path = "/v1/files/usage", tag = "files",
    responses((status = 200, description = "Room that is taken, and room that there is", body = FileUsage))
)]
pub async fn show_usage(state: State, caller: Caller, query: Query) -> ApiResult<HttpResponse> {
    query.finish()?;
    let space = state.events.load::<FileSpace>(&space_stream(caller.user_id)).await?.state;
    let settings = &state.files.settings;
    Ok(HttpResponse::Ok().json(FileUsage {
        files: space.files,
        size_bytes: space.bytes,
        most_files: settings.quota_files,
        quota_bytes: settings.quota_bytes,
        max_bytes: settings.max_bytes,
    }))
}
