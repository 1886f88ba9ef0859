//! `DELETE /v1/roles/{name}`.

use actix_web::{HttpResponse, web};
use domain::roles::{DeleteRole, Roles, delete::DeleteRoleRefused};

use super::{named, refuse_beyond};
use crate::{
    answer,
    auth::{Caller, RoleBook, step_up::require_recent},
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, IfMatch, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "DELETE /v1/roles/{name}";

/// Delete a role
///
/// Whoever has it loses what it permits, within a second. Its name is not given again. Needs a recent authentication.
#[utoipa::path(
    delete, path = "/v1/roles/{name}", tag = "roles",
    params(
        ("name" = String, Path, description = "The role's name"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 204, description = "The role is gone"))
)]
pub async fn delete_role(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    name: web::Path<String>,
    seen: IfMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    require_recent(&state, &caller).await?;
    let (user, role) = (caller.user_id, named(&name)?);
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, role.as_str().as_bytes())?;
    let roles = state.events.load::<Roles>(&RoleBook::stream()).await?.state;
    refuse_beyond(&caller, &roles, state.roles.offers(), &role)?;
    let command = DeleteRole { role, at: state.clock.now() };
    let mut execution = begun.execution(context.metadata(Some(user)), 204)?;
    execution.expected = seen.0;
    let done = state.events.execute(&RoleBook::stream(), command, execution).await?;
    Ok(answer::done(done.position))
}

impl From<DeleteRoleRefused> for ApiError {
    fn from(refused: DeleteRoleRefused) -> Self {
        match refused {
            DeleteRoleRefused::UnknownRole => Self::NotFound,
            DeleteRoleRefused::BuiltIn => Self::BuiltInRole,
        }
    }
}
