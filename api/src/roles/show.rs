//! `GET /v1/roles/{name}`.

use actix_web::{HttpResponse, web};
use domain::roles::Roles;

use super::{RoleView, named};
use crate::{
    answer,
    auth::RoleBook,
    error::{ApiError, ApiResult},
    extract::{IfNoneMatch, Query},
    state::State,
};

/// Show a role
#[utoipa::path(
    get, path = "/v1/roles/{name}", tag = "roles",
    params(
        ("name" = String, Path, description = "The role's name"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The role", body = RoleView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn show_role(
    state: State,
    name: web::Path<String>,
    cached: IfNoneMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let name = named(&name)?;
    let position = state.events.head().position();
    let loaded = state.events.load::<Roles>(&RoleBook::stream()).await?;
    let view = RoleView::of(&loaded.state, state.roles.offers(), &name).ok_or(ApiError::NotFound)?;
    Ok(answer::resource(&view, loaded.version, position, &cached))
}
