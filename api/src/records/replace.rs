//! `PUT /v1/collections/{name}/records/{id}`.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, http::header, web};
use domain::{
    records::{RecordId, replace::ReplaceRecordRefused},
    roles::Scope,
};

use super::{Access, RecordContent, RecordView, client_id, stream, transact};
use crate::{
    auth::Caller,
    collections,
    error::{ApiError, ApiResult, FieldError},
    extract::{CreateOnly, IdempotencyKey, IfMatch, Json},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "PUT /v1/collections/{name}/records/{id}";

/// Replace a record, or create one of a known id
///
/// The body is the whole content; fields with a `default` can be left out. The collection's rule for `update` has to hold for
/// the record before and after. With `If-None-Match: *` the record is created, under an id that the client has made: a
/// UUIDv7. That takes the permission to create records, and the rule for `create`; 412 `already_exists` when there is one.
#[utoipa::path(
    put, path = "/v1/collections/{name}/records/{id}", tag = "records", request_body = RecordContent,
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}(\.[0-9]{1,9})?"$"#, description = "The ETag of the version that the caller has seen"),
        ("If-None-Match" = Option<String>, Header, pattern = r"^\*$", description = "`*`: only if there is no such record"),
    ),
    responses(
        (status = 200, description = "The record as it is now", body = RecordView),
        (status = 201, description = "The record, which was not there", body = RecordView),
    )
)]
pub async fn replace_record(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    conditions: (IfMatch, CreateOnly),
    body: Json<RecordContent>,
) -> ApiResult<HttpResponse> {
    let (seen, CreateOnly(create)) = conditions;
    let (user, now) = (caller.user_id, state.clock.now());
    let name = collections::named(&path.0)?;
    let id = if create { to_create(&caller, client_id::parse(&path.1, now))? } else { super::named(&path.1)? };
    let kind = if create { b" create " } else { b" update " };
    let fingerprint = [name.as_str().as_bytes(), kind, id.as_uuid().as_bytes(), &body.bytes].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let access = Access::new(&caller, now);
    let execution = begun.execution(context.metadata(Some(user)), if create { 201 } else { 200 })?;
    let done = transact(&state, access, &execution, BTreeSet::from([stream(id)]), async |work| {
        let (collection, data) = (work.collection(&name).await?, body.value.0.clone());
        match create {
            true => work.create(&collection, id, false, data).await,
            false => work.replace(&collection, id, seen, data).await,
        }
    })
    .await?;
    let mut response = if create { HttpResponse::Created() } else { HttpResponse::Ok() };
    if create {
        response.insert_header((header::LOCATION, format!("/v1/collections/{name}/records/{}", id.as_uuid())));
    }
    super::answer_left(&state, access, &name, id, &done, response).await
}

/// The route asks for the permission to change records; this is another one.
fn to_create(caller: &Caller, id: Result<RecordId, client_id::InvalidClientId>) -> ApiResult<RecordId> {
    if !caller.may("records", "create", Scope::Own) {
        return Err(ApiError::Forbidden);
    }
    id.map_err(|error| ApiError::BadRequest(vec![FieldError::parameter("id", "malformed", error.to_string())]))
}

impl From<ReplaceRecordRefused> for ApiError {
    fn from(refused: ReplaceRecordRefused) -> Self {
        match refused {
            ReplaceRecordRefused::UnknownRecord => Self::NotFound,
            ReplaceRecordRefused::Forbidden => Self::Forbidden,
        }
    }
}
