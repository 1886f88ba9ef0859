//! `POST /v1/collections/{name}/records`.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, http::header, web};
use domain::records::{RecordId, create::CreateRecordRefused};
use uuid::Uuid;

use super::{Access, RecordContent, RecordView, transact};
use crate::{
    answer,
    auth::Caller,
    collections::named,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, Json, RequestBody},
    idempotency::{Requester, made},
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/collections/{name}/records";

impl RequestBody for RecordContent {
    const CONTENT_TYPES: &'static [&'static str] = &["application/json", "application/merge-patch+json"];
}

/// Create a record
///
/// The body has the fields that the collection declares; those with a `default` can be left out. The collection's rule for `create` has to hold for the record.
#[utoipa::path(
    post, path = "/v1/collections/{name}/records", tag = "records", request_body = RecordContent,
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
    ),
    responses((status = 201, description = "The record", body = RecordView))
)]
pub async fn create_record(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    name: web::Path<String>,
    body: Json<RecordContent>,
) -> ApiResult<HttpResponse> {
    let (user, name) = (caller.user_id, named(&name)?);
    let fingerprint = [name.as_str().as_bytes(), b" ", &body.bytes].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let access = Access::new(&caller, state.clock.now());
    let id = Uuid::now_v7();
    let execution = begun.execution_making(context.metadata(Some(user)), id)?;
    let done = transact(&state, access, &execution, BTreeSet::new(), async |work| {
        let collection = work.collection(&name).await?;
        work.create(&collection, RecordId::from_uuid(id), true, body.value.0.clone()).await
    })
    .await?;
    let id = RecordId::from_uuid(made(done.replay.as_ref(), id)?);
    let view = super::left(&state, access, &name, id, &done).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/collections/{name}/records/{}", id.as_uuid())));
    Ok(answer::changed(response, &view, view.version, done.position))
}

impl From<CreateRecordRefused> for ApiError {
    fn from(refused: CreateRecordRefused) -> Self {
        match refused {
            CreateRecordRefused::AlreadyCreated => Self::AlreadyExists,
            CreateRecordRefused::Forbidden => Self::Forbidden,
        }
    }
}
