//! `POST /v1/collections/{name}/records/{id}/restore`.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, web};
use domain::{
    collections::{CollectionName, Data},
    records::{RecordId, restore::RestoreRecordRefused},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Access, RecordView,
    history::{Moment, Past},
    stream, transact,
};
use crate::{
    auth::Caller,
    collections,
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, IfMatch, Json, RequestBody},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::{AppState, State},
};

const ROUTE: &str = "POST /v1/collections/{name}/records/{id}/restore";

/// What a record is to be again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreRecordRequest {
    /// The version whose content it is to have; without it, a deleted record has its last content again.
    #[serde(default)]
    #[schema(value_type = i64, required = false, minimum = 1)]
    version: Option<i64>,
}

impl RequestBody for RestoreRecordRequest {}

/// Restore a record
///
/// A deleted record comes back as it was last, or the content of an older version becomes the content anew, as a new version.
/// The collection's rules for `view` and `update` have to hold for the record as it is, or was last, and as it is to be; the
/// schema, the unique values and the relations of now count.
#[utoipa::path(
    post, path = "/v1/collections/{name}/records/{id}/restore", tag = "records", request_body = RestoreRecordRequest,
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}(\.[0-9]{1,9})?"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The record as it is now", body = RecordView))
)]
pub async fn restore_record(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    seen: IfMatch,
    body: Json<RestoreRecordRequest>,
) -> ApiResult<HttpResponse> {
    let user = caller.user_id;
    let (name, id) = (collections::named(&path.0)?, super::named(&path.1)?);
    let fingerprint = [name.as_str().as_bytes(), b" ", id.as_uuid().as_bytes(), &body.bytes].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let access = Access::new(&caller, state.clock.now());
    let execution = begun.execution(context.metadata(Some(user)), 200)?;
    let done = transact(&state, access, &execution, BTreeSet::from([stream(id)]), async |work| {
        // What was, stays as it was, so it is looked up apart; whether it is shown, by the definition of now.
        let data = content(&state, access, &name, id, body.value.version).await?;
        let collection = work.collection(&name).await?;
        work.restore(&collection, id, seen, data).await
    })
    .await?;
    super::answer_left(&state, access, &name, id, &done, HttpResponse::Ok()).await
}

/// The content of the version that is named, or of the last one.
async fn content(
    state: &AppState,
    access: Access<'_>,
    name: &CollectionName,
    id: RecordId,
    version: Option<i64>,
) -> ApiResult<Option<Data>> {
    let collection = state.collections.find(name).await?;
    let past = Past::open(state, access, &collection, id).await?;
    if let Some(version) = version {
        let shown = past.content_at(Moment::Version(version)).await?;
        let detail = "is no version that is shown, or one in which the record was deleted";
        let unknown = || ApiError::Invalid(vec![FieldError::at("/version", "unknown_version", detail)]);
        return Ok(Some(shown.ok_or_else(unknown)?));
    }
    // The last content of a deleted record is history too.
    if past.is_over().await? { Err(ApiError::NotFound) } else { Ok(None) }
}

impl From<RestoreRecordRefused> for ApiError {
    fn from(refused: RestoreRecordRefused) -> Self {
        match refused {
            RestoreRecordRefused::UnknownRecord => Self::NotFound,
            RestoreRecordRefused::Forbidden => Self::Forbidden,
            RestoreRecordRefused::NotDeleted => Self::NotDeleted,
            RestoreRecordRefused::Invalid(problems) => super::invalid(problems),
        }
    }
}
