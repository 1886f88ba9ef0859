//! Users, as `users` and `users/me` show them.

use std::sync::Arc;

use ::metrics::counter;
use async_trait::async_trait;
use bootstrap::db::Pool;
use bytes::Bytes;
use domain::collections::Data;
use event_store::{SubjectKeys, subject_keys::SubjectKeyError};
use futures::FutureExt;
use projections::{
    Snapshot,
    users::{NAME, UserRow, queries},
};
use serde_json::value::{RawValue, to_raw_value};
use tracing::error;
use uuid::Uuid;

use super::{
    super::{
        audience::Audience,
        metrics,
        source::{AccountState, Before, Change, Earlier, Extent, Mark, Page, Scope, Source, SourceError, Standing},
    },
    read_model::{ReadModel, answer, rows},
};
use crate::users::UserView;

/// Reads the projection `users`.
pub(crate) struct Users {
    read_model: ReadModel,
    keys: SubjectKeys,
}

impl Users {
    pub(crate) fn new(pool: Pool, keys: SubjectKeys) -> Self {
        Self { read_model: ReadModel::new(pool, NAME), keys }
    }

    /// One query for the keys of a page, whose rows are opened one by one. Whatever fails here is seen to there.
    async fn remember_keys(&self, rows: &[UserRow]) {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        drop(self.keys.get_many(&ids).await);
    }
}

#[async_trait]
impl Source for Users {
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
            Scope::One(id) => one(answer(queries::snapshot_of(&mut conn, id).await)?, |_| after.is_none()),
            Scope::All | Scope::Part(_) => {
                let read = queries::snapshot(&mut conn, move |conn| queries::page(conn, after, rows(limit)).boxed());
                let read = answer(read.await)?;
                self.remember_keys(&read.rows).await;
                page(read, limit)
            }
        }
    }

    async fn changed(&self, extent: &Extent, after: i64, limit: usize) -> Result<Page, SourceError> {
        let mut conn = self.read_model.connection().await?;
        match *extent {
            Extent::One(id) => {
                let read = queries::snapshot(&mut conn, move |conn| queries::find_with_removed(conn, id).boxed());
                one(answer(read.await)?, |row| row.position > after)
            }
            Extent::All | Extent::Parts(_) => {
                page(answer(queries::snapshot_changed_after(&mut conn, after, rows(limit)).await)?, limit)
            }
        }
    }

    /// Nobody asks: who sees a user sees all of that user's states.
    async fn earlier(&self, _changes: &[&Change], _after: i64) -> Result<Option<Earlier>, SourceError> {
        Ok(Some(Earlier::default()))
    }

    fn seen(&self, _row: &RawValue) -> Option<Data> {
        None
    }

    async fn render(&self, change: &Change) -> Result<Option<Bytes>, SourceError> {
        let Some(row) = row_of(change) else { return Ok(unreadable(change, &"the row is malformed")) };
        // Remembered for the opening that follows.
        match self.keys.get(change.key).await {
            Ok(_) => {}
            // Nothing of this person can be read any more, so they are as good as gone.
            Err(SubjectKeyError::Erased) => return Ok(None),
            Err(error @ (SubjectKeyError::Unknown | SubjectKeyError::DoesNotOpen)) => {
                return Ok(unreadable(change, &error));
            }
            Err(error @ (SubjectKeyError::Pool(_) | SubjectKeyError::Query(_))) => {
                return Err(SourceError::Unavailable(error.into()));
            }
        }
        match UserView::open(row, &self.keys).await {
            Ok(view) => Ok(Some(answer(serde_json::to_vec(&view))?.into())),
            Err(error) => Ok(unreadable(change, &error)),
        }
    }

    fn standing(&self, change: &Change) -> Option<Standing> {
        let account = match &change.row {
            Some(_) => state_of(&row_of(change)?),
            None => AccountState::Gone,
        };
        Some(Standing { version: change.version, account })
    }
}

fn one(read: Snapshot<Option<UserRow>>, is_meant: impl Fn(&UserRow) -> bool) -> Result<Page, SourceError> {
    let Snapshot { epoch, position, rows } = read;
    let rows = rows.into_iter().filter(is_meant).collect();
    page(Snapshot { epoch, position, rows }, usize::MAX)
}

fn page(read: Snapshot<Vec<UserRow>>, limit: usize) -> Result<Page, SourceError> {
    let more = read.rows.len() >= limit;
    let changes = read.rows.iter().map(change).collect::<Result<_, _>>()?;
    let mark = Mark { epoch: Arc::from(read.epoch.to_string()), position: read.position };
    Ok(Page { mark, changes, more })
}

fn change(row: &UserRow) -> Result<Change, SourceError> {
    let json = if row.deleted { None } else { Some(answer(to_raw_value(row))?) };
    let (position, key, version) = (row.position, row.id, row.version);
    Ok(Change { position, key, version, part: None, row: json, before: Before::Irrelevant })
}

fn state_of(row: &UserRow) -> AccountState {
    if row.is_active() {
        // Never negative.
        let generation = u32::try_from(row.generation).unwrap_or_default();
        AccountState::Active { roles: row.role_names(), generation, second_factor: row.totp }
    } else {
        AccountState::Suspended
    }
}

fn row_of(change: &Change) -> Option<UserRow> {
    serde_json::from_str(change.row.as_ref()?.get()).ok()
}

/// One record that cannot be shown must not hold up all others.
fn unreadable(change: &Change, reason: &dyn std::fmt::Debug) -> Option<Bytes> {
    counter!(metrics::UNREADABLE, "projection" => NAME).increment(1);
    error!(user = %change.key, position = change.position, ?reason, "a user cannot be shown");
    None
}
