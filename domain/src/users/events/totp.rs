//! Events of the second factor.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Sealed;

/// `user.totp_enrolled`, version 1: a secret was shown; it counts once a code of it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpEnrolled {
    pub secret: Sealed,
    pub at: DateTime<Utc>,
}

/// `user.totp_confirmed`, version 1: signing in needs a code from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpConfirmed {
    /// Keyed hashes.
    pub recovery_codes: Vec<String>,
    pub at: DateTime<Utc>,
}

/// `user.totp_disabled`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpDisabled {
    pub at: DateTime<Utc>,
}

/// `user.second_factor_reset`, version 1: an operator has taken it off for an owner who had lost it. Raises the generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorReset {
    pub at: DateTime<Utc>,
}

/// `user.recovery_codes_replaced`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodesReplaced {
    /// Keyed hashes.
    pub recovery_codes: Vec<String>,
    pub at: DateTime<Utc>,
}

/// `user.recovery_code_used`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodeUsed {
    /// Its keyed hash.
    pub code: String,
    pub at: DateTime<Utc>,
}
