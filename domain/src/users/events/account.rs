//! Events of the account as a whole.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::Locale;
use crate::{Sealed, files::FileId};

/// `user.registered`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    pub email: Sealed,
    pub password_hash: Sealed,
    pub display_name: Option<Sealed>,
    pub locale: Locale,
    pub at: DateTime<Utc>,
}

/// `user.registration_repeated`, version 1: somebody tried to register with this user's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationRepeated {
    pub at: DateTime<Utc>,
}

/// `user.profile_changed`, version 1: the whole profile as it is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChanged {
    pub display_name: Option<Sealed>,
    pub locale: Locale,
    pub at: DateTime<Utc>,
}

/// `user.avatar_changed`, version 1: the picture by which the user is shown from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvatarChanged {
    pub file: FileId,
    /// The one before, which nobody needs any more.
    pub replaced: Option<FileId>,
    pub at: DateTime<Utc>,
}

/// `user.avatar_removed`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvatarRemoved {
    pub file: FileId,
    pub at: DateTime<Utc>,
}

/// `user.suspended`, version 1. Raises the generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspended {
    pub at: DateTime<Utc>,
}

/// `user.reactivated`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reactivated {
    pub at: DateTime<Utc>,
}

/// `user.erased`, version 1: the person's key is destroyed, so whatever was sealed in earlier events is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    pub at: DateTime<Utc>,
}

/// `user.export_requested`, version 1: the user wants all data there is about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRequested {
    pub export_id: Uuid,
    pub at: DateTime<Utc>,
}
