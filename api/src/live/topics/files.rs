//! Files, as `files` and `files/me` show them. Their parts are their owners.

use std::sync::Arc;

use ::metrics::counter;
use async_trait::async_trait;
use bootstrap::db::Pool;
use bytes::Bytes;
use domain::collections::Data;
use event_store::{SubjectKeys, subject_keys::SubjectKeyError};
use projections::{
    Snapshot,
    files::{FileRow, NAME, queries},
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
use crate::files::FileView;

/// Reads the projection `files`.
pub(crate) struct Files {
    read_model: ReadModel,
    keys: SubjectKeys,
}

impl Files {
    pub(crate) fn new(pool: Pool, keys: SubjectKeys) -> Self {
        Self { read_model: ReadModel::new(pool, NAME), keys }
    }

    /// One query for the keys of a page, whose rows are opened one by one. Whatever fails here is seen to there.
    async fn remember_keys(&self, rows: &[FileRow]) {
        let mut owners: Vec<Uuid> = rows.iter().map(|row| row.owner).collect();
        owners.sort_unstable();
        owners.dedup();
        drop(self.keys.get_many(&owners).await);
    }
}

#[async_trait]
impl Source for Files {
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
        let projections::Change { position, version, row, before, .. } = change;
        let known = row.as_ref().or_else(|| before.as_ref()?.as_ref()).map(|row| row_of(row));
        match (known, before) {
            (Some(known), before) => {
                let part = Some(known.ok()?.owner);
                let before = before.map_or(Before::Untold, Before::Row);
                Some(Change { position, key, version, part, row, before })
            }
            // Made and deleted at once: nobody has seen it.
            (None, Some(before)) => {
                Some(Change { position, key, version, part: None, row, before: Before::Row(before) })
            }
            // Of a projector that does not tell yet. Whose it was cannot be known of a file that is gone.
            (None, None) => None,
        }
    }

    async fn records(
        &self,
        scope: &Scope,
        _audience: &Audience,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Page, SourceError> {
        let mut conn = self.read_model.connection().await?;
        let owner = match *scope {
            Scope::One(id) => {
                let is_there = |row: &FileRow| after.is_none() && !row.deleted;
                return one(answer(queries::snapshot_of(&mut conn, id).await)?, is_there);
            }
            Scope::Part(owner) => Some(owner),
            Scope::All => None,
        };
        let read = answer(queries::snapshot_page(&mut conn, owner, after, rows(limit)).await)?;
        self.remember_keys(&read.rows).await;
        page(read, limit)
    }

    async fn changed(&self, extent: &Extent, after: i64, limit: usize) -> Result<Page, SourceError> {
        let mut conn = self.read_model.connection().await?;
        let owners = match extent {
            Extent::One(id) => {
                return one(answer(queries::snapshot_of(&mut conn, *id).await)?, |row| row.position > after);
            }
            Extent::Parts(owners) => Some(owners.clone()),
            Extent::All => None,
        };
        page(answer(queries::snapshot_changed_after(&mut conn, owners, after, rows(limit)).await)?, limit)
    }

    /// A file stays its owner's: whoever sees it sees all of its states.
    async fn earlier(&self, changes: &[&Change], _after: i64) -> Result<Option<Earlier>, SourceError> {
        Ok(Some(changes.iter().map(|change| (change.key, vec![Data::new()])).collect()))
    }

    /// No conditions are asked of files.
    fn seen(&self, _row: &RawValue) -> Option<Data> {
        Some(Data::new())
    }

    async fn render(&self, change: &Change) -> Result<Option<Bytes>, SourceError> {
        let Some(row) = change.row.as_ref().and_then(|row| row_of(row).ok()) else {
            return Ok(unreadable(change, &"the row is malformed"));
        };
        let key = match self.keys.get(row.owner).await {
            Ok(key) => key,
            // Nothing of the owner can be read any more, so the file is as good as gone.
            Err(SubjectKeyError::Erased) => return Ok(None),
            Err(error @ (SubjectKeyError::Unknown | SubjectKeyError::DoesNotOpen)) => {
                return Ok(unreadable(change, &error));
            }
            Err(error @ (SubjectKeyError::Pool(_) | SubjectKeyError::Query(_))) => {
                return Err(SourceError::Unavailable(error.into()));
            }
        };
        match FileView::open_row(row, &key) {
            Ok(view) => Ok(Some(answer(serde_json::to_vec(&view))?.into())),
            Err(error) => Ok(unreadable(change, &error)),
        }
    }

    /// A file is nobody's account.
    fn standing(&self, _change: &Change) -> Option<Standing> {
        None
    }
}

fn row_of(row: &RawValue) -> Result<FileRow, serde_json::Error> {
    serde_json::from_str(row.get())
}

fn one(read: Snapshot<Option<FileRow>>, is_meant: impl Fn(&FileRow) -> bool) -> Result<Page, SourceError> {
    let Snapshot { epoch, position, rows } = read;
    let rows = rows.into_iter().filter(is_meant).collect();
    page(Snapshot { epoch, position, rows }, usize::MAX)
}

fn page(read: Snapshot<Vec<FileRow>>, limit: usize) -> Result<Page, SourceError> {
    let more = read.rows.len() >= limit;
    let changes = read.rows.iter().map(change).collect::<Result<_, _>>()?;
    let mark = Mark { epoch: Arc::from(read.epoch.to_string()), position: read.position };
    Ok(Page { mark, changes, more })
}

fn change(row: &FileRow) -> Result<Change, SourceError> {
    let (position, key, version, part) = (row.position, row.id, row.version, Some(row.owner));
    let json = if row.deleted { None } else { Some(answer(to_raw_value(row))?) };
    Ok(Change { position, key, version, part, row: json, before: Before::Untold })
}

/// One file that cannot be shown must not hold up all others.
fn unreadable(change: &Change, reason: &dyn std::fmt::Debug) -> Option<Bytes> {
    counter!(metrics::UNREADABLE, "projection" => NAME).increment(1);
    error!(file = %change.key, position = change.position, ?reason, "a file cannot be shown");
    None
}
