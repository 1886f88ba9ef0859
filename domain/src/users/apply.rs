//! What each event makes of a user.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Account, ApiKey, EmailChange, EmailUndo, EndedSession, RenewedSession, Request, Requests, Totp, User, UserEvent,
    events::{ApiKeyCreated, EmailChangeUndone, EmailChanged, EmailVerified, Registered, SessionEnded, SteppedUp},
};
use crate::{Aggregate, roles::RoleName};

/// An access token lasts 15 minutes; the rest is for clocks that disagree.
const ENDED_REMEMBERED_FOR: TimeDelta = TimeDelta::minutes(20);
/// Who ends, or renews, more sessions one by one in that time has the oldest of them forgotten.
const MAX_REMEMBERED: usize = 1000;

impl Aggregate for User {
    type Event = UserEvent;
    const CATEGORY: &'static str = "user";
    const STATE_VERSION: i16 = 4;

    fn apply(self, event: &UserEvent) -> Self {
        match (self, event) {
            (Self::Erased, _) => Self::Erased,
            (_, UserEvent::Registered(registered)) => Self::Active(Account::new(registered)),
            (Self::Unknown, _) => Self::Unknown,
            (Self::Active(_) | Self::Suspended(_), UserEvent::Erased(_)) => Self::Erased,
            (Self::Active(account) | Self::Suspended(account), UserEvent::Suspended(_)) => {
                Self::Suspended(account.raised())
            }
            (Self::Suspended(account), UserEvent::Reactivated(_)) => Self::Active(account),
            (Self::Active(account), event) => Self::Active(account.changed(event)),
            (Self::Suspended(account), event) => Self::Suspended(account.changed(event)),
        }
    }
}

impl Account {
    fn new(registered: &Registered) -> Self {
        Self {
            email: registered.email.clone(),
            email_verified: false,
            verified_by: None,
            password_hash: registered.password_hash.clone(),
            display_name: registered.display_name.clone(),
            avatar: None,
            locale: registered.locale,
            roles: vec![RoleName::MEMBER],
            generation: 0,
            sessions_generation: 0,
            ended_sessions: vec![],
            renewed_sessions: vec![],
            requests: Requests::default(),
            totp: Totp::Off,
            api_keys: vec![],
        }
    }

    /// The account in a new generation: earlier access tokens are refused, sessions over, requests void.
    fn raised(mut self) -> Self {
        self.generation = self.generation.saturating_add(1);
        self.sessions_generation = self.generation;
        self.ended_sessions.clear();
        self.renewed_sessions.clear();
        self.requests.clear();
        self
    }

    fn changed(mut self, event: &UserEvent) -> Self {
        match event {
            UserEvent::ProfileChanged(changed) => {
                self.display_name.clone_from(&changed.display_name);
                self.locale = changed.locale;
            }
            UserEvent::AvatarChanged(changed) => self.avatar = Some(changed.file),
            UserEvent::AvatarRemoved(_) => self.avatar = None,
            UserEvent::RoleGranted(granted) => {
                self.roles.push(granted.role.clone());
                self.roles.sort_unstable();
                self.roles.dedup();
            }
            UserEvent::RoleRevoked(revoked) => self.roles.retain(|role| *role != revoked.role),
            UserEvent::VerificationRequested(asked) => {
                self.requests.verification = pending(asked.request_id, asked.expires_at);
            }
            UserEvent::EmailVerified(verified) => self.verify(verified),
            UserEvent::PasswordResetRequested(asked) => {
                self.requests.password_reset = pending(asked.request_id, asked.expires_at);
            }
            UserEvent::PasswordChanged(changed) => {
                self.password_hash = changed.password_hash.clone();
                self = self.raised();
            }
            UserEvent::PasswordRehashed(rehashed) => self.password_hash = rehashed.password_hash.clone(),
            UserEvent::EmailChangeRequested(asked) => {
                let request = Request { id: asked.request_id, expires_at: asked.expires_at };
                self.requests.email_change = Some(EmailChange { request, email: asked.email.clone() });
            }
            UserEvent::EmailChanged(changed) => self.change_email(changed),
            UserEvent::EmailChangeUndone(undone) => self = self.with_email_back(undone),
            UserEvent::FormerAddressesReleased(released) => {
                self.requests.email_undos.retain(|undo| !released.request_ids.contains(&undo.request.id));
            }
            UserEvent::SessionEnded(ended) => self.end(ended),
            UserEvent::SteppedUp(stepped_up) => self.renew(stepped_up),
            UserEvent::SignedOutEverywhere(_) => self = self.raised(),
            UserEvent::TotpEnrolled(enrolled) => self.totp = Totp::Enrolled { secret: enrolled.secret.clone() },
            UserEvent::TotpConfirmed(confirmed) => self.totp = self.totp.with_codes(&confirmed.recovery_codes),
            UserEvent::TotpDisabled(_) => self.totp = Totp::Off,
            UserEvent::SecondFactorReset(_) => {
                self.totp = Totp::Off;
                self = self.raised();
            }
            UserEvent::RecoveryCodesReplaced(replaced) => self.totp = self.totp.with_codes(&replaced.recovery_codes),
            UserEvent::RecoveryCodeUsed(used) => self.totp.drop_code(&used.code),
            UserEvent::ApiKeyCreated(created) => self.api_keys.push(ApiKey::new(created)),
            UserEvent::ApiKeyRevoked(revoked) => self.api_keys.retain(|key| key.id != revoked.key_id),
            // Nothing that a decision asks for; or what the user as a whole takes.
            UserEvent::RegistrationRepeated(_)
            | UserEvent::SignedIn(_)
            | UserEvent::ExportRequested(_)
            | UserEvent::Registered(_)
            | UserEvent::Suspended(_)
            | UserEvent::Reactivated(_)
            | UserEvent::Erased(_) => {}
        }
        self
    }

    fn verify(&mut self, verified: &EmailVerified) {
        self.email_verified = true;
        self.verified_by = Some(verified.request_id);
        self.requests.verification = None;
    }

    /// What was mailed to the old address counts no more, but for the way back to it.
    fn change_email(&mut self, changed: &EmailChanged) {
        let request = Request { id: changed.undo_request_id, expires_at: changed.undo_expires_at };
        let old = std::mem::replace(&mut self.email, changed.email.clone());
        self.email_verified = true;
        self.verified_by = None;
        self.requests.clear();
        self.requests.email_undos.retain(|undo| !undo.request.is_over(changed.at));
        self.requests.email_undos.push(EmailUndo { request, email: old });
    }

    /// The ways back to addresses that came later are void: they were made in what is being undone.
    fn with_email_back(mut self, undone: &EmailChangeUndone) -> Self {
        let undos = &mut self.requests.email_undos;
        if let Some(at) = undos.iter().position(|undo| undo.request.id == undone.request_id) {
            undos.truncate(at);
        }
        self.email = undone.email.clone();
        self.email_verified = true;
        self.verified_by = None;
        self.raised()
    }

    fn end(&mut self, ended: &SessionEnded) {
        self.ended_sessions.retain(|other| other.at > ended.at - ENDED_REMEMBERED_FOR);
        if self.ended_sessions.len() >= MAX_REMEMBERED {
            self.ended_sessions.remove(0);
        }
        self.ended_sessions.push(EndedSession { session_id: ended.session_id, at: ended.at });
    }

    fn renew(&mut self, stepped_up: &SteppedUp) {
        let SteppedUp { session_id, mut rotation, at, .. } = *stepped_up;
        self.renewed_sessions.retain(|other| {
            let is_the_same = other.session_id == session_id;
            if is_the_same {
                rotation = rotation.max(other.rotation);
            }
            !is_the_same && other.at > at - ENDED_REMEMBERED_FOR
        });
        if self.renewed_sessions.len() >= MAX_REMEMBERED {
            self.renewed_sessions.remove(0);
        }
        self.renewed_sessions.push(RenewedSession { session_id, rotation, at });
    }
}

impl Totp {
    fn with_codes(&self, codes: &[String]) -> Self {
        match self {
            Self::Off => Self::Off,
            Self::Enrolled { secret } | Self::On { secret, .. } => {
                Self::On { secret: secret.clone(), recovery_codes: codes.to_vec() }
            }
        }
    }

    fn drop_code(&mut self, code: &str) {
        match self {
            Self::On { recovery_codes, .. } => recovery_codes.retain(|other| other != code),
            Self::Off | Self::Enrolled { .. } => {}
        }
    }
}

impl ApiKey {
    fn new(created: &ApiKeyCreated) -> Self {
        Self {
            id: created.key_id,
            name: created.name.clone(),
            secret_hash: created.secret_hash.clone(),
            permissions: created.permissions.clone(),
            created_at: created.at,
            expires_at: created.expires_at,
        }
    }
}

fn pending(id: uuid::Uuid, expires_at: DateTime<Utc>) -> Option<Request> {
    Some(Request { id, expires_at })
}
