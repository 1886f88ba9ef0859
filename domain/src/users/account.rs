//! The user's account as decisions see it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Locale, Requests};
use crate::{
    Sealed,
    files::FileId,
    roles::{Permission, RoleName},
};

/// A user, from registration to erasure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum User {
    #[default]
    Unknown,
    Active(Account),
    /// Nothing can be done by or with the account but to reactivate or erase it.
    Suspended(Account),
    /// Gone for good; nothing of the person is left.
    Erased,
}

/// The facts of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub email: Sealed,
    pub email_verified: bool,
    /// The request that verified the address: its link may be followed again without harm.
    pub verified_by: Option<Uuid>,
    /// The password's hash, sealed too: it dies with the person's key.
    pub password_hash: Sealed,
    pub display_name: Option<Sealed>,
    /// The file with the picture by which the user is shown.
    pub avatar: Option<FileId>,
    pub locale: Locale,
    /// Sorted, without repeats.
    pub roles: Vec<RoleName>,
    /// Access tokens of an earlier generation are refused.
    pub generation: u32,
    /// Sessions that were begun in an earlier generation are over.
    pub sessions_generation: u32,
    /// Sessions that were ended so lately that access tokens of theirs may not have expired.
    pub ended_sessions: Vec<EndedSession>,
    /// Sessions whose access tokens were replaced so lately that earlier ones may not have expired.
    pub renewed_sessions: Vec<RenewedSession>,
    pub requests: Requests,
    pub totp: Totp,
    pub api_keys: Vec<ApiKey>,
}

/// A session that was ended alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedSession {
    pub session_id: Uuid,
    pub at: DateTime<Utc>,
}

/// A session that goes on with other tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewedSession {
    pub session_id: Uuid,
    /// How many refresh tokens it had before; access tokens that came with those count no more.
    pub rotation: u32,
    pub at: DateTime<Utc>,
}

/// The second factor: time-based one-time passwords (RFC 6238).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Totp {
    #[default]
    Off,
    /// The secret was shown and no code of it seen yet.
    Enrolled { secret: Sealed },
    On {
        secret: Sealed,
        /// Keyed hashes of the codes that were not used yet.
        recovery_codes: Vec<String>,
    },
}

/// A secret by which a program acts for the user, with some of the user's permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: Uuid,
    pub name: Sealed,
    /// SHA-256, in base64: the secret is random, so nothing slower is needed.
    pub secret_hash: String,
    /// Sorted, without repeats.
    pub permissions: Vec<Permission>,
    pub created_at: DateTime<Utc>,
    /// `None` does not expire.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What has become of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    Suspended,
    Erased,
}

/// There is no account that the command could be about. Refuses every command on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotActive {
    #[error("no such user")]
    UnknownUser,
    #[error("this account is suspended")]
    Suspended,
    #[error("this account was erased")]
    Erased,
}

impl User {
    /// The account that can be used.
    pub fn active(&self) -> Result<&Account, NotActive> {
        match self {
            Self::Active(account) => Ok(account),
            Self::Suspended(_) => Err(NotActive::Suspended),
            Self::Unknown => Err(NotActive::UnknownUser),
            Self::Erased => Err(NotActive::Erased),
        }
    }

    /// The account that is there, suspended or not.
    pub fn present(&self) -> Result<&Account, NotActive> {
        match self {
            Self::Active(account) | Self::Suspended(account) => Ok(account),
            Self::Unknown => Err(NotActive::UnknownUser),
            Self::Erased => Err(NotActive::Erased),
        }
    }

    /// [`Self::present`], for those who need not know why there is none.
    pub fn account(&self) -> Option<&Account> {
        self.present().ok()
    }

    /// `None` when there never was an account.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::Unknown => None,
            Self::Active(_) => Some(Status::Active),
            Self::Suspended(_) => Some(Status::Suspended),
            Self::Erased => Some(Status::Erased),
        }
    }
}

impl Totp {
    /// Whether signing in needs a code.
    pub fn is_on(&self) -> bool {
        match self {
            Self::On { .. } => true,
            Self::Off | Self::Enrolled { .. } => false,
        }
    }
}

impl Status {
    /// As it is stored in read models and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Erased => "erased",
        }
    }
}
