//! `DELETE /v1/collections/{name}/change`.

use actix_web::{HttpResponse, web};
use domain::collections::{WithdrawChange, settle::SettleChangeRefused};

use super::{named, stream};
use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "DELETE /v1/collections/{name}/change";

/// Withdraw the change of a collection
///
/// While it is pending; the collection stays as it is.
#[utoipa::path(
    delete, path = "/v1/collections/{name}/change", tag = "collections",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
    ),
    responses((status = 204, description = "The change is withdrawn"))
)]
pub async fn withdraw_change(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    name: web::Path<String>,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (user, name) = (caller.user_id, named(&name)?);
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, name.as_str().as_bytes())?;
    let id = state.collections.id_of(&name).await?;
    let execution = begun.execution(context.metadata(Some(user)), 204)?;
    let done = state.events.execute(&stream(id), WithdrawChange { at: state.clock.now() }, execution).await?;
    Ok(answer::done(done.position))
}

impl From<SettleChangeRefused> for ApiError {
    fn from(refused: SettleChangeRefused) -> Self {
        match refused {
            SettleChangeRefused::UnknownCollection | SettleChangeRefused::NotPending => Self::NotFound,
        }
    }
}
