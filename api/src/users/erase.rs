//! `DELETE /v1/users/me` and `DELETE /v1/users/{id}`.

use actix_web::{HttpResponse, web};
use domain::{
    Aggregate,
    roles::RoleName,
    users::{User, UserId},
};
use event_store::{StreamId, erasure::ErasureError};
use tracing::error;
use uuid::Uuid;

use crate::{
    answer,
    auth::{
        Caller,
        security_log::{self, Kind},
        step_up::require_recent,
    },
    error::{ApiError, ApiResult, Problem},
    middleware::context::RequestContext,
    state::{AppState, State},
};

/// Erase one's own account
///
/// For good: everything about the person is destroyed, in the log, in read models and in every backup of them; nobody can
/// undo it. Takes a recent authentication. Administrators have to give up that role first. Where it is answered 202, the
/// request was noted and is carried out within the next quarter of an hour.
#[utoipa::path(
    delete, path = "/v1/users/me", tag = "users",
    responses(
        (status = 204, description = "The account is erased, and all sessions are over"),
        (status = 202, description = "The account will be erased, whatever is in the way just now"),
        (status = 409, description = "The caller is an administrator", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn erase_me(state: State, caller: Caller, context: RequestContext) -> ApiResult<HttpResponse> {
    require_recent(&state, &caller).await?;
    erase(&state, &caller, &context, caller.user_id).await
}

/// Erase a user
///
/// As the user could do it. Takes a recent authentication, and at least the permissions that the user has. A repeat is
/// answered alike.
#[utoipa::path(
    delete, path = "/v1/users/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "The user's id")),
    responses(
        (status = 204, description = "The account is erased, and all sessions are over"),
        (status = 202, description = "The account will be erased, whatever is in the way just now"),
        (status = 409, description = "The caller is an administrator and the user", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn erase_user(
    state: State,
    caller: Caller,
    context: RequestContext,
    id: web::Path<String>,
) -> ApiResult<HttpResponse> {
    require_recent(&state, &caller).await?;
    // Nothing but a UUID names a user.
    let id = Uuid::try_parse(&id).map_err(|_| ApiError::NotFound)?;
    erase(&state, &caller, &context, UserId::from_uuid(id)).await
}

async fn erase(state: &State, caller: &Caller, context: &RequestContext, user: UserId) -> ApiResult<HttpResponse> {
    // Or the last one might go, and lock everybody out.
    if user == caller.user_id && caller.roles().contains(&RoleName::ADMIN) {
        return Err(ApiError::OwnAccount);
    }
    if user != caller.user_id {
        require_authority(state, caller, user).await?;
    }
    let metadata = context.metadata(Some(caller.user_id));
    match state.erasure.erase(user.as_uuid(), state.clock.now(), metadata).await {
        Ok(position) => {
            security_log::done(Kind::Erasure, user, caller.user_id);
            Ok(answer::done(position))
        }
        Err(ErasureError::UnknownUser) => Err(ApiError::NotFound),
        // Nothing was done, and nothing will be.
        Err(ErasureError::Ledger(failure)) => Err(ApiError::Internal(failure.into())),
        Err(ErasureError::NotBegun(failure)) => Err(failure.into()),
        // The ledger has it: workers finish what was begun.
        Err(ErasureError::NotFinished(failure)) => {
            error!(error = format!("{failure:#}"), %user, "an erasure was begun and not finished");
            Ok(HttpResponse::Accepted().finish())
        }
    }
}

/// Whoever may erase or suspend users may not do it to those who may do more to others.
pub(super) async fn require_authority(state: &AppState, caller: &Caller, user: UserId) -> ApiResult<()> {
    let stream = StreamId::new(User::CATEGORY, user.as_uuid());
    let loaded = state.events.load::<User>(&stream).await?;
    let Some(account) = loaded.state.account() else { return Ok(()) };
    let theirs = state.roles.permissions_of(&account.roles).await?;
    if caller.permissions().cover(&theirs.over_others()) { Ok(()) } else { Err(ApiError::Forbidden) }
}
