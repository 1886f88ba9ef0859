//! Sends a user the link that proves that their address is theirs.

use std::time::Duration;

use event_store::one_time_token::Purpose;
use jobs::{Job, JobContext, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{MAIL_JOB_TIMEOUT, MAIL_QUEUE, Mailing, Occasion};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendVerificationEmail {
    pub user_id: Uuid,
    /// The id of the event `user.verification_requested`.
    pub cause: Uuid,
    pub request_id: Uuid,
}

impl Job for SendVerificationEmail {
    const KIND: &'static str = "email.verification";
    const QUEUE: &'static str = MAIL_QUEUE;
    const TIMEOUT: Duration = MAIL_JOB_TIMEOUT;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Mailing;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Mailing>) -> JobResult {
        let span = info_span!("users.send_verification_email", user_id = %self.user_id, cause = %self.cause);
        let occasion = Occasion { user_id: self.user_id, cause: self.cause };
        ctx.state.send_link(occasion, Purpose::VerifyEmail, self.request_id).instrument(span).await
    }
}
