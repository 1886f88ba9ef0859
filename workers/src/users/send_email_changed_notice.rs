//! Tells the former address of an account that it was replaced, with a link to undo that.

use std::time::Duration;

use event_store::one_time_token::Purpose;
use jobs::{Job, JobContext, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{MAIL_JOB_TIMEOUT, MAIL_QUEUE, Mailing, Occasion};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendEmailChangedNotice {
    pub user_id: Uuid,
    /// The id of the event `user.email_changed`.
    pub cause: Uuid,
    /// Of the request to undo it, which begins with the change.
    pub request_id: Uuid,
}

impl Job for SendEmailChangedNotice {
    const KIND: &'static str = "email.email_changed";
    const QUEUE: &'static str = MAIL_QUEUE;
    const TIMEOUT: Duration = MAIL_JOB_TIMEOUT;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Mailing;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Mailing>) -> JobResult {
        let span = info_span!("users.send_email_changed_notice", user_id = %self.user_id, cause = %self.cause);
        let occasion = Occasion { user_id: self.user_id, cause: self.cause };
        ctx.state.send_link(occasion, Purpose::UndoEmailChange, self.request_id).instrument(span).await
    }
}
