//! What a repeated command had done: the answer to a retry, to a repeated key, and to a lost connection.

use std::collections::HashMap;

use bootstrap::db::Connection;
use diesel::QueryResult;

use super::outcomes::{Outcomes, Shape};
use crate::{
    AppendError, Appended, Replay,
    commands::{self, RecordedCommand},
};

/// Results by index in the batch.
pub(super) type Repeats = HashMap<usize, Result<Appended, AppendError>>;

/// Looks up what the duplicates of a batch had done, in one statement.
pub(super) async fn repeats(conn: &Connection, outcomes: &Outcomes) -> QueryResult<Repeats> {
    let (indices, shapes): (Vec<usize>, Vec<&Shape>) = outcomes.duplicates().unzip();
    if shapes.is_empty() {
        return Ok(Repeats::new());
    }
    let keys = shapes.iter().map(|shape| (shape.command_id, shape.idempotency.as_ref().map(|used| used.key)));
    let recorded = commands::find(conn, keys).await?;
    let answers = shapes.into_iter().zip(recorded).map(|(shape, recorded)| match recorded {
        Some(recorded) => answer(shape, recorded),
        // Pruned between the two statements: whoever repeats a command a day later learns nothing.
        None => Err(AppendError::OutcomeUnknown),
    });
    Ok(indices.into_iter().zip(answers).collect())
}

fn answer(shape: &Shape, recorded: RecordedCommand) -> Result<Appended, AppendError> {
    let own = recorded.command_id == shape.command_id;
    if !own && !recorded.has_fingerprint_of(shape.idempotency.as_ref()) {
        return Err(AppendError::IdempotencyMismatch);
    }
    // An earlier submission of this very append got through before its connection was lost.
    let resubmitted = own && shape.maybe_written;
    Ok(Appended {
        command_id: recorded.command_id,
        first_position: recorded.first_position,
        last_position: recorded.last_position,
        versions: recorded.streams.into_iter().map(|(_, version)| version).collect(),
        replay: (!resubmitted).then_some(Replay { response: recorded.response }),
    })
}
