//! `GET /v1/users/me/exports`.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ExportView, store};
use crate::{auth::Caller, error::ApiResult, extract::Query, state::State};

/// The exports that there are, the newest first.
#[derive(Serialize, ToSchema)]
pub struct ExportList {
    items: Vec<ExportView>,
}

/// List the exports of one's own data
#[utoipa::path(
    get, path = "/v1/users/me/exports", tag = "users",
    responses((status = 200, description = "All that have not expired", body = ExportList))
)]
pub async fn list_exports(state: State, caller: Caller, query: Query) -> ApiResult<HttpResponse> {
    query.finish()?;
    let mut conn = state.pool.get().await?;
    let rows = store::of_user(&mut conn, caller.user_id.as_uuid(), state.clock.now()).await?;
    Ok(HttpResponse::Ok().json(ExportList { items: rows.into_iter().map(ExportView::from).collect() }))
}
