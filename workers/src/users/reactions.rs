//! Which events of users lead to which jobs.

use bootstrap::db::Connection;
use domain::users::{UserEvent, events::EndReason};
use event_store::RecordedEvent;
use uuid::Uuid;

use super::{
    BuildExport, DeleteFormerAvatar, EraseSubject, SendEmailChangeEmail, SendEmailChangedNotice,
    SendPasswordResetEmail, SendRegistrationRepeatedEmail, SendSecurityAlert, SendVerificationEmail, SendWelcomeEmail,
};
use crate::{
    mailer::SecurityReason,
    reactions::{ReactionError, enqueue},
};

/// What follows from an event. Ids are those of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reaction {
    Welcome,
    NoteRepeatedRegistration,
    Verify(Uuid),
    ResetPassword(Uuid),
    ConfirmEmailChange(Uuid),
    OfferEmailUndo(Uuid),
    Alert(SecurityReason),
    BuildExport(Uuid),
    /// Of this file.
    DeleteFormerAvatar(Uuid),
    Erase,
}

/// Enqueues what follows from an event, in the caller's transaction: one job, or none for most events.
pub(crate) async fn react(conn: &mut Connection, event: &RecordedEvent) -> Result<(), ReactionError> {
    let user_id = event.aggregate_id().ok_or(ReactionError::NoAggregate)?;
    let cause = event.event_id;
    let Some(reaction) = reaction_to(&event.decode()?) else { return Ok(()) };
    match reaction {
        Reaction::Welcome => enqueue(conn, event, &SendWelcomeEmail { user_id, cause }).await,
        Reaction::NoteRepeatedRegistration => {
            enqueue(conn, event, &SendRegistrationRepeatedEmail { user_id, cause }).await
        }
        Reaction::Verify(request_id) => {
            enqueue(conn, event, &SendVerificationEmail { user_id, cause, request_id }).await
        }
        Reaction::ResetPassword(request_id) => {
            enqueue(conn, event, &SendPasswordResetEmail { user_id, cause, request_id }).await
        }
        Reaction::ConfirmEmailChange(request_id) => {
            enqueue(conn, event, &SendEmailChangeEmail { user_id, cause, request_id }).await
        }
        Reaction::OfferEmailUndo(request_id) => {
            enqueue(conn, event, &SendEmailChangedNotice { user_id, cause, request_id }).await
        }
        Reaction::Alert(reason) => enqueue(conn, event, &SendSecurityAlert { user_id, cause, reason }).await,
        Reaction::BuildExport(export_id) => {
            enqueue(conn, event, &BuildExport { user_id, export_id, cause: Some(cause) }).await
        }
        Reaction::DeleteFormerAvatar(file_id) => enqueue(conn, event, &DeleteFormerAvatar { file_id }).await,
        Reaction::Erase => enqueue(conn, event, &EraseSubject { user_id }).await,
    }
}

fn reaction_to(event: &UserEvent) -> Option<Reaction> {
    Some(match event {
        UserEvent::Registered(_) => Reaction::Welcome,
        UserEvent::RegistrationRepeated(_) => Reaction::NoteRepeatedRegistration,
        UserEvent::VerificationRequested(asked) => Reaction::Verify(asked.request_id),
        UserEvent::PasswordResetRequested(asked) => Reaction::ResetPassword(asked.request_id),
        UserEvent::EmailChangeRequested(asked) => Reaction::ConfirmEmailChange(asked.request_id),
        UserEvent::EmailChanged(changed) => Reaction::OfferEmailUndo(changed.undo_request_id),
        UserEvent::EmailChangeUndone(_) => Reaction::Alert(SecurityReason::EmailChangeUndone),
        UserEvent::PasswordChanged(_) => Reaction::Alert(SecurityReason::PasswordChanged),
        UserEvent::SessionEnded(ended) => match ended.reason {
            EndReason::RefreshTokenReused => Reaction::Alert(SecurityReason::RefreshTokenReused),
            // Whoever did it has seen it.
            EndReason::SignedOut | EndReason::Revoked => return None,
        },
        UserEvent::TotpConfirmed(_) => Reaction::Alert(SecurityReason::TotpOn),
        UserEvent::TotpDisabled(_) => Reaction::Alert(SecurityReason::TotpOff),
        UserEvent::SecondFactorReset(_) => Reaction::Alert(SecurityReason::SecondFactorReset),
        UserEvent::RecoveryCodesReplaced(_) => Reaction::Alert(SecurityReason::RecoveryCodesReplaced),
        UserEvent::RecoveryCodeUsed(_) => Reaction::Alert(SecurityReason::RecoveryCodeUsed),
        UserEvent::ApiKeyCreated(_) => Reaction::Alert(SecurityReason::ApiKeyCreated),
        UserEvent::Suspended(_) => Reaction::Alert(SecurityReason::AccountSuspended),
        UserEvent::Reactivated(_) => Reaction::Alert(SecurityReason::AccountReactivated),
        UserEvent::ExportRequested(asked) => Reaction::BuildExport(asked.export_id),
        UserEvent::AvatarChanged(changed) => Reaction::DeleteFormerAvatar(changed.replaced?.as_uuid()),
        UserEvent::AvatarRemoved(removed) => Reaction::DeleteFormerAvatar(removed.file.as_uuid()),
        UserEvent::Erased(_) => Reaction::Erase,
        UserEvent::ProfileChanged(_)
        | UserEvent::PasswordRehashed(_)
        | UserEvent::RoleGranted(_)
        | UserEvent::RoleRevoked(_)
        | UserEvent::EmailVerified(_)
        | UserEvent::FormerAddressesReleased(_)
        | UserEvent::SignedIn(_)
        | UserEvent::SignedOutEverywhere(_)
        | UserEvent::SteppedUp(_)
        | UserEvent::TotpEnrolled(_)
        | UserEvent::ApiKeyRevoked(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use domain::{
        Sealed,
        files::FileId,
        users::events::{
            ApiKeyCreated, AvatarChanged, AvatarRemoved, ChangedBy, EmailChangeRequested, EmailChangeUndone,
            EmailChanged, Erased, ExportRequested, PasswordChanged, PasswordResetRequested, Reactivated,
            RecoveryCodeUsed, RecoveryCodesReplaced, SecondFactorReset, SessionEnded, SignedOutEverywhere, Suspended,
            TotpConfirmed, TotpDisabled, TotpEnrolled, VerificationRequested,
        },
    };

    use super::*;

    const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const ID: Uuid = Uuid::from_u128(7);

    fn sealed() -> Sealed {
        Sealed::from_ciphertext("c".to_owned())
    }

    #[test]
    fn every_request_is_mailed_under_its_own_id() {
        let (request_id, expires_at, at, email) = (ID, AT, AT, sealed());
        for (event, reaction) in [
            (
                UserEvent::VerificationRequested(VerificationRequested { request_id, expires_at, at }),
                Reaction::Verify(ID),
            ),
            (
                UserEvent::PasswordResetRequested(PasswordResetRequested { request_id, expires_at, at }),
                Reaction::ResetPassword(ID),
            ),
            (
                UserEvent::EmailChangeRequested(EmailChangeRequested {
                    request_id,
                    email: email.clone(),
                    expires_at,
                    at,
                }),
                Reaction::ConfirmEmailChange(ID),
            ),
            (
                UserEvent::EmailChanged(EmailChanged { email, undo_request_id: ID, undo_expires_at: AT, at }),
                Reaction::OfferEmailUndo(ID),
            ),
        ] {
            assert_eq!(reaction_to(&event), Some(reaction));
        }
    }

    #[test]
    fn what_somebody_else_may_have_done_is_told() {
        let (at, codes) = (AT, vec![]);
        let password = |by| UserEvent::PasswordChanged(PasswordChanged { password_hash: sealed(), by, at });
        let (key_id, name, secret_hash, permissions, expires_at) = (ID, sealed(), String::new(), vec![], None);
        let key = ApiKeyCreated { key_id, name, secret_hash, permissions, expires_at, at };
        let undone = EmailChangeUndone { request_id: ID, email: sealed(), at };
        for (event, reason) in [
            (password(ChangedBy::Owner), SecurityReason::PasswordChanged),
            (password(ChangedBy::Reset), SecurityReason::PasswordChanged),
            (ended(EndReason::RefreshTokenReused), SecurityReason::RefreshTokenReused),
            (UserEvent::TotpConfirmed(TotpConfirmed { recovery_codes: codes.clone(), at }), SecurityReason::TotpOn),
            (UserEvent::TotpDisabled(TotpDisabled { at }), SecurityReason::TotpOff),
            (
                UserEvent::RecoveryCodeUsed(RecoveryCodeUsed { code: String::new(), at }),
                SecurityReason::RecoveryCodeUsed,
            ),
            (
                UserEvent::RecoveryCodesReplaced(RecoveryCodesReplaced { recovery_codes: codes, at }),
                SecurityReason::RecoveryCodesReplaced,
            ),
            (UserEvent::EmailChangeUndone(undone), SecurityReason::EmailChangeUndone),
            (UserEvent::SecondFactorReset(SecondFactorReset { at }), SecurityReason::SecondFactorReset),
            (UserEvent::ApiKeyCreated(key), SecurityReason::ApiKeyCreated),
            (UserEvent::Suspended(Suspended { at }), SecurityReason::AccountSuspended),
            (UserEvent::Reactivated(Reactivated { at }), SecurityReason::AccountReactivated),
        ] {
            assert_eq!(reaction_to(&event), Some(Reaction::Alert(reason)));
        }
    }

    #[test]
    fn the_rights_of_persons_over_their_data_are_seen_to() {
        let asked = UserEvent::ExportRequested(ExportRequested { export_id: ID, at: AT });
        assert_eq!(reaction_to(&asked), Some(Reaction::BuildExport(ID)));
        assert_eq!(reaction_to(&UserEvent::Erased(Erased { at: AT })), Some(Reaction::Erase));
    }

    #[test]
    fn a_picture_goes_when_another_one_takes_its_place_or_none_does() {
        let file = |number| FileId::from_uuid(Uuid::from_u128(number));
        let changed = |replaced| UserEvent::AvatarChanged(AvatarChanged { file: file(2), replaced, at: AT });
        assert_eq!(reaction_to(&changed(None)), None);
        let former = Some(Reaction::DeleteFormerAvatar(Uuid::from_u128(1)));
        assert_eq!(reaction_to(&changed(Some(file(1)))), former);
        assert_eq!(reaction_to(&UserEvent::AvatarRemoved(AvatarRemoved { file: file(1), at: AT })), former);
    }

    #[test]
    fn what_its_author_has_seen_is_not_told() {
        for event in [
            ended(EndReason::SignedOut),
            ended(EndReason::Revoked),
            UserEvent::SignedOutEverywhere(SignedOutEverywhere { at: AT }),
            UserEvent::TotpEnrolled(TotpEnrolled { secret: sealed(), at: AT }),
        ] {
            assert_eq!(reaction_to(&event), None);
        }
    }

    fn ended(reason: EndReason) -> UserEvent {
        UserEvent::SessionEnded(SessionEnded { session_id: ID, reason, at: AT })
    }
}
