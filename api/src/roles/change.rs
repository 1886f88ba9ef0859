//! `PATCH /v1/roles/{name}`.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::roles::{ChangeRole, Offer, Permissions, RoleName, Roles, change::ChangeRoleRefused};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    RoleView, answer_changed,
    fields::{parse_description, parse_permissions},
    named, refuse_beyond,
};
use crate::{
    auth::{Caller, RoleBook, step_up::require_recent},
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, IfMatch, Json, RequestBody, present},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "PATCH /v1/roles/{name}";

/// A JSON Merge Patch (RFC 7396): absent members stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRoleRequest {
    /// `null` empties it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 200, example = "Answers mails")]
    description: Option<Option<String>>,
    /// All that the role permits from now on. Cannot be removed.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Vec<String>, required = false, max_items = 100, example = json!(["users:read:all"]))]
    permissions: Option<Option<Vec<String>>>,
}

impl RequestBody for ChangeRoleRequest {
    const CONTENT_TYPES: &'static [&'static str] = &["application/merge-patch+json", "application/json"];
}

/// Change what a role permits
///
/// Felt by everybody who has the role within a second. Nobody gives or takes more than they have. Needs a recent
/// authentication.
#[utoipa::path(
    patch, path = "/v1/roles/{name}", tag = "roles",
    request_body(content((ChangeRoleRequest = "application/merge-patch+json"), (ChangeRoleRequest = "application/json"))),
    params(
        ("name" = String, Path, description = "The role's name"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The role as it is now", body = RoleView))
)]
pub async fn change_role(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    name: web::Path<String>,
    seen: IfMatch,
    body: Json<ChangeRoleRequest>,
) -> ApiResult<HttpResponse> {
    require_recent(&state, &caller).await?;
    let (user, role) = (caller.user_id, named(&name)?);
    let fingerprint = [role.as_str().as_bytes(), b" ", &body.bytes].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let command = body.value.parse(role.clone(), state.roles.offers(), state.clock.now())?;
    let before = state.events.load::<Roles>(&RoleBook::stream()).await?.state;
    refuse_beyond(&caller, &before, state.roles.offers(), &role)?;
    let permitted: Permissions = command.permissions.iter().flatten().cloned().collect();
    if !caller.permissions().cover(&permitted) {
        return Err(ApiError::Forbidden);
    }
    let mut execution = begun.execution(context.metadata(Some(user)), 200)?;
    execution.expected = seen.0;
    let done = state.events.execute(&RoleBook::stream(), command, execution).await?;
    answer_changed(&state, done, &role, HttpResponse::Ok()).await
}

impl ChangeRoleRequest {
    fn parse(self, role: RoleName, offers: &[Offer], at: DateTime<Utc>) -> ApiResult<ChangeRole> {
        let mut errors = vec![];
        let description = self.description.map(Option::unwrap_or_default);
        let description = description.and_then(|text| parse_description(&text, &mut errors));
        let permissions = match self.permissions {
            Some(Some(texts)) => Some(parse_permissions(&texts, offers, &mut errors)),
            Some(None) => {
                errors.push(FieldError::at("/permissions", "wrong_type", "must be an array"));
                None
            }
            None => None,
        };
        if errors.is_empty() {
            Ok(ChangeRole { role, description, permissions, at })
        } else {
            Err(ApiError::Invalid(errors))
        }
    }
}

impl From<ChangeRoleRefused> for ApiError {
    fn from(refused: ChangeRoleRefused) -> Self {
        match refused {
            ChangeRoleRefused::UnknownRole => Self::NotFound,
            ChangeRoleRefused::BuiltIn => Self::BuiltInRole,
        }
    }
}
