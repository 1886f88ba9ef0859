//! What is the same for every read model that is followed: connections, and where its projection is.

use bootstrap::db::{Pool, Pooled};
use projections::{builds, snapshot};

use super::super::source::{Mark, SourceError};

/// The read model of one projection.
pub(super) struct ReadModel {
    pool: Pool,
    projection: &'static str,
}

impl ReadModel {
    pub(super) fn new(pool: Pool, projection: &'static str) -> Self {
        Self { pool, projection }
    }

    pub(super) async fn connection(&self) -> Result<Pooled, SourceError> {
        answer(self.pool.get().await)
    }

    /// See [`super::super::source::Source::mark`].
    pub(super) async fn mark(&self) -> Result<Mark, SourceError> {
        let (epoch, position) = answer(snapshot::standing(&mut *self.connection().await?, self.projection).await)?;
        Ok(Mark { epoch: epoch.to_string().into(), position })
    }

    /// See [`super::super::source::Source::lanes`].
    pub(super) async fn lanes(&self) -> Result<usize, SourceError> {
        let build = answer(builds::active(&mut *self.connection().await?, self.projection).await)?;
        Ok(usize::try_from(build.lanes).unwrap_or(1))
    }
}

/// Whatever fails is worth another try.
pub(super) fn answer<T, E: Into<anyhow::Error>>(result: Result<T, E>) -> Result<T, SourceError> {
    result.map_err(|error| SourceError::Unavailable(error.into()))
}

pub(super) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
