//! `PATCH /v1/files/{id}`.

use actix_web::{HttpResponse, web};
use domain::files::{File, FileName, RenameFile, rename::RenameFileRefused};
use file_store::{NAME, stream};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{FileView, find, named, upload::name_error};
use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, IfMatch, Json, RequestBody, present},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "PATCH /v1/files/{id}";

/// A JSON Merge Patch (RFC 7396): absent members stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeFileRequest {
    /// Cannot be removed.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, max_length = 255, example = "report.pdf")]
    name: Option<Option<String>>,
}

impl RequestBody for ChangeFileRequest {
    const CONTENT_TYPES: &'static [&'static str] = &["application/merge-patch+json", "application/json"];
}

/// Rename a file
///
/// Its content never changes: other content is another file.
#[utoipa::path(
    patch, path = "/v1/files/{id}", tag = "files",
    request_body(content((ChangeFileRequest = "application/merge-patch+json"), (ChangeFileRequest = "application/json"))),
    params(
        ("id" = Uuid, Path, description = "The file's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The file as it is now", body = FileView))
)]
pub async fn rename_file(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    id: web::Path<String>,
    seen: IfMatch,
    body: Json<ChangeFileRequest>,
) -> ApiResult<HttpResponse> {
    let (user, id) = (caller.user_id, named(&id)?);
    let begun = state.idempotency.begin(
        Requester::User(user),
        ROUTE,
        &key,
        &[id.as_uuid().as_bytes(), &body.bytes[..]].concat(),
    )?;
    let name = body.value.parse()?;
    let found = find(&state, &caller, id, "update").await?;
    let subject_key = state.keys.get(found.kept.owner.as_uuid()).await?;
    let present = subject_key.open(NAME, &found.kept.name)?;
    let name = match name {
        Some(name) if name.as_str() != present => subject_key.seal(NAME, name.as_str()),
        // The name that is there keeps its ciphertext, which no decision could tell from another's.
        Some(_) | None => found.kept.name.clone(),
    };
    let execution = begun.execution(context.metadata(Some(user)), 200)?;
    let execution = event_store::Execution { expected: seen.0, ..execution };
    let done = state.events.execute(&stream(id), RenameFile { name, at: state.clock.now() }, execution).await?;
    let (file, version) = match done.state {
        Some(file) => (file, done.version),
        // A repeat: the file as it is by now.
        None => {
            let loaded = state.events.load::<File>(&stream(id)).await?;
            (loaded.state, loaded.version)
        }
    };
    let view = FileView::open(id, version, file.kept().ok_or(ApiError::NotFound)?, &state.keys).await?;
    let position = done.position.unwrap_or_else(|| state.events.head().position());
    Ok(answer::changed(HttpResponse::Ok(), &view, version, Some(position)))
}

impl ChangeFileRequest {
    fn parse(self) -> ApiResult<Option<FileName>> {
        match self.name {
            Some(None) => Err(ApiError::Invalid(vec![FieldError::at("/name", "wrong_type", "must be a string")])),
            name => name
                .flatten()
                .map(|name| FileName::parse(&name))
                .transpose()
                .map_err(|error| name_error(error, "/name")),
        }
    }
}

impl From<RenameFileRefused> for ApiError {
    fn from(refused: RenameFileRefused) -> Self {
        match refused {
            RenameFileRefused::UnknownFile => Self::NotFound,
        }
    }
}
