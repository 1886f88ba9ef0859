//! The writer's own connections.

use std::time::Duration;

use bootstrap::db;
use diesel_async::SimpleAsyncConnection;

use super::failure::Failure;

/// The server gives up on a batch after this time, so that a stopped client cannot hold the head for others.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
/// The client gives up a little later: by then the connection is as good as lost.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(6);

/// While the server commits one batch it takes in the next. A third made the batches smaller and gained nothing: see
/// docs/decisions/0018-two-connections-of-the-writer-overlap.md.
pub(super) const CONNECTIONS: usize = 2;

/// Opens all of them.
pub(super) async fn open_all(url: &str) -> Result<[db::Connection; CONNECTIONS], Failure> {
    let (first, second) = futures::try_join!(open(url), open(url))?;
    Ok([first, second])
}

/// Connects, with the settings under which `append_events` was measured.
async fn open(url: &str) -> Result<db::Connection, Failure> {
    let opening = async {
        let mut conn = db::connect(url).await.map_err(Failure::open)?;
        // Plans are made once, on tables that may be empty: without these settings a plan for an empty table stays.
        let timeout = STATEMENT_TIMEOUT.as_millis();
        let settings = format!(
            "SET application_name = 'tidemark writer'; SET default_transaction_isolation = 'read committed'; \
             SET synchronous_commit = on; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; \
             SET jit = off; SET lock_timeout = {timeout}; SET statement_timeout = {timeout}; \
             SET idle_in_transaction_session_timeout = {timeout}"
        );
        conn.batch_execute(&settings).await.map_err(Failure::open)?;
        Ok(conn)
    };
    tokio::time::timeout(CALL_TIMEOUT, opening).await.map_err(Failure::open)?
}
