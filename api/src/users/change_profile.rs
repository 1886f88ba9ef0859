//! `PATCH /v1/users/me`.

use actix_web::HttpResponse;
use domain::{
    Aggregate, Sealed,
    users::{ChangeProfile, DisplayName, User, UserId},
};
use event_store::{Execution, RawJson, StreamId, SubjectKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    DISPLAY_NAME, EMAIL,
    avatar::Avatar,
    register::{parse_display_name, parse_locale},
};
use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, IfMatch, Json, RequestBody, present},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "PATCH /v1/users/me";

/// A JSON Merge Patch (RFC 7396): absent members stay as they are, `null` removes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeProfileRequest {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Ada Lovelace")]
    display_name: Option<Option<String>>,
    /// Cannot be removed.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, pattern = "^(en|de)$", example = "de")]
    locale: Option<Option<String>>,
}

/// A user's account as a change of it left it.
#[derive(Serialize, ToSchema)]
pub struct Profile {
    id: Uuid,
    #[schema(format = "email")]
    email: String,
    display_name: Option<String>,
    avatar: Option<Avatar>,
    #[schema(value_type = String, example = "de")]
    locale: &'static str,
    #[schema(example = json!(["member"]))]
    roles: Vec<String>,
    /// As in the ETag.
    version: i64,
}

impl RequestBody for ChangeProfileRequest {
    const CONTENT_TYPES: &'static [&'static str] = &["application/merge-patch+json", "application/json"];
}

/// Change one's own profile
#[utoipa::path(
    patch, path = "/v1/users/me", tag = "users",
    request_body(content((ChangeProfileRequest = "application/merge-patch+json"), (ChangeProfileRequest = "application/json"))),
    params(
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The account as it is now", body = Profile))
)]
pub async fn change_profile(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    seen: IfMatch,
    body: Json<ChangeProfileRequest>,
) -> ApiResult<HttpResponse> {
    let user = caller.user_id;
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &body.bytes)?;
    let subject_key = state.keys.get(user.as_uuid()).await?;
    let stream = StreamId::new(User::CATEGORY, user.as_uuid());
    let current = state.events.recent::<User>(&stream).await?.state;
    let command = body.value.parse(&state, &subject_key, &current)?;
    let response =
        RawJson::from_serialize(&json!({"status": 200})).map_err(|error| ApiError::Internal(error.into()))?;
    let execution = Execution {
        expected: seen.0,
        idempotency: begun.idempotency.clone(),
        response: Some(response),
        metadata: context.metadata(Some(user)),
        ..Execution::new(Uuid::now_v7())
    };
    let done = state.events.execute(&stream, command, execution).await?;
    // The answer to a repeat is rendered from what the account is by now: bodies are not kept.
    let (account, version) = match done.state {
        Some(account) => (account, done.version),
        None => {
            let loaded = state.events.load::<User>(&stream).await?;
            (loaded.state, loaded.version)
        }
    };
    let profile = Profile::open(user, &account, version, &subject_key)?;
    let position = done.position.or_else(|| Some(state.events.head().position()).filter(|head| *head > 0));
    Ok(answer::changed(HttpResponse::Ok(), &profile, version, position))
}

impl ChangeProfileRequest {
    fn parse(self, state: &State, key: &SubjectKey, current: &User) -> ApiResult<ChangeProfile> {
        let mut errors = vec![];
        let display_name = self.display_name.map(|name| parse_display_name(name.as_deref(), &mut errors));
        let locale = match self.locale {
            Some(None) => {
                errors.push(FieldError::at("/locale", "wrong_type", "must be a string"));
                None
            }
            locale => parse_locale(locale.flatten().as_deref(), &mut errors),
        };
        if !errors.is_empty() {
            return Err(ApiError::Invalid(errors));
        }
        let seal = |name: DisplayName| seal_name(&name, key, current);
        Ok(ChangeProfile { display_name: display_name.map(|name| name.map(seal)), locale, at: state.clock.now() })
    }
}

/// Seals a name; the name that is there already keeps its ciphertext, which no decision could tell from another's.
fn seal_name(name: &DisplayName, key: &SubjectKey, current: &User) -> Sealed {
    let present = current.account().and_then(|account| account.display_name.as_ref());
    let same = present.filter(|sealed| key.open(DISPLAY_NAME, sealed).is_ok_and(|present| present == name.as_str()));
    same.cloned().unwrap_or_else(|| key.seal(DISPLAY_NAME, name.as_str()))
}

impl Profile {
    fn open(user: UserId, state: &User, version: i64, key: &SubjectKey) -> ApiResult<Self> {
        let account = state.active()?;
        let display_name = account.display_name.as_ref().map(|name| key.open(DISPLAY_NAME, name)).transpose()?;
        Ok(Self {
            id: user.as_uuid(),
            email: key.open(EMAIL, &account.email)?,
            display_name,
            avatar: account.avatar.map(|file| Avatar::of(user.as_uuid(), file.as_uuid())),
            locale: account.locale.as_str(),
            roles: account.roles.iter().map(ToString::to_string).collect(),
            version,
        })
    }
}
