//! What is known about an event beside its payload.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Stored with every event. Holds no personal data: `actor` is an id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Joins everything that one request caused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<Uuid>,
    /// The event or job that caused this one directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
    /// Who asked: a user's id, or the name of a role such as `system`. Absent for anonymous callers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// W3C trace context of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// Which kind of client asked, such as `api` or `cli`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}
