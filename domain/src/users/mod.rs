//! A person with an account.

pub mod account;
pub mod api_key_name;
mod apply;
pub mod change_avatar;
pub mod change_password;
pub mod change_profile;
pub mod confirm_email_change;
pub mod confirm_totp;
pub mod create_api_key;
pub mod disable_totp;
pub mod display_name;
pub mod email;
pub mod end_session;
pub mod enrol_totp;
pub mod erase;
pub mod events;
#[cfg(test)]
mod fixtures;
pub mod grant_role;
pub mod locale;
pub mod note_repeated_registration;
pub mod password;
pub mod reactivate;
pub mod register;
pub mod register_verified;
pub mod rehash_password;
pub mod release_former_addresses;
pub mod remove_avatar;
pub mod replace_recovery_codes;
pub mod request_email_change;
pub mod request_export;
pub mod request_password_reset;
pub mod request_verification;
pub mod requests;
pub mod reset_password;
pub mod reset_second_factor;
pub mod revoke_api_key;
pub mod revoke_role;
pub mod sign_in;
pub mod sign_out_everywhere;
pub mod step_up;
pub mod suspend;
pub mod undo_email_change;
pub mod use_recovery_code;
pub mod verify_email;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use account::{Account, ApiKey, EndedSession, NotActive, RenewedSession, Status, Totp, User};
pub use api_key_name::ApiKeyName;
pub use change_avatar::ChangeAvatar;
pub use change_password::ChangePassword;
pub use change_profile::ChangeProfile;
pub use confirm_email_change::ConfirmEmailChange;
pub use confirm_totp::ConfirmTotp;
pub use create_api_key::CreateApiKey;
pub use disable_totp::DisableTotp;
pub use display_name::DisplayName;
pub use email::Email;
pub use end_session::EndSession;
pub use enrol_totp::EnrolTotp;
pub use erase::EraseUser;
pub use events::UserEvent;
pub use grant_role::GrantRole;
pub use locale::Locale;
pub use note_repeated_registration::NoteRepeatedRegistration;
pub use password::Password;
pub use reactivate::ReactivateUser;
pub use register::RegisterUser;
pub use register_verified::RegisterVerifiedUser;
pub use rehash_password::RehashPassword;
pub use release_former_addresses::ReleaseFormerAddresses;
pub use remove_avatar::{ForgetAvatar, RemoveAvatar};
pub use replace_recovery_codes::ReplaceRecoveryCodes;
pub use request_email_change::RequestEmailChange;
pub use request_export::RequestExport;
pub use request_password_reset::RequestPasswordReset;
pub use request_verification::RequestVerification;
pub use requests::{EmailChange, EmailUndo, Request, RequestRefused, Requests};
pub use reset_password::ResetPassword;
pub use reset_second_factor::ResetSecondFactor;
pub use revoke_api_key::RevokeApiKey;
pub use revoke_role::RevokeRole;
pub use sign_in::SignIn;
pub use sign_out_everywhere::SignOutEverywhere;
pub use step_up::StepUp;
pub use suspend::SuspendUser;
pub use undo_email_change::UndoEmailChange;
pub use use_recovery_code::UseRecoveryCode;
pub use verify_email::VerifyEmail;

/// Identifies a user. UUIDv7, made at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(Uuid);

impl UserId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for UserId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}
