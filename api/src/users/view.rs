//! A user as those see it who may.

use chrono::{DateTime, Utc};
use domain::users::Role;
use event_store::SubjectKeys;
use projections::users::UserRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DISPLAY_NAME, EMAIL};
use crate::error::ApiResult;

/// A user's account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    pub id: Uuid,
    #[schema(format = "email")]
    pub email: String,
    pub display_name: Option<String>,
    #[schema(example = "en")]
    pub locale: String,
    #[schema(value_type = Vec<RoleName>)]
    pub roles: Vec<String>,
    /// As in the ETag.
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What a user may do, coarsely.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    Member,
    Admin,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Admin => Self::Admin,
        }
    }
}

impl UserView {
    /// Opens what the read model keeps sealed.
    pub async fn open(row: UserRow, keys: &SubjectKeys) -> ApiResult<Self> {
        let key = keys.get(row.id).await?;
        let display_name = row.sealed_display_name().map(|name| key.open(DISPLAY_NAME, &name)).transpose()?;
        Ok(Self {
            id: row.id,
            email: key.open(EMAIL, &row.sealed_email())?,
            display_name,
            locale: row.locale,
            roles: row.roles,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
