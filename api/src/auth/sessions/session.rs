//! A session as it was kept.

use chrono::{DateTime, Utc};
use domain::{Sealed, users::UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::Row;
use crate::auth::Counts;

/// Where the refresh token is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By the client itself.
    #[default]
    Token,
    /// By a browser, in a cookie that no script reads.
    Cookie,
}

/// A session as it was kept.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: Uuid,
    pub user: UserId,
    /// The authentication generation that it belongs to, as access tokens have it.
    pub generation: u32,
    pub mode: Mode,
    pub created_at: DateTime<Utc>,
    /// When it was begun or refreshed last.
    pub last_seen_at: DateTime<Utc>,
    /// When the user last proved who they are.
    pub authenticated_at: DateTime<Utc>,
    pub idle_expires_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Sealed: what the client called itself, and where a trusted proxy says that it is.
    pub device: Option<Sealed>,
    pub place: Option<Sealed>,
    /// How many refresh tokens there were before the one that counts.
    pub rotations: u32,
}

impl Session {
    /// What access tokens of it say.
    pub fn counts(&self) -> Counts {
        Counts { generation: self.generation, rotation: self.rotations }
    }

    /// Whether the session has ended or expired, as far as its row tells.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_some() || self.idle_expires_at <= now || self.expires_at <= now
    }
}

impl Mode {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Cookie => "cookie",
        }
    }
}

impl From<Row> for Session {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            user: UserId::from_uuid(row.user_id),
            generation: row.generation.unsigned_abs(),
            mode: if row.mode == Mode::Cookie.as_str() { Mode::Cookie } else { Mode::Token },
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            authenticated_at: row.authenticated_at,
            idle_expires_at: row.idle_expires_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            device: row.device.map(Sealed::from_ciphertext),
            place: row.place.map(Sealed::from_ciphertext),
            rotations: row.rotations.unsigned_abs(),
        }
    }
}
