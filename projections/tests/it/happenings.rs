//! Everything that can happen to a user, in a way that depends on a number.

use std::collections::HashMap;

use domain::{
    Aggregate,
    files::FileId,
    users::{
        Totp, User, UserEvent,
        events::{
            AvatarChanged, AvatarRemoved, ChangedBy, EmailChangeRequested, EmailChangeUndone, EmailChanged,
            EmailVerified, Erased, PasswordChanged, Reactivated, RoleRevoked, SecondFactorReset, SignedOutEverywhere,
            Suspended, TotpConfirmed, TotpDisabled, TotpEnrolled, VerificationRequested,
        },
    },
};
use uuid::Uuid;

use crate::scene::{at as time, promoted, registered_as, renamed, repeated, role, sealed};

/// How many kinds of events there are in [`happening`].
pub(crate) const KINDS: u8 = 22;

/// One of the kinds; requests have few ids, so that some meet.
pub(crate) fn happening(kind: u8, number: i64) -> UserEvent {
    let (at, email, request_id) = (time(number), sealed(&format!("email{number}")), request(number));
    match kind {
        0 => registered_as(number),
        1 => renamed(number),
        2 => promoted(number),
        3 => repeated(number),
        4 => UserEvent::RoleRevoked(RoleRevoked { role: role(number), at }),
        5 => UserEvent::VerificationRequested(VerificationRequested { request_id, expires_at: at, at }),
        6 => UserEvent::EmailVerified(EmailVerified { request_id, at }),
        7 => UserEvent::EmailChangeRequested(EmailChangeRequested { request_id, email, expires_at: at, at }),
        8 | 9 => UserEvent::EmailChanged(EmailChanged { email, undo_request_id: request_id, undo_expires_at: at, at }),
        10 => UserEvent::EmailChangeUndone(EmailChangeUndone { request_id, email, at }),
        11 => UserEvent::PasswordChanged(PasswordChanged { password_hash: sealed("new"), by: ChangedBy::Owner, at }),
        12 => UserEvent::SignedOutEverywhere(SignedOutEverywhere { at }),
        13 => UserEvent::TotpEnrolled(TotpEnrolled { secret: sealed("secret"), at }),
        14 => UserEvent::TotpConfirmed(TotpConfirmed { recovery_codes: vec![], at }),
        15 => UserEvent::TotpDisabled(TotpDisabled { at }),
        16 => UserEvent::Suspended(Suspended { at }),
        17 => UserEvent::Reactivated(Reactivated { at }),
        18 => UserEvent::SecondFactorReset(SecondFactorReset { at }),
        19 => UserEvent::AvatarChanged(AvatarChanged { file: picture(number), replaced: None, at }),
        20 => UserEvent::AvatarRemoved(AvatarRemoved { file: picture(number), at }),
        _ => UserEvent::Erased(Erased { at }),
    }
}

/// The part of a history of users that can have been decided: a second factor begins with a secret, and once.
pub(crate) fn decided(mut history: Vec<(u128, UserEvent)>) -> Vec<(u128, UserEvent)> {
    let mut users = HashMap::<u128, User>::new();
    history.retain(|(user, event)| {
        let known = users.entry(*user).or_default();
        let totp = known.account().map(|account| &account.totp);
        let is_possible = match event {
            UserEvent::TotpEnrolled(_) => !totp.is_some_and(Totp::is_on),
            UserEvent::TotpConfirmed(_) => matches!(totp, Some(Totp::Enrolled { .. })),
            _ => true,
        };
        if is_possible {
            *known = std::mem::take(known).apply(event);
        }
        is_possible
    });
    history
}

fn picture(number: i64) -> FileId {
    FileId::from_uuid(request(number))
}

fn request(number: i64) -> Uuid {
    Uuid::from_u128((number % 3).unsigned_abs().into())
}
