//! `GET /v1/users/{id}`.

use actix_web::{HttpResponse, web};
use bootstrap::db::Connection;
use domain::{Aggregate, users::User};
use event_store::StreamId;
use projections::users::{NAME, queries};
use uuid::Uuid;

use super::UserView;
use crate::{
    answer,
    error::{ApiError, ApiResult},
    extract::{After, IfNoneMatch, Query},
    state::State,
};

/// Show a user
#[utoipa::path(
    get, path = "/v1/users/{id}", tag = "users",
    params(
        ("id" = Uuid, Path, description = "The user's id"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The user's account", body = UserView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn show(
    state: State,
    id: web::Path<String>,
    after: After,
    cached: IfNoneMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    // Nothing but a UUID names a user.
    let id = Uuid::try_parse(&id).map_err(|_| ApiError::NotFound)?;
    find(&state, id, after, &cached, query).await
}

pub(super) async fn find(
    state: &State,
    id: Uuid,
    after: After,
    cached: &IfNoneMatch,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let stream = StreamId::new(User::CATEGORY, id);
    let find = async |conn: &mut Connection| queries::find(conn, id).await?.ok_or(ApiError::NotFound);
    let (row, position) = state.read(NAME, (after, &[stream.as_str()]), find).await?;
    let (version, position) = (row.version, position.max(row.position));
    let view = UserView::open(row, &state.keys).await?;
    Ok(answer::resource(&view, version, position, cached))
}
