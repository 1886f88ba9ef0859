//! `POST /v1/auth/register`.

use std::time::Duration;

use actix_web::HttpResponse;
use domain::{
    Aggregate,
    users::{
        DisplayName, Email, Locale, NotActive, NoteRepeatedRegistration, Password, RegisterUser, User, display_name,
        email, password, register::RegisterRefused,
    },
};
use event_store::{AppendError, ExecuteError, Execution, RawJson, StreamId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DISPLAY_NAME, EMAIL, PASSWORD_HASH, addresses};
use crate::{
    auth::{Passwords, fixed_moments, links},
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, Json, RequestBody},
    idempotency::{Begun, Requester},
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/auth/register";

/// In what steps it takes to write: longer than the queries and an append, which are not the same for a taken address.
const WRITING: Duration = Duration::from_millis(25);

/// Whom to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    #[schema(format = "email", max_length = 254, example = "ada@example.org")]
    email: String,
    /// Any characters; no composition rules.
    #[schema(format = "password", min_length = 15, max_length = 128, example = "correct horse battery")]
    password: String,
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    display_name: Option<String>,
    /// The language of mails.
    #[schema(pattern = "^(en|de)$", default = "en")]
    locale: Option<String>,
}

/// The answer whether or not the address was taken: the address's owner gets a mail in either case.
#[derive(Serialize, ToSchema)]
pub struct Accepted {
    #[schema(value_type = String, example = "accepted")]
    status: &'static str,
}

impl Accepted {
    pub(crate) fn answer() -> HttpResponse {
        HttpResponse::Accepted().json(Self { status: "accepted" })
    }
}

impl RequestBody for RegisterRequest {}

/// A request whose every field is valid.
struct Registration {
    email: Email,
    password: Password,
    display_name: Option<DisplayName>,
    locale: Locale,
}

/// Register an account
///
/// The answer tells nobody whether the address has an account already: its owner learns it by mail.
#[utoipa::path(
    post, path = "/v1/auth/register", tag = "auth", request_body = RegisterRequest,
    params(("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not")),
    responses((status = 202, description = "A mail is on its way to the address", body = Accepted))
)]
pub async fn register(
    state: State,
    context: RequestContext,
    key: IdempotencyKey,
    body: Json<RegisterRequest>,
) -> ApiResult<HttpResponse> {
    let begun = state.idempotency.begin(Requester::Address(context.client()), ROUTE, &key, &body.bytes)?;
    let registration = body.value.parse(&state.passwords).await?;
    let password_hash = state.passwords.hash(registration.password.as_str()).await?;
    let written = write(&state, &context, &begun, registration, &password_hash);
    fixed_moments::told_in_steps(WRITING, written).await?;
    Ok(Accepted::answer())
}

/// Writes the registration, or the note for the owner of a taken address. Both ways take the same
/// steps; what one takes longer than the other does not show in fixed moments.
async fn write(
    state: &State,
    context: &RequestContext,
    begun: &Begun,
    registration: Registration,
    password_hash: &str,
) -> ApiResult<()> {
    let id = Uuid::now_v7();
    let stream = StreamId::new(User::CATEGORY, id);
    let key = state.keys.create(id).await?;
    let at = state.clock.now();
    let command = RegisterUser {
        email: key.seal(EMAIL, registration.email.as_str()),
        password_hash: key.seal(PASSWORD_HASH, password_hash),
        display_name: registration.display_name.map(|name| key.seal(DISPLAY_NAME, name.as_str())),
        locale: registration.locale,
        verification: Some(links::request(at, links::VERIFICATION)),
        at,
    };
    if let Some(owner) = addresses::owner(state, &registration.email).await? {
        return note_repeated(state, execution(context, begun)?, &owner).await;
    }
    let mut execution_of_register = execution(context, begun)?;
    execution_of_register.claims = state.email_claims.take(&registration.email, &stream);
    match state.events.execute(&stream, command, execution_of_register).await {
        Ok(_) => Ok(()),
        // Somebody registered the address since it was looked up.
        Err(ExecuteError::Append(AppendError::ClaimTaken { owner: Some(owner), .. })) => {
            let owner = StreamId::parse(&owner).ok_or(ApiError::Conflict)?;
            note_repeated(state, execution(context, begun)?, &owner).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn note_repeated(state: &State, execution: Execution, owner: &StreamId) -> ApiResult<()> {
    let command = NoteRepeatedRegistration { at: state.clock.now() };
    match state.events.execute(owner, command, execution).await {
        // Nobody is there any more to be told.
        Ok(_) | Err(ExecuteError::Refused(NotActive::UnknownUser | NotActive::Erased | NotActive::Suspended)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn execution(context: &RequestContext, begun: &Begun) -> ApiResult<Execution> {
    let response =
        RawJson::from_serialize(&json!({"status": 202})).map_err(|error| ApiError::Internal(error.into()))?;
    Ok(Execution {
        idempotency: begun.idempotency.clone(),
        response: Some(response),
        metadata: context.metadata(None),
        ..Execution::new(Uuid::now_v7())
    })
}

impl RegisterRequest {
    async fn parse(self, passwords: &Passwords) -> ApiResult<Registration> {
        let mut errors = vec![];
        let email = Email::parse(&self.email).map_err(|error| errors.push(email_error(error))).ok();
        let names: Vec<&str> =
            [Some(self.email.as_str()), self.display_name.as_deref()].into_iter().flatten().collect();
        let password = passwords
            .choose(&self.password, &names, false)
            .await?
            .map_err(|error| errors.push(password_error("/password", error)))
            .ok();
        let display_name = parse_display_name(self.display_name.as_deref(), &mut errors);
        let locale = parse_locale(self.locale.as_deref(), &mut errors).unwrap_or_default();
        match (email, password) {
            (Some(email), Some(password)) if errors.is_empty() => {
                Ok(Registration { email, password, display_name, locale })
            }
            _ => Err(ApiError::Invalid(errors)),
        }
    }
}

pub(super) fn parse_display_name(text: Option<&str>, errors: &mut Vec<FieldError>) -> Option<DisplayName> {
    let error = |error| FieldError::at("/display_name", display_name_code(error), error.to_string());
    DisplayName::parse(text?).map_err(|refused| errors.push(error(refused))).ok()
}

pub(super) fn parse_locale(text: Option<&str>, errors: &mut Vec<FieldError>) -> Option<Locale> {
    let error =
        |error: domain::users::locale::UnknownLocale| FieldError::at("/locale", "unknown_locale", error.to_string());
    Locale::parse(text?).map_err(|refused| errors.push(error(refused))).ok()
}

pub(crate) fn email_error(error: email::InvalidEmail) -> FieldError {
    let code = match error {
        email::InvalidEmail::Empty => "empty",
        email::InvalidEmail::TooLong => "too_long",
        email::InvalidEmail::Malformed => "malformed",
    };
    FieldError::at("/email", code, error.to_string())
}

pub(crate) fn password_error(pointer: &'static str, error: password::InvalidPassword) -> FieldError {
    let code = match error {
        password::InvalidPassword::TooShort { .. } => "too_short",
        password::InvalidPassword::TooLong => "too_long",
        password::InvalidPassword::Personal => "personal",
        password::InvalidPassword::Common => "common",
    };
    FieldError::at(pointer, code, error.to_string())
}

fn display_name_code(error: display_name::InvalidDisplayName) -> &'static str {
    match error {
        display_name::InvalidDisplayName::Empty => "empty",
        display_name::InvalidDisplayName::TooLong => "too_long",
        display_name::InvalidDisplayName::ControlCharacter => "control_character",
    }
}

impl From<RegisterRefused> for ApiError {
    fn from(refused: RegisterRefused) -> Self {
        match refused {
            RegisterRefused::AlreadyRegistered => Self::Conflict,
        }
    }
}
