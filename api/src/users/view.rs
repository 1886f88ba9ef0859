//! A user as those see it who may.

use chrono::{DateTime, Utc};
use event_store::{SubjectKey, SubjectKeys};
use projections::users::UserRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DISPLAY_NAME, EMAIL, avatar::Avatar};
use crate::error::ApiResult;

/// A user's account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    pub id: Uuid,
    #[schema(format = "email")]
    pub email: String,
    pub display_name: Option<String>,
    pub avatar: Option<Avatar>,
    #[schema(example = "en")]
    pub locale: String,
    #[schema(example = json!(["member"]))]
    pub roles: Vec<String>,
    pub email_verified: bool,
    #[schema(pattern = "^(active|suspended)$", example = "active")]
    pub status: String,
    /// Whether signing in needs a second factor.
    pub totp: bool,
    /// As in the ETag.
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl UserView {
    /// Opens what the read model keeps sealed.
    pub async fn open(row: UserRow, keys: &SubjectKeys) -> ApiResult<Self> {
        let key = keys.get(row.id).await?;
        Self::open_with(row, &key)
    }

    /// The same for a page of rows, with one query for their keys at most. Whoever was erased, and is in the read model
    /// still, is left out.
    pub async fn open_all(rows: Vec<UserRow>, keys: &SubjectKeys) -> ApiResult<Vec<Self>> {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let keys = keys.get_many(&ids).await?;
        rows.into_iter().filter_map(|row| keys.get(&row.id).map(|key| Self::open_with(row, key))).collect()
    }

    fn open_with(row: UserRow, key: &SubjectKey) -> ApiResult<Self> {
        let display_name = row.sealed_display_name().map(|name| key.open(DISPLAY_NAME, &name)).transpose()?;
        Ok(Self {
            id: row.id,
            email: key.open(EMAIL, &row.sealed_email())?,
            display_name,
            avatar: row.avatar.map(|file| Avatar::of(row.id, file)),
            locale: row.locale,
            roles: row.roles,
            email_verified: row.email_verified,
            status: row.status,
            totp: row.totp,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
