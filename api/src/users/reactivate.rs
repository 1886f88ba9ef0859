//! `POST /v1/users/{id}/reactivate`.

use actix_web::{HttpResponse, web};
use domain::users::{ReactivateUser, UserId};

use super::{
    administered::{Administered, Request, named},
    erase::require_authority,
};
use crate::{
    auth::{Caller, step_up::require_recent},
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, IfMatch, Query},
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/users/{id}/reactivate";

/// Make a suspended account active again
///
/// Its user has to sign in anew. Takes a recent authentication.
#[utoipa::path(
    post, path = "/v1/users/{id}/reactivate", tag = "users",
    params(
        ("id" = Uuid, Path, description = "The user's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The account as it is now", body = Administered))
)]
pub async fn reactivate(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    id: web::Path<String>,
    seen: IfMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    require_recent(&state, &caller).await?;
    let user = named(&id)?;
    if user == caller.user_id.as_uuid() {
        return Err(ApiError::OwnAccount);
    }
    require_authority(&state, &caller, UserId::from_uuid(user)).await?;
    let target = user.to_string();
    let request = Request {
        state: &state,
        caller: &caller,
        context: &context,
        key: &key,
        route: ROUTE,
        target: &target,
        seen: seen.0,
    };
    request.execute(user, ReactivateUser { at: state.clock.now() }).await
}
