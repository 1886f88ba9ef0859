//! The picture by which a user is shown: a file of the user's, of which others see the small pictures only.

pub mod change;
pub mod remove;
pub mod show;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The picture of a user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Avatar {
    /// A file of the user's.
    pub file_id: Uuid,
    /// Where it is in small, below the API's origin: another URL for each picture, so that what is there may be kept. Takes a
    /// token, and `size`.
    #[schema(example = "/v1/users/0199c5a1-9c7e-7c43-8a52-0d2f6b6f1c55/avatar?v=0199c5a1-9c7e-7c43-8a52-0d2f6b6f1c56")]
    pub url: String,
}

impl Avatar {
    pub(crate) fn of(user: Uuid, file_id: Uuid) -> Self {
        Self { file_id, url: format!("/v1/users/{user}/avatar?v={file_id}") }
    }
}
