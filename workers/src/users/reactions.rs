//! Which events of users lead to which jobs.

use bootstrap::db::Connection;
use domain::users::UserEvent;
use event_store::RecordedEvent;
use uuid::Uuid;

use super::{SendRegistrationRepeatedEmail, SendWelcomeEmail};
use crate::reactions::{ReactionError, enqueue};

/// Enqueues what follows from an event, in the caller's transaction; most events lead to nothing.
pub(crate) async fn react(conn: &mut Connection, event: &RecordedEvent) -> Result<(), ReactionError> {
    match event.event_type.as_str() {
        UserEvent::REGISTERED => {
            let job = SendWelcomeEmail { user_id: user_id(event)?, cause: event.event_id };
            enqueue(conn, event, &job).await
        }
        UserEvent::REGISTRATION_REPEATED => {
            let job = SendRegistrationRepeatedEmail { user_id: user_id(event)?, cause: event.event_id };
            enqueue(conn, event, &job).await
        }
        _ => Ok(()),
    }
}

fn user_id(event: &RecordedEvent) -> Result<Uuid, ReactionError> {
    event.aggregate_id().ok_or(ReactionError::NoAggregate)
}
