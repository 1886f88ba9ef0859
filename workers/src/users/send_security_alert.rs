//! Tells a user what was done to their account, in case it was not they who did it.

use std::time::Duration;

use jobs::{Job, JobContext, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{MAIL_JOB_TIMEOUT, MAIL_QUEUE, Mailing, Occasion};
use crate::mailer::{Matter, SecurityReason};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendSecurityAlert {
    pub user_id: Uuid,
    /// The id of the event that the user is told of.
    pub cause: Uuid,
    pub reason: SecurityReason,
}

impl Job for SendSecurityAlert {
    const KIND: &'static str = "email.security_alert";
    const QUEUE: &'static str = MAIL_QUEUE;
    const TIMEOUT: Duration = MAIL_JOB_TIMEOUT;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Mailing;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Mailing>) -> JobResult {
        let span = info_span!("users.send_security_alert", user_id = %self.user_id, cause = %self.cause);
        let occasion = Occasion { user_id: self.user_id, cause: self.cause };
        ctx.state.send(occasion, Matter::SecurityAlert(self.reason)).instrument(span).await
    }
}
