//! What becomes of the caller's session when all sessions of the user end with what the caller does.

use domain::users::User;
use uuid::Uuid;

use super::{Granted, Renewal};
use crate::{
    auth::{Standing, proof::Opened},
    error::{ApiError, ApiResult},
    state::AppState,
};

/// Takes a session over into the generation that a command has led to, with new tokens; every other one is of an earlier
/// generation. Where the generation is what it was, only the session's refresh token is replaced. `opened` is the user as
/// it was before the command, `after` as the command has left it; `proved`, whether the caller has shown in this request
/// everything that signing in takes.
pub(in crate::auth) async fn keep_one(
    state: &AppState,
    opened: &Opened,
    session_id: Uuid,
    after: Option<&User>,
    proved: bool,
) -> ApiResult<Granted> {
    let after = after.ok_or(ApiError::OutcomeUnknown)?;
    let generation = after.account().ok_or(ApiError::OutcomeUnknown)?.sessions_generation;
    let raised = (generation != opened.account.sessions_generation).then_some(generation);
    let granted = state.sessions.renew(session_id, Renewal { generation: raised, proved }).await?;
    if raised.is_some() {
        state.sessions.end_all(opened.user, generation).await?;
    }
    let standing = Standing::of(after, state.eras.current().await?);
    let goes_on = |granted: &Granted| standing.is_some_and(|standing| standing.keeps(&granted.session));
    granted.filter(goes_on).ok_or(ApiError::Unauthenticated)
}
