//! `PUT /v1/users/{id}/roles/{name}`.

use actix_web::{HttpResponse, web};
use domain::{roles::Roles, users::GrantRole};

use super::administered::{Administered, Request, named};
use crate::{
    auth::{Caller, RoleBook, step_up::require_recent},
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, IfMatch, Query},
    middleware::context::RequestContext,
    roles,
    state::State,
};

const ROUTE: &str = "PUT /v1/users/{id}/roles/{name}";

/// Give a user a role
///
/// Counts within a second, without a new token. Nobody gives more than they have. Needs a recent authentication.
#[utoipa::path(
    put, path = "/v1/users/{id}/roles/{name}", tag = "users",
    params(
        ("id" = Uuid, Path, description = "The user's id"),
        ("name" = String, Path, description = "The role's name"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The account's roles as they are now", body = Administered))
)]
pub async fn grant_role(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    seen: IfMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    require_recent(&state, &caller).await?;
    let (user, role) = (named(&path.0)?, roles::named(&path.1)?);
    let known = state.events.load::<Roles>(&RoleBook::stream()).await?.state;
    if !known.has(&role) {
        return Err(ApiError::NotFound);
    }
    roles::refuse_beyond(&caller, &known, state.roles.offers(), &role)?;
    let target = format!("{user} {role}");
    let request = Request {
        state: &state,
        caller: &caller,
        context: &context,
        key: &key,
        route: ROUTE,
        target: &target,
        seen: seen.0,
    };
    request.execute(user, GrantRole { role, at: state.clock.now() }).await
}
