//! Welcomes a user who has registered.

use std::time::Duration;

use jobs::{Job, JobContext, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{MAIL_JOB_TIMEOUT, MAIL_QUEUE, Mailing, Occasion};
use crate::mailer::Matter;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendWelcomeEmail {
    pub user_id: Uuid,
    /// The id of the event `user.registered`.
    pub cause: Uuid,
}

impl Job for SendWelcomeEmail {
    const KIND: &'static str = "email.welcome";
    const QUEUE: &'static str = MAIL_QUEUE;
    const TIMEOUT: Duration = MAIL_JOB_TIMEOUT;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Mailing;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Mailing>) -> JobResult {
        let span = info_span!("users.send_welcome_email", user_id = %self.user_id, cause = %self.cause);
        let occasion = Occasion { user_id: self.user_id, cause: self.cause };
        ctx.state.send(occasion, Matter::Welcome).instrument(span).await
    }
}
