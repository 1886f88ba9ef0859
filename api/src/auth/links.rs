//! Links that are mailed to a user and count once: how long they last, and the tokens in them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Aggregate,
    users::{Request, User, UserId},
};
use event_store::{Execution, Purpose, StreamId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    error::{ApiError, ApiResult},
    extract::RequestBody,
    middleware::context::RequestContext,
    state::AppState,
};

/// Whoever registers may look at their mail tomorrow.
pub(crate) const VERIFICATION: TimeDelta = TimeDelta::hours(24);
/// A mail may be on its way for some minutes. Who has the link has the account, unless there is a second factor.
pub(crate) const PASSWORD_RESET: TimeDelta = TimeDelta::minutes(30);
pub(super) const EMAIL_CHANGE: TimeDelta = TimeDelta::hours(1);
/// Long enough for an owner who was away.
pub(super) const EMAIL_UNDO: TimeDelta = TimeDelta::days(7);
/// While the last request is younger than this, there is no other: its mail is on its way.
const RECENT: TimeDelta = TimeDelta::seconds(60);

/// The token of a link that was mailed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// As in the link, after `#token=`.
    #[schema(min_length = 75, max_length = 75)]
    pub(super) token: String,
}

impl RequestBody for LinkRequest {}

/// A new request, to be completed in so much time.
pub(crate) fn request(now: DateTime<Utc>, lifetime: TimeDelta) -> Request {
    Request { id: Uuid::now_v7(), expires_at: now + lifetime }
}

/// Whether a pending request was made within the last minute.
pub(super) fn is_recent(pending: Option<&Request>, lifetime: TimeDelta, now: DateTime<Utc>) -> bool {
    pending.is_some_and(|request| now < request.expires_at - lifetime + RECENT)
}

/// Whom a token is about, and the request that it completes. Whether that is pending is for the command to say.
pub(super) fn open(state: &AppState, purpose: Purpose, token: &str) -> ApiResult<(StreamId, Uuid)> {
    let (user, request_id) = state.one_time_tokens.open(purpose, token).ok_or(ApiError::LinkInvalid)?;
    Ok((StreamId::new(User::CATEGORY, user), request_id))
}

/// Done in the name of the user of this stream, who has shown the token.
pub(super) fn execution(context: &RequestContext, stream: &StreamId) -> Execution {
    let metadata = context.metadata(Some(UserId::from_uuid(stream.id())));
    Execution { metadata, ..Execution::new(Uuid::now_v7()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_recent_for_a_minute() {
        let now = DateTime::UNIX_EPOCH;
        let asked = request(now, PASSWORD_RESET);
        let recent = |seconds| is_recent(Some(&asked), PASSWORD_RESET, now + TimeDelta::seconds(seconds));
        assert!(recent(0) && recent(59) && !recent(60));
        assert!(!is_recent(None, PASSWORD_RESET, now));
    }
}
