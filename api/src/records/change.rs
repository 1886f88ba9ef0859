//! `PATCH /v1/collections/{name}/records/{id}`.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, web};
use domain::records::change::ChangeRecordRefused;

use super::{Access, RecordContent, RecordView, stream, transact};
use crate::{
    auth::Caller,
    collections,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, IfMatch, Json},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "PATCH /v1/collections/{name}/records/{id}";

/// Change a record
///
/// A JSON Merge Patch (RFC 7396) of its fields: absent members stay as they are, `null` removes. The collection's rule for
/// `update` has to hold for the record before and after.
#[utoipa::path(
    patch, path = "/v1/collections/{name}/records/{id}", tag = "records",
    request_body(content((RecordContent = "application/merge-patch+json"), (RecordContent = "application/json"))),
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}(\.[0-9]{1,9})?"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The record as it is now", body = RecordView))
)]
pub async fn change_record(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    seen: IfMatch,
    body: Json<RecordContent>,
) -> ApiResult<HttpResponse> {
    let user = caller.user_id;
    let (name, id) = (collections::named(&path.0)?, super::named(&path.1)?);
    let fingerprint = [name.as_str().as_bytes(), b" ", id.as_uuid().as_bytes(), &body.bytes].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let access = Access::new(&caller, state.clock.now());
    let execution = begun.execution(context.metadata(Some(user)), 200)?;
    let done = transact(&state, access, &execution, BTreeSet::from([stream(id)]), async |work| {
        let collection = work.collection(&name).await?;
        work.change(&collection, id, seen, body.value.0.clone()).await
    })
    .await?;
    super::answer_left(&state, access, &name, id, &done, HttpResponse::Ok()).await
}

impl From<ChangeRecordRefused> for ApiError {
    fn from(refused: ChangeRecordRefused) -> Self {
        match refused {
            ChangeRecordRefused::UnknownRecord => Self::NotFound,
            ChangeRecordRefused::Forbidden => Self::Forbidden,
            ChangeRecordRefused::Invalid(problems) => super::invalid(problems),
        }
    }
}
