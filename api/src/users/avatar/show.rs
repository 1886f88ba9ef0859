//! `GET /v1/users/{id}/avatar` and `GET /v1/users/me/avatar`.

use actix_web::{HttpRequest, HttpResponse, web};
use domain::{
    Aggregate,
    roles::Scope,
    users::{User, UserId},
};
use event_store::StreamId;
use uuid::Uuid;

use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::Query,
    files::{
        content::FOR_GOOD,
        create::FileContent,
        look_up,
        thumbnail::{kept_for, known, serve_thumbnail},
    },
    state::{AppState, State},
};

/// Whether it is still the one, is asked each time.
const REVALIDATED: &str = "private, no-cache";

/// Show the picture of a user
///
/// To whoever may read the account. In small, made by workers after the upload: until then it is 404 `not_ready`. Where there
/// is none, or none can be made, it is 404 `not_found`.
#[utoipa::path(
    get, path = "/v1/users/{id}/avatar", tag = "users",
    params(
        ("id" = Uuid, Path, description = "The user's id"),
        ("size" = Option<u32>, Query, description = "The longest side in pixels: one of those that the installation makes; the smallest by default"),
        ("v" = Option<Uuid>, Query, description = "The file, as the account's `avatar.url` has it: what is there may be kept then"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The picture", body = FileContent, content_type = "image/jpeg"),
        (status = 304, description = "The caller has it"),
    )
)]
pub async fn show_avatar(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    query: Query,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let user = Uuid::try_parse(&id).map(UserId::from_uuid).map_err(|_| ApiError::NotFound)?;
    // To whoever may not read the account, nobody is there.
    if user != caller.user_id && !caller.may("users", "read", Scope::All) {
        return Err(ApiError::NotFound);
    }
    answer(&state, user, query, &request).await
}

/// Show one's own picture
#[utoipa::path(
    get, path = "/v1/users/me/avatar", tag = "users",
    params(
        ("size" = Option<u32>, Query, description = "As of `/v1/users/{id}/avatar`"),
        ("v" = Option<Uuid>, Query, description = "As of `/v1/users/{id}/avatar`"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The picture", body = FileContent, content_type = "image/jpeg"),
        (status = 304, description = "The caller has it"),
    )
)]
pub async fn show_own_avatar(
    state: State,
    caller: Caller,
    query: Query,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    answer(&state, caller.user_id, query, &request).await
}

async fn answer(state: &AppState, user: UserId, mut query: Query, request: &HttpRequest) -> ApiResult<HttpResponse> {
    let size = query.number("size", 1..=u32::MAX);
    let pinned = query.parsed("v", "malformed", |text| Uuid::try_parse(text).map_err(|_| "must be a file's id"));
    query.finish()?;
    let sizes = &state.files.settings.thumbnails;
    let size = size.or_else(|| sizes.first().copied()).map_or(Err(ApiError::NotFound), |size| known(size, sizes))?;
    let account = state.events.load::<User>(&StreamId::new(User::CATEGORY, user.as_uuid())).await?.state;
    let shown = account.account().and_then(|account| account.avatar).ok_or(ApiError::NotFound)?;
    let found = look_up(state, shown).await?;
    let caching = if pinned == Some(shown.as_uuid()) { kept_for(FOR_GOOD) } else { REVALIDATED.to_owned() };
    serve_thumbnail(state, request, &found, size, &caching).await
}
