//! What becomes of the caller's session when all sessions of the user end with what the caller does.

use domain::users::{User, UserId};
use uuid::Uuid;

use super::{Granted, Renewal};
use crate::{
    error::{ApiError, ApiResult},
    state::AppState,
};

/// Takes a session over into the generation that a command has led to, with new tokens; every other one is of an earlier
/// generation. `after` is the user as the command has left it; `proved`, whether the caller has shown in this request
/// everything that signing in takes.
pub(in crate::auth) async fn keep_one(
    state: &AppState,
    user: UserId,
    session_id: Uuid,
    after: Option<&User>,
    proved: bool,
) -> ApiResult<Granted> {
    let account = after.and_then(User::account).ok_or(ApiError::OutcomeUnknown)?;
    let generation = account.sessions_generation;
    let granted = state.sessions.renew(session_id, Renewal { generation: Some(generation), proved }).await?;
    state.sessions.end_all(user, generation).await?;
    granted.ok_or(ApiError::Unauthenticated)
}
