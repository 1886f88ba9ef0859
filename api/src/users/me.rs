//! `GET /v1/users/me`.

use actix_web::HttpResponse;

use super::{UserView, show::find};
use crate::{
    auth::Caller,
    error::ApiResult,
    extract::{After, IfNoneMatch, Query},
    state::State,
};

/// Show one's own account
#[utoipa::path(
    get, path = "/v1/users/me", tag = "users",
    params(
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The caller's account", body = UserView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn me(
    state: State,
    caller: Caller,
    after: After,
    cached: IfNoneMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    find(&state, caller.user_id.as_uuid(), after, &cached, query).await
}
