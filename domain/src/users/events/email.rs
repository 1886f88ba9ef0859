//! Events of the address: verifying it, changing it, and undoing that.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Sealed;

/// `user.verification_requested`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationRequested {
    pub request_id: Uuid,
    pub expires_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// `user.email_verified`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailVerified {
    pub request_id: Uuid,
    pub at: DateTime<Utc>,
}

/// `user.email_change_requested`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChangeRequested {
    pub request_id: Uuid,
    /// The new address, sealed like the present one.
    pub email: Sealed,
    pub expires_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// `user.email_changed`, version 1: the new address was confirmed and is the user's from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChanged {
    pub email: Sealed,
    /// The way back that is offered to the old address.
    pub undo_request_id: Uuid,
    pub undo_expires_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// `user.email_change_undone`, version 1. Raises the generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChangeUndone {
    pub request_id: Uuid,
    /// The address that the user has again.
    pub email: Sealed,
    pub at: DateTime<Utc>,
}

/// `user.former_addresses_released`, version 1: the ways back to these addresses have expired, and others may have them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerAddressesReleased {
    /// The requests that had offered the ways back.
    pub request_ids: Vec<Uuid>,
    pub at: DateTime<Utc>,
}
