//! `POST /v1/files/{id}/url`.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::files::FileId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{disposition::Disposition, find, named, signed_url::Opened};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::{Json, RequestBody},
    state::{AppState, State},
};

const DEFAULT_SECONDS: i64 = 5 * 60;
const MAX_SECONDS: i64 = 24 * 60 * 60;

/// What the URL shall open, and for how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUrlRequest {
    #[serde(default)]
    #[schema(minimum = 1, maximum = 86400, default = 300)]
    expires_in_seconds: Option<i64>,
    /// `attachment` by default.
    #[serde(default)]
    #[schema(pattern = "^(inline|attachment)$", example = "inline")]
    disposition: Option<String>,
    /// The picture of this size instead of the content.
    #[serde(default)]
    #[schema(example = 320)]
    thumbnail: Option<u32>,
}

impl RequestBody for SignUrlRequest {}

/// A URL that opens a file to whoever has it.
#[derive(Serialize, ToSchema)]
pub struct SignedUrl {
    url: String,
    expires_at: DateTime<Utc>,
}

/// Make a URL that opens a file without a token
///
/// For whoever has the URL, for as long as asked; it cannot be withdrawn but by deleting the file.
#[utoipa::path(
    post, path = "/v1/files/{id}/url", tag = "files", request_body = SignUrlRequest,
    params(("id" = Uuid, Path, description = "The file's id")),
    responses((status = 200, description = "The URL", body = SignedUrl))
)]
pub async fn sign_url(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    body: Json<SignUrlRequest>,
) -> ApiResult<HttpResponse> {
    let found = find(&state, &caller, named(&id)?, "read").await?;
    body.value.answer(&state, found.id)
}

impl SignUrlRequest {
    /// Answers with the URL. That the caller may have it, others have seen to.
    pub(super) fn answer(self, state: &AppState, file: FileId) -> ApiResult<HttpResponse> {
        let files = &state.files;
        let (opened, expires_at) = self.parse(file, state.clock.now(), &files.settings.thumbnails)?;
        Ok(HttpResponse::Ok().json(SignedUrl { url: files.urls.sign(&opened), expires_at }))
    }

    fn parse(self, file: FileId, now: DateTime<Utc>, sizes: &[u32]) -> ApiResult<(Opened, DateTime<Utc>)> {
        let mut errors = vec![];
        let seconds = self.expires_in_seconds.unwrap_or(DEFAULT_SECONDS);
        if !(1..=MAX_SECONDS).contains(&seconds) {
            let detail = format!("must be a number from 1 to {MAX_SECONDS}");
            errors.push(FieldError::at("/expires_in_seconds", "out_of_range", detail));
        }
        let disposition = self.disposition.as_deref().map_or(Ok(Disposition::Attachment), Disposition::parse);
        let disposition = disposition.unwrap_or_else(|detail| {
            errors.push(FieldError::at("/disposition", "unknown_value", detail));
            Disposition::Attachment
        });
        if self.thumbnail.is_some_and(|size| !sizes.contains(&size)) {
            errors.push(FieldError::at("/thumbnail", "unknown_value", format!("must be one of {sizes:?}")));
        }
        if !errors.is_empty() {
            return Err(ApiError::Invalid(errors));
        }
        let expires = now.timestamp().saturating_add(seconds);
        let expires_at = DateTime::from_timestamp(expires, 0).unwrap_or(now);
        Ok((Opened { file, disposition, thumbnail: self.thumbnail, expires }, expires_at))
    }
}
