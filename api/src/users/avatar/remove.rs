//! `DELETE /v1/users/me/avatar`.

use actix_web::HttpResponse;
use domain::{
    Aggregate,
    users::{RemoveAvatar, User},
};
use event_store::{Execution, StreamId};

use crate::{
    answer,
    auth::Caller,
    error::ApiResult,
    extract::{IdempotencyKey, IfMatch, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "DELETE /v1/users/me/avatar";

/// Show oneself by no picture
///
/// Its file is deleted shortly after.
#[utoipa::path(
    delete, path = "/v1/users/me/avatar", tag = "users",
    params(
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the account that the caller has seen"),
    ),
    responses((status = 204, description = "There is none"))
)]
pub async fn remove_avatar(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    seen: IfMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let user = caller.user_id;
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, b"")?;
    let execution = Execution { expected: seen.0, ..begun.execution(context.metadata(Some(user)), 204)? };
    let stream = StreamId::new(User::CATEGORY, user.as_uuid());
    let done = state.events.execute(&stream, RemoveAvatar { at: state.clock.now() }, execution).await?;
    Ok(answer::done(done.position))
}
