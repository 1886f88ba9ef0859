//! What has happened to a user, as it is stored.

mod account;
mod api_keys;
mod email;
mod password;
mod roles;
mod sessions;
mod totp;

use serde_json::value::{RawValue, to_raw_value};

use crate::{DecodeError, DomainEvent, EventName};

pub use account::{
    AvatarChanged, AvatarRemoved, Erased, ExportRequested, ProfileChanged, Reactivated, Registered,
    RegistrationRepeated, Suspended,
};
pub use api_keys::{ApiKeyCreated, ApiKeyRevoked};
pub use email::{
    EmailChangeRequested, EmailChangeUndone, EmailChanged, EmailVerified, FormerAddressesReleased,
    VerificationRequested,
};
pub use password::{ChangedBy, PasswordChanged, PasswordRehashed, PasswordResetRequested};
pub use roles::{RoleGranted, RoleRevoked};
pub use sessions::{EndReason, SessionEnded, SignInMethod, SignedIn, SignedOutEverywhere, SteppedUp};
pub use totp::{RecoveryCodeUsed, RecoveryCodesReplaced, SecondFactorReset, TotpConfirmed, TotpDisabled, TotpEnrolled};

/// Members of these events that what somebody proves themselves by is checked against. Sealed or hashed as they are, they are of
/// no use to whoever is only to know what has happened.
pub const CREDENTIALS: [&str; 5] = ["code", "password_hash", "recovery_codes", "secret", "secret_hash"];

/// An event in a user's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserEvent {
    Registered(Registered),
    RegistrationRepeated(RegistrationRepeated),
    ProfileChanged(ProfileChanged),
    AvatarChanged(AvatarChanged),
    AvatarRemoved(AvatarRemoved),
    RoleGranted(RoleGranted),
    RoleRevoked(RoleRevoked),
    VerificationRequested(VerificationRequested),
    EmailVerified(EmailVerified),
    PasswordResetRequested(PasswordResetRequested),
    PasswordChanged(PasswordChanged),
    PasswordRehashed(PasswordRehashed),
    EmailChangeRequested(EmailChangeRequested),
    EmailChanged(EmailChanged),
    EmailChangeUndone(EmailChangeUndone),
    FormerAddressesReleased(FormerAddressesReleased),
    SignedIn(SignedIn),
    SessionEnded(SessionEnded),
    SignedOutEverywhere(SignedOutEverywhere),
    SteppedUp(SteppedUp),
    TotpEnrolled(TotpEnrolled),
    TotpConfirmed(TotpConfirmed),
    TotpDisabled(TotpDisabled),
    SecondFactorReset(SecondFactorReset),
    RecoveryCodesReplaced(RecoveryCodesReplaced),
    RecoveryCodeUsed(RecoveryCodeUsed),
    Suspended(Suspended),
    Reactivated(Reactivated),
    Erased(Erased),
    ApiKeyCreated(ApiKeyCreated),
    ApiKeyRevoked(ApiKeyRevoked),
    ExportRequested(ExportRequested),
}

impl UserEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const REGISTERED: &'static str = "user.registered";
    pub const REGISTRATION_REPEATED: &'static str = "user.registration_repeated";
    pub const PROFILE_CHANGED: &'static str = "user.profile_changed";
    pub const AVATAR_CHANGED: &'static str = "user.avatar_changed";
    pub const AVATAR_REMOVED: &'static str = "user.avatar_removed";
    pub const ROLE_GRANTED: &'static str = "user.role_granted";
    pub const ROLE_REVOKED: &'static str = "user.role_revoked";
    pub const VERIFICATION_REQUESTED: &'static str = "user.verification_requested";
    pub const EMAIL_VERIFIED: &'static str = "user.email_verified";
    pub const PASSWORD_RESET_REQUESTED: &'static str = "user.password_reset_requested";
    pub const PASSWORD_CHANGED: &'static str = "user.password_changed";
    pub const PASSWORD_REHASHED: &'static str = "user.password_rehashed";
    pub const EMAIL_CHANGE_REQUESTED: &'static str = "user.email_change_requested";
    pub const EMAIL_CHANGED: &'static str = "user.email_changed";
    pub const EMAIL_CHANGE_UNDONE: &'static str = "user.email_change_undone";
    pub const FORMER_ADDRESSES_RELEASED: &'static str = "user.former_addresses_released";
    pub const SIGNED_IN: &'static str = "user.signed_in";
    pub const SESSION_ENDED: &'static str = "user.session_ended";
    pub const SIGNED_OUT_EVERYWHERE: &'static str = "user.signed_out_everywhere";
    pub const STEPPED_UP: &'static str = "user.stepped_up";
    pub const TOTP_ENROLLED: &'static str = "user.totp_enrolled";
    pub const TOTP_CONFIRMED: &'static str = "user.totp_confirmed";
    pub const TOTP_DISABLED: &'static str = "user.totp_disabled";
    pub const SECOND_FACTOR_RESET: &'static str = "user.second_factor_reset";
    pub const RECOVERY_CODES_REPLACED: &'static str = "user.recovery_codes_replaced";
    pub const RECOVERY_CODE_USED: &'static str = "user.recovery_code_used";
    pub const SUSPENDED: &'static str = "user.suspended";
    pub const REACTIVATED: &'static str = "user.reactivated";
    pub const ERASED: &'static str = "user.erased";
    pub const API_KEY_CREATED: &'static str = "user.api_key_created";
    pub const API_KEY_REVOKED: &'static str = "user.api_key_revoked";
    pub const EXPORT_REQUESTED: &'static str = "user.export_requested";
}

impl DomainEvent for UserEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Registered(_) => Self::REGISTERED,
            Self::RegistrationRepeated(_) => Self::REGISTRATION_REPEATED,
            Self::ProfileChanged(_) => Self::PROFILE_CHANGED,
            Self::AvatarChanged(_) => Self::AVATAR_CHANGED,
            Self::AvatarRemoved(_) => Self::AVATAR_REMOVED,
            Self::RoleGranted(_) => Self::ROLE_GRANTED,
            Self::RoleRevoked(_) => Self::ROLE_REVOKED,
            Self::VerificationRequested(_) => Self::VERIFICATION_REQUESTED,
            Self::EmailVerified(_) => Self::EMAIL_VERIFIED,
            Self::PasswordResetRequested(_) => Self::PASSWORD_RESET_REQUESTED,
            Self::PasswordChanged(_) => Self::PASSWORD_CHANGED,
            Self::PasswordRehashed(_) => Self::PASSWORD_REHASHED,
            Self::EmailChangeRequested(_) => Self::EMAIL_CHANGE_REQUESTED,
            Self::EmailChanged(_) => Self::EMAIL_CHANGED,
            Self::EmailChangeUndone(_) => Self::EMAIL_CHANGE_UNDONE,
            Self::FormerAddressesReleased(_) => Self::FORMER_ADDRESSES_RELEASED,
            Self::SignedIn(_) => Self::SIGNED_IN,
            Self::SessionEnded(_) => Self::SESSION_ENDED,
            Self::SignedOutEverywhere(_) => Self::SIGNED_OUT_EVERYWHERE,
            Self::SteppedUp(_) => Self::STEPPED_UP,
            Self::TotpEnrolled(_) => Self::TOTP_ENROLLED,
            Self::TotpConfirmed(_) => Self::TOTP_CONFIRMED,
            Self::TotpDisabled(_) => Self::TOTP_DISABLED,
            Self::SecondFactorReset(_) => Self::SECOND_FACTOR_RESET,
            Self::RecoveryCodesReplaced(_) => Self::RECOVERY_CODES_REPLACED,
            Self::RecoveryCodeUsed(_) => Self::RECOVERY_CODE_USED,
            Self::Suspended(_) => Self::SUSPENDED,
            Self::Reactivated(_) => Self::REACTIVATED,
            Self::Erased(_) => Self::ERASED,
            Self::ApiKeyCreated(_) => Self::API_KEY_CREATED,
            Self::ApiKeyRevoked(_) => Self::API_KEY_REVOKED,
            Self::ExportRequested(_) => Self::EXPORT_REQUESTED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Registered(event) => to_raw_value(event),
            Self::RegistrationRepeated(event) => to_raw_value(event),
            Self::ProfileChanged(event) => to_raw_value(event),
            Self::AvatarChanged(event) => to_raw_value(event),
            Self::AvatarRemoved(event) => to_raw_value(event),
            Self::RoleGranted(event) => to_raw_value(event),
            Self::RoleRevoked(event) => to_raw_value(event),
            Self::VerificationRequested(event) => to_raw_value(event),
            Self::EmailVerified(event) => to_raw_value(event),
            Self::PasswordResetRequested(event) => to_raw_value(event),
            Self::PasswordChanged(event) => to_raw_value(event),
            Self::PasswordRehashed(event) => to_raw_value(event),
            Self::EmailChangeRequested(event) => to_raw_value(event),
            Self::EmailChanged(event) => to_raw_value(event),
            Self::EmailChangeUndone(event) => to_raw_value(event),
            Self::FormerAddressesReleased(event) => to_raw_value(event),
            Self::SignedIn(event) => to_raw_value(event),
            Self::SessionEnded(event) => to_raw_value(event),
            Self::SignedOutEverywhere(event) => to_raw_value(event),
            Self::SteppedUp(event) => to_raw_value(event),
            Self::TotpEnrolled(event) => to_raw_value(event),
            Self::TotpConfirmed(event) => to_raw_value(event),
            Self::TotpDisabled(event) => to_raw_value(event),
            Self::SecondFactorReset(event) => to_raw_value(event),
            Self::RecoveryCodesReplaced(event) => to_raw_value(event),
            Self::RecoveryCodeUsed(event) => to_raw_value(event),
            Self::Suspended(event) => to_raw_value(event),
            Self::Reactivated(event) => to_raw_value(event),
            Self::Erased(event) => to_raw_value(event),
            Self::ApiKeyCreated(event) => to_raw_value(event),
            Self::ApiKeyRevoked(event) => to_raw_value(event),
            Self::ExportRequested(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::REGISTERED, 1) => serde_json::from_str(json).map(Self::Registered),
            (Self::REGISTRATION_REPEATED, 1) => serde_json::from_str(json).map(Self::RegistrationRepeated),
            (Self::PROFILE_CHANGED, 1) => serde_json::from_str(json).map(Self::ProfileChanged),
            (Self::AVATAR_CHANGED, 1) => serde_json::from_str(json).map(Self::AvatarChanged),
            (Self::AVATAR_REMOVED, 1) => serde_json::from_str(json).map(Self::AvatarRemoved),
            (Self::ROLE_GRANTED, 1) => serde_json::from_str(json).map(Self::RoleGranted),
            (Self::ROLE_REVOKED, 1) => serde_json::from_str(json).map(Self::RoleRevoked),
            (Self::VERIFICATION_REQUESTED, 1) => serde_json::from_str(json).map(Self::VerificationRequested),
            (Self::EMAIL_VERIFIED, 1) => serde_json::from_str(json).map(Self::EmailVerified),
            (Self::PASSWORD_RESET_REQUESTED, 1) => serde_json::from_str(json).map(Self::PasswordResetRequested),
            (Self::PASSWORD_CHANGED, 1) => serde_json::from_str(json).map(Self::PasswordChanged),
            (Self::PASSWORD_REHASHED, 1) => serde_json::from_str(json).map(Self::PasswordRehashed),
            (Self::EMAIL_CHANGE_REQUESTED, 1) => serde_json::from_str(json).map(Self::EmailChangeRequested),
            (Self::EMAIL_CHANGED, 1) => serde_json::from_str(json).map(Self::EmailChanged),
            (Self::EMAIL_CHANGE_UNDONE, 1) => serde_json::from_str(json).map(Self::EmailChangeUndone),
            (Self::FORMER_ADDRESSES_RELEASED, 1) => serde_json::from_str(json).map(Self::FormerAddressesReleased),
            (Self::SIGNED_IN, 1) => serde_json::from_str(json).map(Self::SignedIn),
            (Self::SESSION_ENDED, 1) => serde_json::from_str(json).map(Self::SessionEnded),
            (Self::SIGNED_OUT_EVERYWHERE, 1) => serde_json::from_str(json).map(Self::SignedOutEverywhere),
            (Self::STEPPED_UP, 1) => serde_json::from_str(json).map(Self::SteppedUp),
            (Self::TOTP_ENROLLED, 1) => serde_json::from_str(json).map(Self::TotpEnrolled),
            (Self::TOTP_CONFIRMED, 1) => serde_json::from_str(json).map(Self::TotpConfirmed),
            (Self::TOTP_DISABLED, 1) => serde_json::from_str(json).map(Self::TotpDisabled),
            (Self::SECOND_FACTOR_RESET, 1) => serde_json::from_str(json).map(Self::SecondFactorReset),
            (Self::RECOVERY_CODES_REPLACED, 1) => serde_json::from_str(json).map(Self::RecoveryCodesReplaced),
            (Self::RECOVERY_CODE_USED, 1) => serde_json::from_str(json).map(Self::RecoveryCodeUsed),
            (Self::SUSPENDED, 1) => serde_json::from_str(json).map(Self::Suspended),
            (Self::REACTIVATED, 1) => serde_json::from_str(json).map(Self::Reactivated),
            (Self::ERASED, 1) => serde_json::from_str(json).map(Self::Erased),
            (Self::API_KEY_CREATED, 1) => serde_json::from_str(json).map(Self::ApiKeyCreated),
            (Self::API_KEY_REVOKED, 1) => serde_json::from_str(json).map(Self::ApiKeyRevoked),
            (Self::EXPORT_REQUESTED, 1) => serde_json::from_str(json).map(Self::ExportRequested),
            (name, version) => return Err(DecodeError::unknown(name, version)),
        }
        .map_err(malformed)
    }
}

#[cfg(test)]
mod tests;
