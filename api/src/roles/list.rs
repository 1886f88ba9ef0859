//! `GET /v1/roles`.

use actix_web::HttpResponse;
use domain::roles::{RoleName, Roles};
use serde::Serialize;
use utoipa::ToSchema;

use super::RoleView;
use crate::{
    answer,
    auth::RoleBook,
    error::ApiResult,
    extract::{IfNoneMatch, Query},
    state::State,
};

/// All roles: the built-in ones, then the others by name.
#[derive(Serialize, ToSchema)]
pub struct RoleList {
    items: Vec<RoleView>,
}

/// List roles
///
/// There are at most 200 beside the built-in ones, so they come all at once. All roles have one version.
#[utoipa::path(
    get, path = "/v1/roles", tag = "roles",
    params(("If-None-Match" = Option<String>, Header, description = "ETags that the caller has")),
    responses(
        (status = 200, description = "All roles", body = RoleList),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn list_roles(state: State, cached: IfNoneMatch, query: Query) -> ApiResult<HttpResponse> {
    query.finish()?;
    let position = state.events.head().position();
    let loaded = state.events.load::<Roles>(&RoleBook::stream()).await?;
    let names = [RoleName::ADMIN, RoleName::MEMBER].into_iter().chain(loaded.state.defined.keys().cloned());
    let items = names.filter_map(|name| RoleView::of(&loaded.state, state.roles.offers(), &name)).collect();
    Ok(answer::resource(&RoleList { items }, loaded.version, position, &cached))
}
