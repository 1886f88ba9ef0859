//! Connections that find the tables of one build before those that serve.

use bootstrap::db::{self, Connection};
use diesel::ConnectionError;
use diesel_async::SimpleAsyncConnection;

use super::RebuildError;
use crate::builds::{Build, BuildState};

/// What it writes can be made again, so it need not wait for the disk; and the server ends the work of a client that is
/// gone, which frees the locks that cleaning up waits for.
pub(super) async fn open(
    url: &str,
    projection: &str,
    build: &Build,
    state: BuildState,
) -> Result<Connection, RebuildError> {
    let schema = state.schema(projection, build.build);
    let schema = schema.ok_or_else(|| ConnectionError::BadConnection("this build has no tables".to_owned()))?;
    let mut conn = db::connect(url).await?;
    conn.batch_execute(&format!(
        "SET application_name = 'tidemark rebuild {projection}'; SET search_path = {schema}, public; \
         SET synchronous_commit = off; SET client_connection_check_interval = '1s'; SET maintenance_work_mem = '128MB'; \
         SET idle_in_transaction_session_timeout = '60s'"
    ))
    .await?;
    Ok(conn)
}
