//! What each event makes of a user's row.

use chrono::{DateTime, Utc};
use domain::{
    roles::RoleName,
    users::{
        Status, UserEvent,
        events::{EmailChangeUndone, EmailChanged, ProfileChanged, Registered, RoleGranted, RoleRevoked},
    },
};
use event_store::{RecordedEvent, consumer::HandlerError};
use uuid::Uuid;

use super::UserRow;

/// The row after one event; `None` when there is none.
pub(super) fn fold(row: Option<UserRow>, id: Uuid, event: &RecordedEvent) -> Result<Option<UserRow>, HandlerError> {
    let happened = event.decode::<UserEvent>()?;
    let row = match row {
        // Nobody comes back.
        Some(gone) if gone.deleted => Some(gone),
        Some(row) => Some(apply(row, id, &happened)),
        None => begin(id, &happened),
    };
    Ok(row.map(|row| UserRow { version: event.stream_version, position: event.position, ..row }))
}

fn begin(id: Uuid, event: &UserEvent) -> Option<UserRow> {
    if let UserEvent::Registered(registered) = event { Some(register(id, registered)) } else { None }
}

fn apply(row: UserRow, id: Uuid, event: &UserEvent) -> UserRow {
    match event {
        UserEvent::Registered(registered) => register(id, registered),
        UserEvent::ProfileChanged(changed) => change_profile(row, changed),
        UserEvent::AvatarChanged(changed) => {
            UserRow { avatar: Some(changed.file.as_uuid()), updated_at: changed.at, ..row }
        }
        UserEvent::AvatarRemoved(removed) => UserRow { avatar: None, updated_at: removed.at, ..row },
        UserEvent::RoleGranted(granted) => grant_role(row, granted),
        UserEvent::RoleRevoked(revoked) => revoke_role(row, revoked),
        UserEvent::EmailVerified(verified) => UserRow { email_verified: true, updated_at: verified.at, ..row },
        UserEvent::EmailChanged(changed) => change_email(row, changed),
        UserEvent::EmailChangeUndone(undone) => undo_email_change(row, undone),
        UserEvent::PasswordChanged(changed) => raised(row, changed.at),
        UserEvent::SignedOutEverywhere(signed_out) => raised(row, signed_out.at),
        UserEvent::TotpConfirmed(confirmed) => UserRow { totp: true, updated_at: confirmed.at, ..row },
        UserEvent::TotpDisabled(disabled) => UserRow { totp: false, updated_at: disabled.at, ..row },
        UserEvent::SecondFactorReset(reset) => UserRow { totp: false, ..raised(row, reset.at) },
        UserEvent::Suspended(suspended) => with_status(raised(row, suspended.at), Status::Suspended),
        UserEvent::Reactivated(reactivated) => {
            with_status(UserRow { updated_at: reactivated.at, ..row }, Status::Active)
        }
        UserEvent::Erased(erased) => erase(row, erased.at),
        // Nothing that anybody sees; the version is the stream's all the same.
        UserEvent::RegistrationRepeated(_)
        | UserEvent::PasswordRehashed(_)
        | UserEvent::VerificationRequested(_)
        | UserEvent::PasswordResetRequested(_)
        | UserEvent::EmailChangeRequested(_)
        | UserEvent::FormerAddressesReleased(_)
        | UserEvent::SignedIn(_)
        | UserEvent::SessionEnded(_)
        | UserEvent::SteppedUp(_)
        | UserEvent::TotpEnrolled(_)
        | UserEvent::RecoveryCodesReplaced(_)
        | UserEvent::RecoveryCodeUsed(_)
        | UserEvent::ApiKeyCreated(_)
        | UserEvent::ApiKeyRevoked(_)
        | UserEvent::ExportRequested(_) => row,
    }
}

fn register(id: Uuid, registered: &Registered) -> UserRow {
    UserRow {
        id,
        // The caller's to say.
        version: 0,
        position: 0,
        email: registered.email.as_str().to_owned(),
        display_name: registered.display_name.as_ref().map(|name| name.as_str().to_owned()),
        locale: registered.locale.as_str().to_owned(),
        roles: vec![RoleName::MEMBER.into()],
        created_at: registered.at,
        updated_at: registered.at,
        deleted: false,
        email_verified: false,
        status: Status::Active.as_str().to_owned(),
        totp: false,
        generation: 0,
        avatar: None,
    }
}

fn change_profile(row: UserRow, changed: &ProfileChanged) -> UserRow {
    UserRow {
        display_name: changed.display_name.as_ref().map(|name| name.as_str().to_owned()),
        locale: changed.locale.as_str().to_owned(),
        updated_at: changed.at,
        ..row
    }
}

fn grant_role(mut row: UserRow, granted: &RoleGranted) -> UserRow {
    row.roles.push(granted.role.as_str().to_owned());
    row.roles.sort_unstable();
    row.roles.dedup();
    UserRow { updated_at: granted.at, ..row }
}

fn revoke_role(mut row: UserRow, revoked: &RoleRevoked) -> UserRow {
    row.roles.retain(|role| role != revoked.role.as_str());
    UserRow { updated_at: revoked.at, ..row }
}

fn change_email(row: UserRow, changed: &EmailChanged) -> UserRow {
    let email = changed.email.as_str().to_owned();
    UserRow { email, email_verified: true, updated_at: changed.at, ..row }
}

fn undo_email_change(row: UserRow, undone: &EmailChangeUndone) -> UserRow {
    let email = undone.email.as_str().to_owned();
    UserRow { email, email_verified: true, ..raised(row, undone.at) }
}

fn raised(row: UserRow, at: DateTime<Utc>) -> UserRow {
    UserRow { generation: row.generation.saturating_add(1), updated_at: at, ..row }
}

fn with_status(row: UserRow, status: Status) -> UserRow {
    UserRow { status: status.as_str().to_owned(), ..row }
}

/// A tombstone: that there was somebody, and nothing about them.
fn erase(row: UserRow, at: DateTime<Utc>) -> UserRow {
    let row = UserRow {
        email: String::new(),
        display_name: None,
        roles: vec![],
        email_verified: false,
        totp: false,
        avatar: None,
        updated_at: at,
        deleted: true,
        ..row
    };
    with_status(row, Status::Erased)
}
