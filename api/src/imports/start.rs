//! `POST /v1/collections/{name}/imports`.

use actix_web::{HttpResponse, http::header, web};
use domain::{
    collections::Action,
    imports::{Import, ImportFormat, ImportId, StartImport, start::StartImportRefused},
};
use event_store::{AppendError, ExecuteError, Executed, Execution};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    ImportView,
    slots::{self, MOST_OPEN},
    stream,
    view::ImportFormatName,
};
use crate::{
    answer,
    auth::Caller,
    collections,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, Json, RequestBody},
    idempotency::{Requester, made},
    middleware::context::RequestContext,
    records::Access,
    state::{AppState, State},
};

const ROUTE: &str = "POST /v1/collections/{name}/imports";

/// What is going to come.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartImportRequest {
    format: ImportFormatName,
}

impl RequestBody for StartImportRequest {}

/// Start an import
///
/// Its content comes with `PUT /v1/imports/{id}/content`. At most ten of somebody's imports are open at once.
#[utoipa::path(
    post, path = "/v1/collections/{name}/imports", tag = "imports", request_body = StartImportRequest,
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
    ),
    responses((status = 201, description = "The import", body = ImportView))
)]
pub async fn start_import(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    name: web::Path<String>,
    body: Json<StartImportRequest>,
) -> ApiResult<HttpResponse> {
    let (by, name, at) = (caller.user_id, collections::named(&name)?, state.clock.now());
    let fingerprint = [name.as_str().as_bytes(), b" ", &body.bytes].concat();
    let begun = state.idempotency.begin(Requester::User(by), ROUTE, &key, &fingerprint)?;
    let collection = state.collections.find(&name).await?;
    if Access::new(&caller, at).allow(Action::Create, &collection.shape).constant() == Some(false) {
        return Err(ApiError::Forbidden);
    }
    let format = match body.value.format {
        ImportFormatName::Ndjson => ImportFormat::Ndjson,
        ImportFormatName::Csv => ImportFormat::Csv,
    };
    let id = Uuid::now_v7();
    let execution = begun.execution_making(context.metadata(Some(by)), id)?;
    let command = StartImport { collection: collection.id, collection_name: collection.name.clone(), format, by, at };
    let done = execute(&state, ImportId::from_uuid(id), command, execution).await?;
    let id = ImportId::from_uuid(made(done.replay.as_ref(), id)?);
    let found = super::find(&state, &caller, id).await?;
    let view = ImportView::of(id, found.version, &found.state).ok_or(ApiError::NotFound)?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/imports/{}", id.as_uuid())));
    Ok(answer::changed(response, &view, view.version, done.position))
}

/// Takes a claim that is free; another one where somebody else was faster.
async fn execute(
    state: &AppState,
    id: ImportId,
    command: StartImport,
    execution: Execution,
) -> ApiResult<Executed<Import>> {
    for _ in 0..MOST_OPEN {
        let claim = slots::free(state, command.by, &stream(id)).await?;
        let execution = Execution { claims: vec![claim], ..execution.clone() };
        match state.events.execute(&stream(id), command.clone(), execution).await {
            Err(ExecuteError::Append(AppendError::ClaimTaken { .. })) => {}
            done => return Ok(done?),
        }
    }
    Err(ApiError::LimitReached { limit: MOST_OPEN, of: "open imports" })
}

impl From<StartImportRefused> for ApiError {
    fn from(refused: StartImportRefused) -> Self {
        match refused {
            StartImportRefused::AlreadyStarted => Self::Conflict,
        }
    }
}
