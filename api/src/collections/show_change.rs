//! `GET /v1/collections/{name}/change`.

use actix_web::{HttpResponse, web};

use super::{ChangeView, change_view, named};
use crate::{error::ApiResult, extract::Query, state::State};

/// Show the change of a collection
///
/// The last one to which records may not have kept as they are: whether it is pending, and what was found.
#[utoipa::path(
    get, path = "/v1/collections/{name}/change", tag = "collections",
    params(("name" = String, Path, description = "The collection's name")),
    responses((status = 200, description = "The change", body = ChangeView))
)]
pub async fn show_change(state: State, name: web::Path<String>, query: Query) -> ApiResult<HttpResponse> {
    query.finish()?;
    let name = named(&name)?;
    let id = state.collections.id_of(&name).await?;
    change_view::answer(&state, id, &name, false).await
}
