//! `GET /v1/users/me/exports/{id}`.

use actix_web::{HttpResponse, http::header, web};

use super::{ExportView, parse_id, store};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::Query,
    state::State,
};

/// Show an export of one's own data
#[utoipa::path(
    get, path = "/v1/users/me/exports/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "The export's id")),
    responses((status = 200, description = "How far it is", body = ExportView))
)]
pub async fn show_export(state: State, caller: Caller, id: web::Path<String>, query: Query) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (id, user) = (parse_id(&id)?, caller.user_id.as_uuid());
    let found = store::find(&mut *state.pool.get().await?, id, user, state.clock.now()).await?;
    let view = ExportView::from(found.ok_or(ApiError::NotFound)?);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}
