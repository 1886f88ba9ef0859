//! What an access token says.

use domain::users::UserId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a valid token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessToken {
    pub user_id: UserId,
    pub session_id: Uuid,
    /// Seconds since 1970.
    pub expires_at: i64,
    pub counts: Counts,
}

/// What was counted by the time when a token was issued, so that what comes later can make it void.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The authentication generation: how often all sessions of the user were ended, and those of everybody.
    pub generation: u32,
    /// How many refresh tokens the session had before the one that came with it. That it has grown alone voids nothing;
    /// a step-up says which ones count.
    pub rotation: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: String,
    pub(super) exp: i64,
    pub(super) iat: i64,
    pub(super) sub: UserId,
    pub(super) sid: Uuid,
    #[serde(rename = "gen")]
    pub(super) generation: u32,
    #[serde(rename = "rot", default, skip_serializing_if = "is_zero")]
    pub(super) rotation: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
