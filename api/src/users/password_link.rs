//! A link to choose a password, for the operator's commands: the one that a forgotten password is answered with by mail.

use chrono::{DateTime, Utc};
use domain::{
    Aggregate,
    users::{Request, RequestPasswordReset, User, UserId},
};
use event_store::{Purpose, StreamId};
use url::Url;

use super::operator::execution;
use crate::{auth::links, state::AppState};

/// Whoever follows it has the account, unless there is a second factor. No `Debug`.
pub struct PasswordLink {
    pub url: String,
    /// It counts once, and no longer than until then.
    pub expires_at: DateTime<Utc>,
}

/// Asks for a new password in the operator's name. The user is mailed the same link.
pub async fn password_link(state: &AppState, user: UserId) -> anyhow::Result<PasswordLink> {
    let (stream, at) = (StreamId::new(User::CATEGORY, user.as_uuid()), state.clock.now());
    let Request { id, expires_at } = links::request(at, links::PASSWORD_RESET);
    let command = RequestPasswordReset { request_id: id, expires_at, at };
    state.events.execute(&stream, command, execution()).await?;
    let token = state.one_time_tokens.issue(Purpose::ResetPassword, user.as_uuid(), id);
    Ok(PasswordLink { url: url(&state.http.public_url, &token), expires_at })
}

/// As mails have it.
fn url(public_url: &Url, token: &str) -> String {
    format!("{}/account/reset-password#token={token}", public_url.as_str().trim_end_matches('/'))
}
