//! `GET /v1/auth/sessions`.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::Sealed;
use event_store::SubjectKey;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DEVICE, MAX_SESSIONS, Mode, PLACE, Session};
use crate::{auth::Caller, error::ApiResult, extract::Query, state::State};

/// The caller's sessions, the one seen last first. There are at most 100, on one page.
#[derive(Serialize, ToSchema)]
pub struct SessionPage {
    items: Vec<SessionView>,
    /// Always `null`.
    next_cursor: Option<String>,
}

/// A session that is not over.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    id: Uuid,
    /// Whether it is the one that the caller asks with.
    current: bool,
    mode: Mode,
    /// What the client said it is when it signed in (`User-Agent`).
    #[schema(max_length = 200)]
    device: Option<String>,
    /// Where the sign-in came from, where the installation knows.
    #[schema(max_length = 200)]
    place: Option<String>,
    created_at: DateTime<Utc>,
    /// When it was begun, refreshed, or proved again last.
    last_seen_at: DateTime<Utc>,
    authenticated_at: DateTime<Utc>,
    /// Unless it is refreshed before.
    idle_expires_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// List one's own sessions
#[utoipa::path(
    get, path = "/v1/auth/sessions", tag = "auth",
    responses((status = 200, description = "The sessions that are not over", body = SessionPage))
)]
pub async fn list_sessions(state: State, caller: Caller, query: Query) -> ApiResult<HttpResponse> {
    query.finish()?;
    let current = caller.session_id()?;
    let from = caller.standing.sessions_generation;
    let sessions = state.sessions.list(caller.user_id, from).await?;
    let key = state.keys.get(caller.user_id.as_uuid()).await?;
    let going_on = sessions.into_iter().filter(|session| caller.standing.keeps(session)).take(MAX_SESSIONS);
    let items = going_on.map(|session| SessionView::open(session, current, &key)).collect::<ApiResult<_>>()?;
    Ok(HttpResponse::Ok().json(SessionPage { items, next_cursor: None }))
}

impl SessionView {
    fn open(session: Session, current: Uuid, key: &SubjectKey) -> ApiResult<Self> {
        let open = |purpose: &str, sealed: Option<Sealed>| -> ApiResult<Option<String>> {
            Ok(sealed.map(|sealed| key.open(purpose, &sealed)).transpose()?)
        };
        Ok(Self {
            id: session.id,
            current: session.id == current,
            mode: session.mode,
            device: open(DEVICE, session.device)?,
            place: open(PLACE, session.place)?,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            authenticated_at: session.authenticated_at,
            idle_expires_at: session.idle_expires_at,
            expires_at: session.expires_at,
        })
    }
}
