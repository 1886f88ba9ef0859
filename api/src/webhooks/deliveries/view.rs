//! A delivery as those see it who may.

use chrono::{DateTime, Utc};
use domain::Sealed;
use event_store::SubjectKey;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    RESPONSE,
    store::{Attempt, Delivery},
};

/// One event for one webhook, and how far that is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    id: Uuid,
    /// The receiver's `webhook-id`.
    event_id: Uuid,
    #[schema(example = "record.created")]
    event_type: String,
    /// Of the event in the log.
    #[schema(minimum = 1)]
    position: i64,
    #[schema(pattern = "^(pending|delivered|failed)$", example = "delivered")]
    state: String,
    #[schema(minimum = 0)]
    attempts: i32,
    /// Why it was given up, where it was.
    #[schema(example = "refused")]
    failure: Option<String>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// A delivery with its attempts.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryDetails {
    #[serde(flatten)]
    delivery: DeliveryView,
    /// In their order; of very many the last 100.
    attempt_log: Vec<AttemptView>,
}

/// What became of one attempt to deliver.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AttemptView {
    /// Counts from 1.
    #[schema(minimum = 1)]
    attempt: i32,
    at: DateTime<Utc>,
    #[schema(minimum = 0)]
    duration_ms: i32,
    /// Of the answer in HTTP, where there was one.
    #[schema(example = 200)]
    status: Option<i16>,
    /// `delivered`, or what went wrong.
    #[schema(example = "delivered")]
    outcome: String,
    /// The beginning of the answer's body, 2 KiB at most.
    response: Option<String>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let Delivery { id, event_id, event_type, position, state, attempts, failure, created_at, finished_at } =
            delivery;
        Self { id, event_id, event_type, position, state, attempts, failure, created_at, finished_at }
    }
}

impl DeliveryDetails {
    pub(super) fn open(delivery: Delivery, attempts: Vec<Attempt>, key: &SubjectKey) -> Self {
        let attempt_log = attempts.into_iter().map(|attempt| AttemptView::open(attempt, key)).collect();
        Self { delivery: delivery.into(), attempt_log }
    }
}

impl AttemptView {
    /// An answer that does not open is not shown: the attempt is worth more than what was said to it.
    fn open(attempt: Attempt, key: &SubjectKey) -> Self {
        let Attempt { attempt, at, duration_ms, status, outcome, response } = attempt;
        let response = response.and_then(|text| key.open(RESPONSE, &Sealed::from_ciphertext(text)).ok());
        Self { attempt, at, duration_ms, status, outcome, response }
    }
}
