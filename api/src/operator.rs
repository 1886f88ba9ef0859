//! In whose name the operator's commands write.

use event_store::{Execution, Metadata};
use uuid::Uuid;

/// Names the operator in the metadata of events.
const ACTOR: &str = "operator";
const CLIENT: &str = "cli";

/// Done in the operator's name.
pub fn execution() -> Execution {
    Execution { metadata: metadata(), ..Execution::new(Uuid::now_v7()) }
}

/// The metadata of what the operator does.
pub fn metadata() -> Metadata {
    Metadata { actor: Some(ACTOR.to_owned()), client: Some(CLIENT.to_owned()), ..Metadata::default() }
}
