//! What follows from what happens to users: mails to them.

pub mod reactions;
mod recipient;
pub mod send_registration_repeated_email;
pub mod send_welcome_email;

use std::time::Duration;

use event_store::{EventStore, SubjectKeys};
use jobs::JobError;
use uuid::Uuid;

pub use send_registration_repeated_email::SendRegistrationRepeatedEmail;
pub use send_welcome_email::SendWelcomeEmail;

use self::recipient::{Recipient, RecipientError};
use crate::mailer::{Mail, MailError, MailKind, Mailer};

/// The queue of jobs that wait for a mail server.
pub const MAIL_QUEUE: &str = "mail";
/// Longer than the mailer takes at most: connecting to the database, talking to the server, writing the outcome down.
const MAIL_JOB_TIMEOUT: Duration = Duration::from_secs(120);

/// What the jobs that mail users need. Cheap to clone.
#[derive(Clone)]
pub struct Mailing {
    pub store: EventStore,
    pub keys: SubjectKeys,
    pub mailer: Mailer,
}

impl Mailing {
    /// Sends a user a mail because of an event, at the address and in the language that the user has now.
    async fn send(&self, kind: MailKind, user_id: Uuid, cause: Uuid) -> Result<(), JobError> {
        let recipient = Recipient::load(&self.store, &self.keys, user_id).await?;
        let mail = Mail {
            kind,
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
