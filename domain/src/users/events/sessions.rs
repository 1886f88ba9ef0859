//! Events of signing in and out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `user.signed_in`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    pub session_id: Uuid,
    pub method: SignInMethod,
    pub at: DateTime<Utc>,
}

/// What was shown beside the password, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    Password,
    Totp,
    RecoveryCode,
}

/// `user.session_ended`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnded {
    pub session_id: Uuid,
    pub reason: EndReason,
    pub at: DateTime<Utc>,
}

/// Why a session ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    SignedOut,
    /// By the user, from another session.
    Revoked,
    /// A refresh token that had been exchanged was shown again: somebody has a copy of it.
    RefreshTokenReused,
}

/// `user.stepped_up`, version 1: the user has proved again who they are. The session goes on with other tokens; those from
/// before count no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SteppedUp {
    pub session_id: Uuid,
    /// How many refresh tokens the session had before the one that it has from now on.
    pub rotation: u32,
    pub method: SignInMethod,
    pub at: DateTime<Utc>,
}

/// `user.signed_out_everywhere`, version 1. Raises the generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOutEverywhere {
    pub at: DateTime<Utc>,
}
