//! What a repeated command had done: the answer to a retry, to a repeated key, and to a lost connection.

use std::collections::HashMap;

use bootstrap::db::Connection;
use diesel::QueryResult;

use super::{batch::Batch, statement::Outcomes};
use crate::{
    Append, AppendError, Appended, Replay,
    commands::{self, RecordedCommand},
};

/// Results by index in the batch.
pub(super) type Repeats = HashMap<usize, Result<Appended, AppendError>>;

/// Looks up what each duplicate of a batch had done.
pub(super) async fn repeats(conn: &mut Connection, batch: &Batch, outcomes: &Outcomes) -> QueryResult<Repeats> {
    let mut repeats = Repeats::new();
    let appends: Vec<&Append> = batch.appends().collect();
    for index in outcomes.duplicates() {
        let append = appends[index];
        let key = append.idempotency.as_ref().map(|idempotency| idempotency.key);
        let result = match commands::find(conn, append.command_id, key).await? {
            Some(recorded) => answer(conn, append, recorded).await?,
            // Pruned between the two statements: whoever repeats a command a day later learns nothing.
            None => Err(AppendError::OutcomeUnknown),
        };
        repeats.insert(index, result);
    }
    Ok(repeats)
}

async fn answer(
    conn: &mut Connection,
    append: &Append,
    recorded: RecordedCommand,
) -> QueryResult<Result<Appended, AppendError>> {
    let versions = commands::versions(conn, &recorded).await?.into_iter().map(|(_, version)| version).collect();
    // Our own id: an earlier submission of this very append got through before its connection was lost.
    let own = recorded.command_id == append.command_id;
    let fingerprint = append.idempotency.as_ref().map(|idempotency| idempotency.fingerprint);
    if !own && recorded.fingerprint != fingerprint {
        return Ok(Err(AppendError::IdempotencyMismatch));
    }
    Ok(Ok(Appended {
        command_id: recorded.command_id,
        first_position: recorded.first_position,
        last_position: recorded.last_position,
        versions,
        replay: (!own).then_some(Replay { response: recorded.response }),
    }))
}
