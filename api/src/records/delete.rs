//! `DELETE /v1/collections/{name}/records/{id}`.

use actix_web::{HttpResponse, web};
use domain::{
    collections::Action,
    records::{DeleteRecord, delete::DeleteRecordRefused},
};

use super::{Plan, access::Access, unique::UniqueClaims};
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
#[utoipa::path(
    delete, path = "/v1/collections/{name}/records/{id}", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
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
    let (user, now) = (caller.user_id, state.clock.now());
    let (name, id) = (collections::named(&path.0)?, super::named(&path.1)?);
    let fingerprint = [name.as_str().as_bytes(), b" ", id.as_uuid().as_bytes()].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let collection = state.collections.find(&name).await?;
    let access = Access::new(&caller, now);
    let command = DeleteRecord {
        id,
        collection: collection.id,
        visible: access.allow(Action::View, &collection.shape),
        allowed: access.allow(Action::Delete, &collection.shape),
        by: user,
        at: now,
    };
    let done = super::execute(&state, id, seen, |record| {
        let contents = record.of(collection.id);
        let before = contents.map(|contents| &contents.data);
        Ok(Plan {
            claims: UniqueClaims::between(collection.id, &collection.shape, before, None),
            is_visible: contents.is_some_and(|contents| command.visible.matches(&contents.seen(id))),
            command: command.clone(),
            execution: begun.execution(context.metadata(Some(user)), 204)?,
        })
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
