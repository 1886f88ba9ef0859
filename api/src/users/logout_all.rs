//! `POST /v1/users/{id}/logout-all`.

use actix_web::{HttpResponse, web};
use domain::users::{SignOutEverywhere, UserId};

use super::{
    administered::{Administered, Request, named},
    erase::require_authority,
};
use crate::{
    auth::{
        Caller,
        security_log::{self, Kind},
        step_up::require_recent,
    },
    error::ApiResult,
    extract::{IdempotencyKey, IfMatch, Query},
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/users/{id}/logout-all";

/// End all sessions of a user
///
/// Everywhere within two seconds; the user may sign in anew. API keys stay. Takes a recent authentication, and nobody does
/// it to somebody who may do more to others.
#[utoipa::path(
    post, path = "/v1/users/{id}/logout-all", tag = "users",
    params(
        ("id" = Uuid, Path, description = "The user's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The account, which has no session left", body = Administered))
)]
pub async fn logout_all(
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
    let answer = request.execute(user, SignOutEverywhere { at: state.clock.now() }).await?;
    security_log::done(Kind::SessionsEnded, UserId::from_uuid(user), caller.user_id);
    Ok(answer)
}
