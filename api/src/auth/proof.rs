//! Proving again who one is, signed in: the password, and a code where a second factor is on.

use domain::{
    Aggregate,
    users::{Account, User, UserId, events::SignInMethod},
};
use event_store::{Metadata, StreamId, SubjectKey};

use super::{
    second_factor::{self, Code},
    security_log::{self, Kind},
};
use crate::{
    error::{ApiError, ApiResult, FieldError},
    state::AppState,
    users::{DISPLAY_NAME, EMAIL, PASSWORD_HASH},
};

/// What the caller shows.
pub(super) struct Proof {
    pub(super) password: String,
    pub(super) code: Option<Code>,
}

/// An account as it is now, with the key to what is sealed in it.
pub(super) struct Opened {
    pub(super) user: UserId,
    pub(super) stream: StreamId,
    pub(super) account: Account,
    pub(super) key: SubjectKey,
    pub(super) version: i64,
}

impl Opened {
    /// The account of a caller.
    pub(super) async fn of(state: &AppState, user: UserId) -> ApiResult<Self> {
        let stream = StreamId::new(User::CATEGORY, user.as_uuid());
        let loaded = state.events.load::<User>(&stream).await?;
        let account = loaded.state.active()?.clone();
        let key = state.keys.get(user.as_uuid()).await?;
        Ok(Self { user, stream, account, key, version: loaded.version })
    }

    pub(super) fn email(&self) -> ApiResult<String> {
        Ok(self.key.open(EMAIL, &self.account.email)?)
    }

    /// What the account's password must not be or be made of.
    pub(super) fn names(&self) -> ApiResult<Vec<String>> {
        let name = self.account.display_name.as_ref().map(|name| self.key.open(DISPLAY_NAME, name)).transpose()?;
        Ok(std::iter::once(self.email()?).chain(name).collect())
    }
}

/// The code among what was sent, of which there may be one.
pub(super) fn code(totp: Option<String>, recovery_code: Option<String>) -> ApiResult<Option<Code>> {
    match (totp, recovery_code) {
        (Some(_), Some(_)) => {
            let both = FieldError::at("/recovery_code", "exclusive", "must not be given together with totp");
            Err(ApiError::Invalid(vec![both]))
        }
        (Some(code), None) => Ok(Some(Code::Totp(code))),
        (None, code) => Ok(code.map(Code::Recovery)),
    }
}

/// Checks a proof, of which every attempt counts against the user, whatever comes of it.
pub(super) async fn check(
    state: &AppState,
    opened: &Opened,
    proof: &Proof,
    metadata: Metadata,
) -> ApiResult<SignInMethod> {
    counted(state, opened, async {
        compare_password(state, opened, &proof.password).await?;
        second_factor::check(state, opened.user, &opened.account, proof.code.as_ref(), metadata).await
    })
    .await
}

/// The password alone, where a recent authentication was shown beside it.
pub(super) async fn check_password(state: &AppState, opened: &Opened, password: &str) -> ApiResult<()> {
    counted(state, opened, compare_password(state, opened, password)).await
}

/// An attempt is counted before it is looked at.
async fn counted<T>(state: &AppState, opened: &Opened, attempt: impl Future<Output = ApiResult<T>>) -> ApiResult<T> {
    let subject = state.throttle.user(opened.user);
    let checked = match state.throttle.reserve(subject).await {
        Ok(()) => attempt.await,
        Err(refused) => Err(refused),
    };
    match &checked {
        Ok(_) => {
            state.throttle.succeeded(subject).await?;
            security_log::succeeded(Kind::Proof, opened.user);
        }
        Err(refused) => security_log::refused(Kind::Proof, Some(opened.user), refused),
    }
    checked
}

async fn compare_password(state: &AppState, opened: &Opened, password: &str) -> ApiResult<()> {
    let hash = opened.key.open(PASSWORD_HASH, &opened.account.password_hash)?;
    let is_right = state.passwords.verify(password, Some(&hash)).await?;
    if is_right { Ok(()) } else { Err(ApiError::InvalidCredentials) }
}
