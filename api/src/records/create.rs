//! `POST /v1/collections/{name}/records`.

use actix_web::{HttpResponse, http::header, web};
use domain::{
    collections::Action,
    records::{CreateRecord, Record, RecordId, create::CreateRecordRefused},
};
use event_store::{AppendError, ExecuteError};
use uuid::Uuid;

use super::{RecordContent, RecordView, access::Access, stream, unique::UniqueClaims};
use crate::{
    answer,
    auth::Caller,
    collections::named,
    error::{ApiError, ApiResult, FieldError},
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
/// The body has the fields that the collection declares. The collection's rule for `create` has to hold for the record.
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
    let (user, name, now) = (caller.user_id, named(&name)?, state.clock.now());
    let fingerprint = [name.as_str().as_bytes(), b" ", &body.bytes].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let collection = state.collections.find(&name).await?;
    let allowed = Access::new(&caller, now).allow(Action::Create, &collection.shape);
    if allowed.constant() == Some(false) {
        return Err(ApiError::Forbidden);
    }
    let invalid = |problems: Vec<_>| ApiError::Invalid(problems.into_iter().map(FieldError::from).collect());
    let data = collection.shape.validate(body.value.0).map_err(invalid)?;

    let id = RecordId::from_uuid(Uuid::now_v7());
    let stream_id = stream(id);
    let claims = UniqueClaims::between(collection.id, &collection.shape, None, Some(&data));
    let mut execution = begun.execution_making(context.metadata(Some(user)), id.as_uuid())?;
    execution.claims = claims.changes(&stream_id);
    let command = CreateRecord { id, collection: collection.id, data, allowed, by: user, at: now };
    let done = match state.events.execute(&stream_id, command, execution).await {
        Err(ExecuteError::Append(AppendError::ClaimTaken { claim, .. })) => return Err(claims.taken(claim)),
        done => done?,
    };
    let id = RecordId::from_uuid(made(&done, id.as_uuid())?);
    let (record, version) = match done.state {
        Some(record) => (record, done.version),
        // A repeat: the record as it is by now.
        None => {
            let loaded = state.events.load::<Record>(&stream(id)).await?;
            (loaded.state, loaded.version)
        }
    };
    let contents = record.of(collection.id).ok_or(ApiError::NotFound)?.clone();
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/collections/{name}/records/{}", id.as_uuid())));
    Ok(answer::changed(response, &RecordView::of(id, version, contents), version, done.position))
}

impl From<CreateRecordRefused> for ApiError {
    fn from(refused: CreateRecordRefused) -> Self {
        match refused {
            CreateRecordRefused::AlreadyCreated => Self::Conflict,
            CreateRecordRefused::Forbidden => Self::Forbidden,
        }
    }
}
