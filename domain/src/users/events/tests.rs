//! Every event as it is shipped today, held to its golden file.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::*;
use crate::{
    Sealed,
    files::FileId,
    golden,
    roles::{Permission, RoleName},
    users::Locale,
};

fn sealed(text: &str) -> Sealed {
    Sealed::from_ciphertext(format!("c1.{text}"))
}

fn id(last: u128) -> Uuid {
    Uuid::from_u128(0x0199_c5a1_9c7e_7c43_8a52_0000_0000_0000 + last)
}

fn later() -> DateTime<Utc> {
    golden::at() + chrono::TimeDelta::days(1)
}

#[test]
fn every_shipped_event_has_the_shape_of_its_golden_file() {
    golden::check("user", &[of_accounts(), of_addresses(), of_passwords_and_sessions(), of_secrets()].concat());
}

fn of_accounts() -> Vec<UserEvent> {
    let at = golden::at();
    vec![
        UserEvent::Registered(Registered {
            email: sealed("email"),
            password_hash: sealed("hash"),
            display_name: Some(sealed("name")),
            locale: Locale::De,
            at,
        }),
        UserEvent::RegistrationRepeated(RegistrationRepeated { at }),
        UserEvent::ProfileChanged(ProfileChanged { display_name: None, locale: Locale::En, at }),
        UserEvent::AvatarChanged(AvatarChanged {
            file: FileId::from_uuid(id(4)),
            replaced: Some(FileId::from_uuid(id(3))),
            at,
        }),
        UserEvent::AvatarRemoved(AvatarRemoved { file: FileId::from_uuid(id(4)), at }),
        UserEvent::RoleGranted(RoleGranted { role: RoleName::ADMIN, at }),
        UserEvent::RoleRevoked(RoleRevoked { role: RoleName::parse("support").unwrap(), at }),
        UserEvent::Suspended(Suspended { at }),
        UserEvent::Reactivated(Reactivated { at }),
        UserEvent::Erased(Erased { at }),
        UserEvent::ExportRequested(ExportRequested { export_id: id(2), at }),
    ]
}

fn of_addresses() -> Vec<UserEvent> {
    let (at, email) = (golden::at(), || sealed("email"));
    vec![
        UserEvent::VerificationRequested(VerificationRequested { request_id: id(1), expires_at: later(), at }),
        UserEvent::EmailVerified(EmailVerified { request_id: id(1), at }),
        UserEvent::EmailChangeRequested(EmailChangeRequested {
            request_id: id(1),
            email: email(),
            expires_at: later(),
            at,
        }),
        UserEvent::EmailChanged(EmailChanged { email: email(), undo_request_id: id(1), undo_expires_at: later(), at }),
        UserEvent::EmailChangeUndone(EmailChangeUndone { request_id: id(1), email: email(), at }),
        UserEvent::FormerAddressesReleased(FormerAddressesReleased { request_ids: vec![id(1)], at }),
    ]
}

fn of_passwords_and_sessions() -> Vec<UserEvent> {
    let at = golden::at();
    vec![
        UserEvent::PasswordResetRequested(PasswordResetRequested { request_id: id(1), expires_at: later(), at }),
        UserEvent::PasswordChanged(PasswordChanged { password_hash: sealed("hash"), by: ChangedBy::Reset, at }),
        UserEvent::PasswordRehashed(PasswordRehashed { password_hash: sealed("hash"), at }),
        UserEvent::SignedIn(SignedIn { session_id: id(2), method: SignInMethod::RecoveryCode, at }),
        UserEvent::SessionEnded(SessionEnded { session_id: id(2), reason: EndReason::RefreshTokenReused, at }),
        UserEvent::SignedOutEverywhere(SignedOutEverywhere { at }),
        UserEvent::SteppedUp(SteppedUp { session_id: id(2), rotation: 3, method: SignInMethod::Totp, at }),
    ]
}

fn of_secrets() -> Vec<UserEvent> {
    let (at, codes) = (golden::at(), || vec!["hash1".to_owned(), "hash2".to_owned()]);
    vec![
        UserEvent::TotpEnrolled(TotpEnrolled { secret: sealed("secret"), at }),
        UserEvent::TotpConfirmed(TotpConfirmed { recovery_codes: codes(), at }),
        UserEvent::TotpDisabled(TotpDisabled { at }),
        UserEvent::SecondFactorReset(SecondFactorReset { at }),
        UserEvent::RecoveryCodesReplaced(RecoveryCodesReplaced { recovery_codes: codes(), at }),
        UserEvent::RecoveryCodeUsed(RecoveryCodeUsed { code: "hash1".to_owned(), at }),
        UserEvent::ApiKeyCreated(ApiKeyCreated {
            key_id: id(2),
            name: sealed("name"),
            secret_hash: "aGFzaA==".to_owned(),
            permissions: vec![Permission::parse("users:read:own").unwrap()],
            expires_at: Some(later()),
            at,
        }),
        UserEvent::ApiKeyRevoked(ApiKeyRevoked { key_id: id(2), at }),
    ]
}

#[test]
fn grounds_methods_and_reasons_have_fixed_names() {
    fn written(value: impl serde::Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }
    assert_eq!(written([ChangedBy::Owner, ChangedBy::Reset]), r#"["owner","reset"]"#);
    let methods = [SignInMethod::Password, SignInMethod::Totp, SignInMethod::RecoveryCode];
    assert_eq!(written(methods), r#"["password","totp","recovery_code"]"#);
    let reasons = [EndReason::SignedOut, EndReason::Revoked, EndReason::RefreshTokenReused];
    assert_eq!(written(reasons), r#"["signed_out","revoked","refresh_token_reused"]"#);
}
