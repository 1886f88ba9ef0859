//! `POST /v1/roles`.

use actix_web::{HttpResponse, http::header};
use chrono::{DateTime, Utc};
use domain::roles::{DefineRole, Offer, Permissions, RoleDescription, RoleName, define::DefineRoleRefused};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    RoleView, answer_changed,
    fields::{parse_description, parse_permissions},
};
use crate::{
    auth::{Caller, RoleBook, step_up::require_recent},
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, Json, RequestBody},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/roles";

/// The role to define.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineRoleRequest {
    /// For good: a name is not given again once its role was deleted.
    #[schema(pattern = "^[a-z][a-z0-9_-]{0,39}$", example = "support")]
    name: String,
    /// No personal data belongs here.
    #[serde(default)]
    #[schema(max_length = 200, example = "Answers mails")]
    description: String,
    /// As `resource:action:scope`, where the scope is `own` or `all`.
    #[schema(max_items = 100, example = json!(["users:read:all"]))]
    permissions: Vec<String>,
}

impl RequestBody for DefineRoleRequest {}

/// Define a role
///
/// Nobody gives more than they have: what the role permits, the caller has to have. Needs a recent authentication.
#[utoipa::path(
    post, path = "/v1/roles", tag = "roles", request_body = DefineRoleRequest,
    params(("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not")),
    responses((status = 201, description = "The role", body = RoleView))
)]
pub async fn define_role(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    body: Json<DefineRoleRequest>,
) -> ApiResult<HttpResponse> {
    require_recent(&state, &caller).await?;
    let user = caller.user_id;
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &body.bytes)?;
    let command = body.value.parse(state.roles.offers(), state.clock.now())?;
    let permitted: Permissions = command.permissions.iter().cloned().collect();
    if !caller.permissions().cover(&permitted) {
        return Err(ApiError::Forbidden);
    }
    let role = command.role.clone();
    let execution = begun.execution(context.metadata(Some(user)), 201)?;
    let done = state.events.execute(&RoleBook::stream(), command, execution).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/roles/{role}")));
    answer_changed(&state, done, &role, response).await
}

impl DefineRoleRequest {
    fn parse(self, offers: &[Offer], at: DateTime<Utc>) -> ApiResult<DefineRole> {
        let mut errors = vec![];
        let name_error =
            |error: domain::roles::name::InvalidRoleName| FieldError::at("/name", "malformed", error.to_string());
        let role = RoleName::parse(&self.name).map_err(|error| errors.push(name_error(error))).ok();
        let description: Option<RoleDescription> = parse_description(&self.description, &mut errors);
        let permissions = parse_permissions(&self.permissions, offers, &mut errors);
        match (role, description) {
            (Some(role), Some(description)) if errors.is_empty() => {
                Ok(DefineRole { role, description, permissions, at })
            }
            _ => Err(ApiError::Invalid(errors)),
        }
    }
}

impl From<DefineRoleRefused> for ApiError {
    fn from(refused: DefineRoleRefused) -> Self {
        match refused {
            DefineRoleRefused::AlreadyDefined => Self::RoleExists,
            DefineRoleRefused::BuiltIn => Self::BuiltInRole,
            DefineRoleRefused::NameUsed => Self::RoleNameUsed,
            DefineRoleRefused::TooMany => Self::LimitReached { limit: 200, of: "roles" },
        }
    }
}
