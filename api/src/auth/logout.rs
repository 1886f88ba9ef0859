//! `POST /v1/auth/logout` and `POST /v1/auth/logout-all`.

use actix_web::{HttpResponse, http::header::HeaderName};
use domain::{
    Aggregate,
    users::{SignOutEverywhere, User, events::EndReason},
};
use event_store::{Execution, StreamId};
use uuid::Uuid;

use super::{
    Caller,
    sessions::{Mode, cookie, end},
};
use crate::{answer, error::ApiResult, middleware::context::RequestContext, state::State};

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// What the page of a session may have kept (ASVS 14.3.1).
const KEPT: &str = r#""cookies", "storage""#;

/// Sign out
///
/// Ends the session that the access token is of. Its tokens are refused everywhere within two seconds. A browser that
/// keeps the refresh token in the cookie forgets it, and what the page had stored.
#[utoipa::path(
    post, path = "/v1/auth/logout", tag = "auth",
    responses((status = 204, description = "The session is over"))
)]
pub async fn logout(state: State, caller: Caller, context: RequestContext) -> ApiResult<HttpResponse> {
    let session_id = caller.session_id()?;
    let mode = mode_of(&state, session_id).await?;
    let metadata = context.metadata(Some(caller.user_id));
    let position = end::end(&state, caller.user_id, session_id, EndReason::SignedOut, metadata).await?;
    Ok(forgetting(&state, mode, position))
}

/// Sign out everywhere
///
/// Ends all sessions of the caller, this one included. All access tokens are refused everywhere within two seconds.
#[utoipa::path(
    post, path = "/v1/auth/logout-all", tag = "auth",
    responses((status = 204, description = "All sessions are over"))
)]
pub async fn logout_all(state: State, caller: Caller, context: RequestContext) -> ApiResult<HttpResponse> {
    let mode = mode_of(&state, caller.session_id()?).await?;
    let stream = StreamId::new(User::CATEGORY, caller.user_id.as_uuid());
    let metadata = context.metadata(Some(caller.user_id));
    let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
    let done = state.events.execute(&stream, SignOutEverywhere { at: state.clock.now() }, execution).await?;
    // The event alone has ended them; this makes the rows say so.
    if let Some(account) = done.state.as_ref().and_then(User::account) {
        state.sessions.end_all(caller.user_id, account.sessions_generation).await?;
    }
    Ok(forgetting(&state, mode, done.position))
}

async fn mode_of(state: &State, session_id: Uuid) -> ApiResult<Mode> {
    Ok(state.sessions.find(session_id).await?.map_or(Mode::Token, |session| session.mode))
}

/// The answer, which makes a browser forget what it has of the session.
fn forgetting(state: &State, mode: Mode, position: Option<i64>) -> HttpResponse {
    let mut response = answer::done(position);
    let (name, value) = cookie::clear(&state.http);
    match mode {
        Mode::Token => return response,
        Mode::Cookie => {}
    }
    for (name, value) in [(name, value), (CLEAR_SITE_DATA, KEPT.to_owned())] {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
