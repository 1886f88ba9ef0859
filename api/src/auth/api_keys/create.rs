//! `POST /v1/users/me/api-keys`.

use actix_web::{HttpResponse, http::header};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Aggregate,
    roles::{Offer, Permission},
    users::{ApiKeyName, CreateApiKey, User, api_key_name::InvalidApiKeyName, create_api_key::CreateApiKeyRefused},
};
use event_store::{Execution, StreamId, SubjectKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{NAME, Secret};
use crate::{
    answer::POSITION,
    auth::{Caller, step_up::require_recent},
    error::{ApiError, ApiResult, FieldError},
    extract::{Json, RequestBody, present},
    middleware::context::RequestContext,
    roles::parse_permissions,
    state::State,
};

/// A key that says nothing of its end has one.
const DEFAULT_LIFETIME: TimeDelta = TimeDelta::days(90);
const LONGEST_LIFETIME: TimeDelta = TimeDelta::days(3660);

/// What the new key is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKeyRequest {
    #[schema(min_length = 1, max_length = 100, example = "Nightly export")]
    name: String,
    /// What the key may do, as far as its owner may at that time.
    #[schema(min_items = 1, max_items = 100, example = json!(["users:read:own"]))]
    permissions: Vec<String>,
    /// When the key ends: in 90 days if nothing is said; `null` does not end.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    expires_at: Option<Option<DateTime<Utc>>>,
}

/// The new key. Its secret is shown here and never again.
#[derive(Serialize, ToSchema)]
pub struct CreatedApiKey {
    id: Uuid,
    /// To be sent as `Authorization: Bearer tmk_…`.
    #[schema(example = "tmk_AZLR8AAAcACAAAAAAAAAAQGS0fAAAHAAgAAAAAAAAAI…")]
    key: String,
    name: String,
    permissions: Vec<String>,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    /// `null`: it was not used yet.
    last_used_at: Option<DateTime<Utc>>,
}

impl RequestBody for CreateApiKeyRequest {}

/// Make an API key
///
/// Needs a recent authentication. `Idempotency-Key` has no meaning here: the answer holds a secret and is not kept.
#[utoipa::path(
    post, path = "/v1/users/me/api-keys", tag = "api_keys", request_body = CreateApiKeyRequest,
    responses((status = 201, description = "The key, with its secret", body = CreatedApiKey))
)]
pub async fn create_api_key(
    state: State,
    caller: Caller,
    context: RequestContext,
    body: Json<CreateApiKeyRequest>,
) -> ApiResult<HttpResponse> {
    require_recent(&state, &caller).await?;
    let (owner, now) = (caller.user_id, state.clock.now());
    let wanted = body.value.parse(state.roles.offers(), now)?;
    let subject_key = state.keys.get(owner.as_uuid()).await?;
    let secret = Secret::generate(owner, Uuid::now_v7());
    let command = wanted.command(&secret, &subject_key, now);
    let execution = Execution { metadata: context.metadata(Some(owner)), ..Execution::new(Uuid::now_v7()) };
    let stream = StreamId::new(User::CATEGORY, owner.as_uuid());
    let done = state.events.execute(&stream, command, execution).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(position) = done.position {
        response.insert_header((POSITION, position));
    }
    Ok(response.json(wanted.answer(&secret, now)))
}

/// A request whose every field is valid.
struct Wanted {
    name: ApiKeyName,
    /// Sorted, without repeats.
    permissions: Vec<Permission>,
    expires_at: Option<DateTime<Utc>>,
}

impl CreateApiKeyRequest {
    fn parse(self, offers: &[Offer], now: DateTime<Utc>) -> ApiResult<Wanted> {
        let mut errors = vec![];
        let name = ApiKeyName::parse(&self.name).map_err(|error| errors.push(name_error(error))).ok();
        if self.permissions.is_empty() {
            errors.push(FieldError::at("/permissions", "empty", "must have at least one"));
        }
        let permissions = parse_permissions(&self.permissions, offers, &mut errors);
        let expires_at = self.expires_at.unwrap_or(Some(now + DEFAULT_LIFETIME));
        match expires_at {
            Some(at) if at <= now => errors.push(FieldError::at("/expires_at", "in_the_past", "must be in the future")),
            Some(at) if at > now + LONGEST_LIFETIME => {
                errors.push(FieldError::at("/expires_at", "too_late", "must be within ten years, or null"));
            }
            Some(_) | None => {}
        }
        match name {
            Some(name) if errors.is_empty() => Ok(Wanted { name, permissions, expires_at }),
            Some(_) | None => Err(ApiError::Invalid(errors)),
        }
    }
}

impl Wanted {
    fn command(&self, secret: &Secret, owner: &SubjectKey, at: DateTime<Utc>) -> CreateApiKey {
        CreateApiKey {
            key_id: secret.key_id,
            name: owner.seal(NAME, self.name.as_str()),
            secret_hash: secret.hash(),
            permissions: self.permissions.clone(),
            expires_at: self.expires_at,
            at,
        }
    }

    fn answer(self, secret: &Secret, created_at: DateTime<Utc>) -> CreatedApiKey {
        CreatedApiKey {
            id: secret.key_id,
            key: secret.write(),
            name: self.name.as_str().to_owned(),
            permissions: self.permissions.iter().map(ToString::to_string).collect(),
            created_at,
            expires_at: self.expires_at,
            last_used_at: None,
        }
    }
}

fn name_error(error: InvalidApiKeyName) -> FieldError {
    let code = match error {
        InvalidApiKeyName::Empty => "empty",
        InvalidApiKeyName::TooLong => "too_long",
        InvalidApiKeyName::ControlCharacter => "control_character",
    };
    FieldError::at("/name", code, error.to_string())
}

impl From<CreateApiKeyRefused> for ApiError {
    fn from(refused: CreateApiKeyRefused) -> Self {
        match refused {
            CreateApiKeyRefused::NotActive(refused) => refused.into(),
            CreateApiKeyRefused::TooMany => Self::LimitReached { limit: 50, of: "API keys" },
        }
    }
}
