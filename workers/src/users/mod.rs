//! What follows from what happens to users: mails to them, exports of their data, the end of what is known about them.

pub mod build_export;
pub mod delete_former_avatar;
pub mod erase_subject;
mod export_document;
mod exported_files;
mod pending;
pub mod reactions;
mod recipient;
pub mod send_email_change_email;
pub mod send_email_changed_notice;
pub mod send_export_ready_email;
pub mod send_password_reset_email;
pub mod send_registration_repeated_email;
pub mod send_security_alert;
pub mod send_verification_email;
pub mod send_welcome_email;

use std::time::Duration;

use chrono::Utc;
use domain::{Sealed, users::Account};
use event_store::{
    Erasure, EventStore, SubjectKeys,
    one_time_token::{OneTimeTokens, Purpose},
};
use jobs::{CatchUp, Crons, JobError, Registry, Schedule, ScheduleError};
use url::Url;
use uuid::Uuid;

pub use build_export::BuildExport;
pub use delete_former_avatar::DeleteFormerAvatar;
pub use erase_subject::{EraseSubject, FinishErasures};
pub use send_email_change_email::SendEmailChangeEmail;
pub use send_email_changed_notice::SendEmailChangedNotice;
pub use send_export_ready_email::SendExportReadyEmail;
pub use send_password_reset_email::SendPasswordResetEmail;
pub use send_registration_repeated_email::SendRegistrationRepeatedEmail;
pub use send_security_alert::SendSecurityAlert;
pub use send_verification_email::SendVerificationEmail;
pub use send_welcome_email::SendWelcomeEmail;

use self::{
    pending::Pending,
    recipient::{Recipient, RecipientError},
};
use crate::{
    files::Filing,
    mailer::{Mail, MailError, Mailer, Matter, Notice, OneTimeLink},
};

/// The queue of jobs that wait for a mail server.
pub const MAIL_QUEUE: &str = "mail";
/// Longer than the mailer takes at most: connecting to the database, talking to the server, writing the outcome down.
pub const MAIL_JOB_TIMEOUT: Duration = Duration::from_secs(120);

/// What the jobs that mail users need. Cheap to clone.
#[derive(Clone)]
pub struct Mailing {
    pub store: EventStore,
    pub keys: SubjectKeys,
    pub tokens: OneTimeTokens,
    pub mailer: Mailer,
}

/// What the jobs need that see to the rights of persons over their data. Cheap to clone.
#[derive(Clone)]
pub struct Privacy {
    /// With the log and the keys.
    pub erasure: Erasure,
    pub filing: Filing,
    /// Where the API is, for links in exports.
    pub public_url: Url,
}

/// Which event a mail answers to.
#[derive(Clone, Copy, Debug)]
struct Occasion {
    user_id: Uuid,
    /// The event's id.
    cause: Uuid,
}

/// Adds the handlers.
pub(crate) fn register(registry: Registry, mailing: Mailing) -> Registry {
    registry
        .with::<SendWelcomeEmail>(mailing.clone())
        .with::<SendRegistrationRepeatedEmail>(mailing.clone())
        .with::<SendVerificationEmail>(mailing.clone())
        .with::<SendPasswordResetEmail>(mailing.clone())
        .with::<SendEmailChangeEmail>(mailing.clone())
        .with::<SendEmailChangedNotice>(mailing.clone())
        .with::<SendExportReadyEmail>(mailing.clone())
        .with::<SendSecurityAlert>(mailing)
}

/// Adds the handlers of jobs that nobody is mailed by.
pub(crate) fn register_privacy(registry: Registry, privacy: Privacy) -> Registry {
    registry
        .with::<DeleteFormerAvatar>(privacy.filing.clone())
        .with::<EraseSubject>(privacy.clone())
        .with::<FinishErasures>(privacy.clone())
        .with::<BuildExport>(privacy)
}

/// Adds the schedules.
pub(crate) fn schedule(crons: Crons) -> Result<Crons, ScheduleError> {
    let often = Schedule::cron("*/10 * * * *")?;
    Ok(crons.with("finish_erasures", often, CatchUp::Latest, |_| FinishErasures {}))
}

impl Mailing {
    /// Sends a user a mail because of an event, at the address that the user has now.
    async fn send(&self, occasion: Occasion, matter: Matter) -> Result<(), JobError> {
        let account = recipient::account(&self.store, occasion.user_id).await?;
        self.send_to(&account.email, &account, occasion, matter).await
    }

    /// Sends the link that completes a request, while it is the pending one. Its token is made here, of ids, and lives
    /// as long as the attempt to send.
    async fn send_link(&self, occasion: Occasion, purpose: Purpose, request_id: Uuid) -> Result<(), JobError> {
        let account = recipient::account(&self.store, occasion.user_id).await?;
        let Pending { expires_at, address } = Pending::find(&account, purpose, request_id, Utc::now())?;
        let token = self.tokens.issue(purpose, occasion.user_id, request_id);
        let matter = Matter::OneTimeLink(OneTimeLink { purpose, token, expires_at });
        self.send_to(address, &account, occasion, matter).await
    }

    /// Tells a user of something, once for each kind and cause: in the user's language, at the address that the user has
    /// now. `cause` is the id of the event that the mail answers to, and `values` an object of what its texts use; see
    /// [`crate::mailer::MailTexts`].
    pub async fn notify(
        &self,
        user_id: Uuid,
        cause: Uuid,
        kind: &'static str,
        values: serde_json::Value,
    ) -> Result<(), JobError> {
        self.send(Occasion { user_id, cause }, Matter::Further(Notice { kind, values })).await
    }

    async fn send_to(
        &self,
        address: &Sealed,
        account: &Account,
        occasion: Occasion,
        matter: Matter,
    ) -> Result<(), JobError> {
        let Occasion { user_id, cause } = occasion;
        // Name and language are those of the event: a repeat is the same to the byte, whatever has changed since.
        let greeted = recipient::account_as_of(&self.store, user_id, cause).await?;
        let recipient = Recipient::open(&self.keys, user_id, greeted.as_ref().unwrap_or(account), address).await?;
        let mail = Mail {
            matter: &matter,
            subject: user_id,
            cause,
            address: &recipient.address,
            sealed_address: &recipient.sealed_address,
            name: recipient.name.as_ref(),
            locale: recipient.locale,
        };
        self.mailer.send(&mail).await?;
        Ok(())
    }
}

impl From<MailError> for JobError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Paused(wait) => Self::snoozed(wait),
            MailError::Undeliverable => Self::cancelled(error.to_string()),
            MailError::Refused { .. } => Self::discarded(error.to_string()),
            MailError::Later(_) | MailError::Pool(_) | MailError::Query(_) => Self::failed(error.to_string()),
        }
    }
}

impl From<RecipientError> for JobError {
    fn from(error: RecipientError) -> Self {
        match error {
            RecipientError::Gone => Self::cancelled("recipient_gone"),
            // Nothing of the error's own text: what could not be read may be in it.
            RecipientError::Keys(_) => Self::failed("subject_key_unavailable"),
            RecipientError::Read(_) => Self::failed("log_unavailable"),
            RecipientError::Invalid => Self::discarded("recipient_not_mailable"),
        }
    }
}
