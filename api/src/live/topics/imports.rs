//! Imports, as `imports/<id>` shows how far one is.

use ::metrics::counter;
use async_trait::async_trait;
use bootstrap::db::Pool;
use bytes::Bytes;
use domain::collections::Data;
use projections::{
    Snapshot,
    imports::{ImportRow, NAME, queries},
};
use serde_json::value::{RawValue, to_raw_value};
use tracing::error;
use uuid::Uuid;

use super::{
    super::{
        audience::Audience,
        metrics,
        source::{Before, Change, Earlier, Extent, Mark, Page, Scope, Source, SourceError, Standing},
    },
    read_model::{ReadModel, answer, rows},
};
use crate::imports::ImportView;

/// Reads the projection `imports`.
pub(crate) struct Imports {
    read_model: ReadModel,
}

impl Imports {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { read_model: ReadModel::new(pool, NAME) }
    }
}

#[async_trait]
impl Source for Imports {
    fn projection(&self) -> &'static str {
        NAME
    }

    async fn mark(&self) -> Result<Mark, SourceError> {
        self.read_model.mark().await
    }

    async fn lanes(&self) -> Result<usize, SourceError> {
        self.read_model.lanes().await
    }

    fn told(&self, change: projections::Change) -> Option<Change> {
        let key = Uuid::parse_str(&change.key).ok()?;
        let projections::Change { position, version, row, .. } = change;
        Some(Change { position, key, version, part: None, row, before: Before::Irrelevant })
    }

    async fn records(
        &self,
        scope: &Scope,
        _audience: &Audience,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Page, SourceError> {
        let mut conn = self.read_model.connection().await?;
        match *scope {
            Scope::One(id) => {
                let read = answer(queries::snapshot_of(&mut conn, id).await)?;
                one(read, |row| after.is_none() && !row.deleted)
            }
            // No topic is about more than one.
            Scope::All | Scope::Part(_) => {
                page(answer(queries::snapshot_changed_after(&mut conn, i64::MAX, 1).await)?, limit)
            }
        }
    }

    async fn changed(&self, extent: &Extent, after: i64, limit: usize) -> Result<Page, SourceError> {
        let mut conn = self.read_model.connection().await?;
        match *extent {
            Extent::One(id) => one(answer(queries::snapshot_of(&mut conn, id).await)?, |row| row.position > after),
            Extent::All | Extent::Parts(_) => {
                page(answer(queries::snapshot_changed_after(&mut conn, after, rows(limit)).await)?, limit)
            }
        }
    }

    /// Nobody asks: who sees an import sees all of its states.
    async fn earlier(&self, _changes: &[&Change], _after: i64) -> Result<Option<Earlier>, SourceError> {
        Ok(Some(Earlier::default()))
    }

    fn seen(&self, _row: &RawValue) -> Option<Data> {
        None
    }

    async fn render(&self, change: &Change) -> Result<Option<Bytes>, SourceError> {
        let row = change.row.as_ref().map(|row| serde_json::from_str::<ImportRow>(row.get())).transpose();
        match row {
            Ok(row) => row.map(|row| answer(serde_json::to_vec(&ImportView::of_row(row))).map(Bytes::from)).transpose(),
            Err(reason) => {
                // One that cannot be shown must not hold up all others.
                counter!(metrics::UNREADABLE, "projection" => NAME).increment(1);
                error!(import = %change.key, position = change.position, %reason, "an import cannot be shown");
                Ok(None)
            }
        }
    }

    /// An import is nobody's account.
    fn standing(&self, _change: &Change) -> Option<Standing> {
        None
    }
}

fn one(read: Snapshot<Option<ImportRow>>, is_meant: impl Fn(&ImportRow) -> bool) -> Result<Page, SourceError> {
    let Snapshot { epoch, position, rows } = read;
    let rows = rows.into_iter().filter(is_meant).collect();
    page(Snapshot { epoch, position, rows }, usize::MAX)
}

fn page(read: Snapshot<Vec<ImportRow>>, limit: usize) -> Result<Page, SourceError> {
    let more = read.rows.len() >= limit;
    let changes = read.rows.iter().map(change).collect::<Result<_, _>>()?;
    Ok(Page { mark: Mark { epoch: read.epoch.to_string().into(), position: read.position }, changes, more })
}

fn change(row: &ImportRow) -> Result<Change, SourceError> {
    let json = if row.deleted { None } else { Some(answer(to_raw_value(row))?) };
    let (position, key, version) = (row.position, row.id, row.version);
    Ok(Change { position, key, version, part: None, row: json, before: Before::Irrelevant })
}
