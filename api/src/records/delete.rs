//! `DELETE /v1/collections/{name}/records/{id}`.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, web};
use domain::records::delete::DeleteRecordRefused;

use super::{Access, stream, transact};
use crate::{
    answer,
    auth::Caller,
    collections,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, IfMatch, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "DELETE /v1/collections/{name}/records/{id}";

/// Delete a record
///
/// What becomes of the records that refer to it, the relations of their collections say: they keep it from being deleted
/// (409 `referenced`), lose the reference, or are deleted too; 100 references end at once, at most.
#[utoipa::path(
    delete, path = "/v1/collections/{name}/records/{id}", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}(\.[0-9]{1,9})?"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 204, description = "The record is gone"))
)]
pub async fn delete_record(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    seen: IfMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let user = caller.user_id;
    let (name, id) = (collections::named(&path.0)?, super::named(&path.1)?);
    let fingerprint = [name.as_str().as_bytes(), b" ", id.as_uuid().as_bytes()].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let access = Access::new(&caller, state.clock.now());
    let execution = begun.execution(context.metadata(Some(user)), 204)?;
    let done = transact(&state, access, &execution, BTreeSet::from([stream(id)]), async |work| {
        let collection = work.collection(&name).await?;
        work.delete(&collection, id, seen).await
    })
    .await?;
    Ok(answer::done(done.position))
}

impl From<DeleteRecordRefused> for ApiError {
    fn from(refused: DeleteRecordRefused) -> Self {
        match refused {
            DeleteRecordRefused::UnknownRecord => Self::NotFound,
            DeleteRecordRefused::Forbidden => Self::Forbidden,
        }
    }
}
