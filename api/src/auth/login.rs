//! `POST /v1/auth/login`.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use domain::{
    Aggregate,
    users::{
        Account, Email, SignIn, User, UserId,
        events::{EndReason, SignInMethod},
    },
};
use event_store::{Execution, StreamId, SubjectKey, subject_keys::SubjectKeyError};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    fixed_moments, proof, rehash_password,
    second_factor::{self, Code},
    security_log::{self, Kind},
    sessions::{
        DEVICE, Granted, Mode, NewSession, PLACE,
        answer::{self, SessionTokens},
        device, end,
    },
    throttle::Subject,
};
use crate::{
    error::{ApiError, ApiResult, Problem},
    extract::{Json, RequestBody},
    metrics,
    middleware::context::RequestContext,
    state::State,
    users::{EMAIL, PASSWORD_HASH},
};

/// In what steps it takes to look for an account: longer than the queries, and little beside a hash.
const LOOKING_UP: Duration = Duration::from_millis(10);

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    #[schema(format = "email", example = "ada@example.org")]
    email: String,
    #[schema(format = "password", example = "correct horse battery")]
    password: String,
    /// The code of the second factor, where it is on.
    #[schema(example = "287082")]
    totp: Option<String>,
    /// One of the recovery codes in its place; each counts once.
    #[schema(example = "MZXW6YTBOI7DK3TPOQ4SAIDJNY")]
    recovery_code: Option<String>,
    /// Where the refresh token is to be kept: `cookie` for browsers.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^(token|cookie)$", default = "token")]
    mode: Mode,
    /// What signing in on this device gave before.
    device_token: Option<String>,
}

impl RequestBody for LoginRequest {}

/// Sign in
///
/// An unknown address and a wrong password are answered alike. Where the account has a second factor, a right password
/// without a code is answered `second_factor_required`, with no token of any kind. After five attempts that have failed,
/// further ones have to wait: one second, then twice as long each time, up to a quarter of an hour. `Idempotency-Key` has
/// no meaning here: the answer is a secret and is not kept.
#[utoipa::path(
    post, path = "/v1/auth/login", tag = "auth", request_body = LoginRequest,
    responses(
        (status = 200, description = "Signed in", body = SessionTokens),
        (status = 401, description = "The e-mail address, the password or the code is wrong, or a code is missing",
         body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn login(
    state: State,
    request: HttpRequest,
    context: RequestContext,
    body: Json<LoginRequest>,
) -> ApiResult<HttpResponse> {
    let attempt = Attempt::new(&state, body.value)?;
    let (granted, device_token) = match sign_in(&state, &request, &context, &attempt).await {
        Ok(signed_in) => signed_in,
        Err(refused) => {
            refused.record();
            return Err(refused.error);
        }
    };
    ::metrics::counter!(metrics::SIGN_INS, "outcome" => "signed_in").increment(1);
    answer::granted(&state, &granted, Some(device_token))
}

/// A request whose form is right.
struct Attempt {
    /// `None` for what cannot be an address; nobody learns that from the answer.
    email: Option<Email>,
    /// In the form in which addresses are compared.
    address: String,
    password: String,
    code: Option<Code>,
    mode: Mode,
    /// One that has signed in to this account before.
    device: Option<Uuid>,
    now: DateTime<Utc>,
}

/// Somebody who may sign in.
struct Known {
    user: UserId,
    account: Account,
    password_hash: Zeroizing<String>,
    key: SubjectKey,
}

/// Why nobody was signed in, and whose account it was about, where that is known.
struct Refused {
    error: ApiError,
    user: Option<UserId>,
}

async fn sign_in(
    state: &State,
    request: &HttpRequest,
    context: &RequestContext,
    attempt: &Attempt,
) -> Result<(Granted, String), Refused> {
    let subject = attempt.subject(state);
    state.throttle.reserve(subject).await?;
    let era = state.eras.refresh().await.map_err(ApiError::from)?;
    let found = fixed_moments::told_in_steps(LOOKING_UP, find(state, attempt.email.as_ref())).await?;
    let user = found.as_ref().map(|found| found.user);
    let known = check_password(state, found, &attempt.password).await.map_err(|error| Refused { error, user })?;
    let refused = |error| Refused { error, user };
    let metadata = context.metadata(user);
    let method = second_factor::check(state, known.user, &known.account, attempt.code.as_ref(), metadata).await;
    let method = method.map_err(refused)?;
    if state.accounts.require_verified_email && !known.account.email_verified {
        return Err(refused(ApiError::EmailNotVerified));
    }
    let granted = begin(state, request, context, attempt, &known, (method, era)).await.map_err(refused)?;
    state.throttle.succeeded(subject).await.map_err(refused)?;
    let metadata = context.metadata(user);
    rehash_password::if_outdated(state, known.user, &known.account, &known.key, &attempt.password, metadata).await;
    let device = attempt.device.unwrap_or_else(Uuid::now_v7);
    Ok((granted, state.devices.issue(&attempt.address, device, attempt.now)))
}

/// Whoever was found, if the password is theirs. A hash is computed in any case.
async fn check_password(state: &State, found: Option<Known>, password: &str) -> ApiResult<Known> {
    let hash = found.as_ref().map(|known| known.password_hash.as_str());
    let is_right = state.passwords.verify(password, hash).await?;
    found.filter(|_| is_right).ok_or(ApiError::InvalidCredentials)
}

/// Begins the session. It is of the generation and the era that were looked at: if one of them was raised meanwhile, as by
/// a new password, it is over before it begins.
async fn begin(
    state: &State,
    request: &HttpRequest,
    context: &RequestContext,
    attempt: &Attempt,
    known: &Known,
    (method, era): (SignInMethod, u32),
) -> ApiResult<Granted> {
    let (user, id) = (known.user, Uuid::now_v7());
    let stream = StreamId::new(User::CATEGORY, user.as_uuid());
    let execution = Execution { metadata: context.metadata(Some(user)), ..Execution::new(Uuid::now_v7()) };
    let command = SignIn { session_id: id, method, at: state.clock.now() };
    state.events.execute(&stream, command, execution).await?;
    let device = device::label(request).map(|label| known.key.seal(DEVICE, &label));
    let place = device::place(state, request).map(|place| known.key.seal(PLACE, &place));
    let generation = known.account.generation.saturating_add(era);
    let new = NewSession { id, user, generation, mode: attempt.mode, device, place };
    let (granted, crowded_out) = state.sessions.begin(new).await?;
    for other in crowded_out {
        end::end(state, user, other, EndReason::Revoked, context.metadata(Some(user))).await?;
    }
    Ok(granted)
}

/// The user of an address; nobody when there is no such user, or not one who may sign in. How long it takes
/// tells which: an account that is in memory is found with fewer queries.
async fn find(state: &State, email: Option<&Email>) -> ApiResult<Option<Known>> {
    // No other text can be registered.
    let Some(email) = email else { return Ok(None) };
    let owner = state.email_claims.owner(&state.events, email).await?;
    let stream = owner.unwrap_or_else(|| StreamId::new(User::CATEGORY, Uuid::now_v7()));
    let user = state.events.load::<User>(&stream).await?.state;
    let key = match state.keys.get(stream.id()).await {
        Ok(key) => Some(key),
        Err(SubjectKeyError::Unknown | SubjectKeyError::Erased) => None,
        Err(error) => return Err(error.into()),
    };
    let (Ok(account), Some(key)) = (user.active(), key) else { return Ok(None) };
    // A former address, which is kept free for the way back to it, signs nobody in.
    let address = Email::parse(&key.open(EMAIL, &account.email)?).ok();
    if address.is_none_or(|address| address.canonical() != email.canonical()) {
        return Ok(None);
    }
    let password_hash = Zeroizing::new(key.open(PASSWORD_HASH, &account.password_hash)?);
    Ok(Some(Known { user: UserId::from_uuid(stream.id()), account: account.clone(), password_hash, key }))
}

impl Attempt {
    fn new(state: &State, request: LoginRequest) -> ApiResult<Self> {
        let LoginRequest { email, password, totp, recovery_code, mode, device_token } = request;
        let code = proof::code(totp, recovery_code)?;
        let parsed = Email::parse(&email).ok();
        let address = parsed.as_ref().map_or_else(|| email.trim().to_ascii_lowercase(), Email::canonical);
        let now = state.clock.now();
        let device = device_token.and_then(|token| state.devices.read(&address, &token, now));
        Ok(Self { email: parsed, address, password, code, mode, device, now })
    }

    /// Whose attempts this one is counted with.
    fn subject(&self, state: &State) -> Subject {
        match self.device {
            Some(device) => state.throttle.device(&self.address, device),
            None => state.throttle.account(&self.address),
        }
    }
}

impl Refused {
    /// What is no refusal but a fault of ours is in the log already.
    fn record(&self) {
        let outcome =
            if let ApiError::InvalidCredentials | ApiError::InvalidCode | ApiError::EmailNotVerified = self.error {
                "failed"
            } else if let ApiError::SecondFactorRequired = self.error {
                "second_factor_required"
            } else if let ApiError::TooManyAttempts { .. } = self.error {
                "refused"
            } else {
                return;
            };
        ::metrics::counter!(metrics::SIGN_INS, "outcome" => outcome).increment(1);
        security_log::failed(Kind::SignIn, self.user, &self.error);
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self { error, user: None }
    }
}
