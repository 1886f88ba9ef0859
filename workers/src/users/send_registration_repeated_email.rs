//! Tells the owner of an address that somebody tried to register with it.

use std::time::Duration;

use jobs::{Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{MAIL_JOB_TIMEOUT, MAIL_QUEUE, Mailing, Occasion};
use crate::mailer::{MailKind, Matter};

/// A stranger can repeat a registration at will; its owner is told once in this time.
const QUIET: Duration = Duration::from_secs(3600);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendRegistrationRepeatedEmail {
    pub user_id: Uuid,
    /// The id of the event `user.registration_repeated`.
    pub cause: Uuid,
}

impl Job for SendRegistrationRepeatedEmail {
    const KIND: &'static str = "email.registration_repeated";
    const QUEUE: &'static str = MAIL_QUEUE;
    const TIMEOUT: Duration = MAIL_JOB_TIMEOUT;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Mailing;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Mailing>) -> JobResult {
        let span = info_span!("users.send_registration_repeated_email", user_id = %self.user_id, cause = %self.cause);
        self.tell_owner(ctx.state).instrument(span).await
    }
}

impl SendRegistrationRepeatedEmail {
    async fn tell_owner(self, mailing: Mailing) -> JobResult {
        if mailing.mailer.has_sent_within(MailKind::RegistrationRepeated, self.user_id, QUIET).await? {
            return Err(JobError::cancelled("told_recently"));
        }
        let occasion = Occasion { user_id: self.user_id, cause: self.cause };
        mailing.send(occasion, Matter::RegistrationRepeated).await
    }
}
