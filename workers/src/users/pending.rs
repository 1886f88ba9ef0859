//! The request that a mail's link is to complete, as the log has it now.

use chrono::{DateTime, Utc};
use domain::{Sealed, users::Account};
use event_store::one_time_token::Purpose;
use jobs::JobError;
use uuid::Uuid;

/// A request that waits for its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pending<'a> {
    pub(super) expires_at: DateTime<Utc>,
    /// Where the link goes.
    pub(super) address: &'a Sealed,
}

/// Why a link is no longer wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotPending {
    /// Used, replaced by a later one, or void because the person's credentials have changed.
    #[error("request_over")]
    Over,
    #[error("request_expired")]
    Expired,
}

impl<'a> Pending<'a> {
    /// The request with this id, if it is still pending for this purpose.
    pub(super) fn find(
        account: &'a Account,
        purpose: Purpose,
        request_id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Self, NotPending> {
        let requests = &account.requests;
        let pending = match purpose {
            Purpose::VerifyEmail => requests.verification.as_ref().map(|request| (request, &account.email)),
            Purpose::ResetPassword => requests.password_reset.as_ref().map(|request| (request, &account.email)),
            Purpose::ChangeEmail => requests.email_change.as_ref().map(|change| (&change.request, &change.email)),
            Purpose::UndoEmailChange => requests.email_undo(request_id).map(|undo| (&undo.request, &undo.email)),
        };
        match pending.filter(|(request, _)| request.id == request_id) {
            None => Err(NotPending::Over),
            Some((request, _)) if request.is_over(now) => Err(NotPending::Expired),
            Some((request, address)) => Ok(Self { expires_at: request.expires_at, address }),
        }
    }
}

impl From<NotPending> for JobError {
    fn from(error: NotPending) -> Self {
        Self::cancelled(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::{
        Aggregate,
        users::{
            Locale, User, UserEvent,
            events::{
                EmailChangeRequested, EmailChanged, EmailVerified, PasswordResetRequested, Registered,
                VerificationRequested,
            },
        },
    };

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const FIRST: Uuid = Uuid::from_u128(1);
    const SECOND: Uuid = Uuid::from_u128(2);

    fn sealed(text: &str) -> Sealed {
        Sealed::from_ciphertext(text.to_owned())
    }

    fn account(events: impl IntoIterator<Item = UserEvent>) -> Account {
        let registered = UserEvent::Registered(Registered {
            email: sealed("first"),
            password_hash: sealed("hash"),
            display_name: None,
            locale: Locale::En,
            at: NOW,
        });
        let user = events.into_iter().fold(User::default().apply(&registered), |user, event| user.apply(&event));
        user.account().unwrap().clone()
    }

    fn soon() -> DateTime<Utc> {
        NOW + TimeDelta::hours(1)
    }

    fn verification(request_id: Uuid) -> UserEvent {
        UserEvent::VerificationRequested(VerificationRequested { request_id, expires_at: soon(), at: NOW })
    }

    fn reset(request_id: Uuid) -> UserEvent {
        UserEvent::PasswordResetRequested(PasswordResetRequested { request_id, expires_at: soon(), at: NOW })
    }

    fn change_wanted(request_id: Uuid, email: &str) -> UserEvent {
        let email = sealed(email);
        UserEvent::EmailChangeRequested(EmailChangeRequested { request_id, email, expires_at: soon(), at: NOW })
    }

    fn changed(undo_request_id: Uuid, email: &str) -> UserEvent {
        let email = sealed(email);
        UserEvent::EmailChanged(EmailChanged { email, undo_request_id, undo_expires_at: soon(), at: NOW })
    }

    fn found(account: &Account, purpose: Purpose, request_id: Uuid) -> Result<&str, NotPending> {
        Pending::find(account, purpose, request_id, NOW).map(|pending| pending.address.as_str())
    }

    #[test]
    fn each_link_goes_to_the_address_that_it_is_about() {
        let account = account([verification(FIRST), reset(FIRST), change_wanted(FIRST, "second")]);
        assert_eq!(found(&account, Purpose::VerifyEmail, FIRST), Ok("first"));
        assert_eq!(found(&account, Purpose::ResetPassword, FIRST), Ok("first"));
        assert_eq!(found(&account, Purpose::ChangeEmail, FIRST), Ok("second"));
        assert_eq!(found(&account, Purpose::UndoEmailChange, FIRST), Err(NotPending::Over));
    }

    #[test]
    fn every_former_address_gets_its_own_way_back() {
        let account = account([changed(FIRST, "second"), changed(SECOND, "third")]);
        assert_eq!(found(&account, Purpose::UndoEmailChange, FIRST), Ok("first"));
        assert_eq!(found(&account, Purpose::UndoEmailChange, SECOND), Ok("second"));
    }

    #[test]
    fn what_was_used_replaced_or_made_void_is_not_sent() {
        let used = UserEvent::EmailVerified(EmailVerified { request_id: FIRST, at: NOW });
        let account = account([verification(FIRST), used, reset(FIRST), reset(SECOND)]);
        assert_eq!(found(&account, Purpose::VerifyEmail, FIRST), Err(NotPending::Over));
        assert_eq!(found(&account, Purpose::ResetPassword, FIRST), Err(NotPending::Over));
        assert_eq!(found(&account, Purpose::ResetPassword, SECOND), Ok("first"));
        assert_eq!(found(&account, Purpose::ChangeEmail, SECOND), Err(NotPending::Over));
    }

    #[test]
    fn what_has_expired_is_not_sent() {
        let account = account([reset(FIRST)]);
        let find = |now| Pending::find(&account, Purpose::ResetPassword, FIRST, now);
        assert!(find(soon() - TimeDelta::seconds(1)).is_ok());
        assert_eq!(find(soon()), Err(NotPending::Expired));
    }
}
