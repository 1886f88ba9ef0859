//! The rooms as a hub follows them. Their parts are the rooms.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::collections::Data;
use serde::Serialize;
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};
use uuid::Uuid;

use super::{
    NAME, Presence,
    room::part_of,
    rooms::{Rooms, Row},
    word::Member,
};
use crate::live::{
    audience::Audience,
    source::{Before, Change, Earlier, Extent, Mark, Page, Scope, Source, SourceError, Standing},
};

/// Reads what a process knows of who is there.
pub(crate) struct Members(Arc<Presence>);

impl Members {
    pub(crate) fn new(presence: Arc<Presence>) -> Self {
        Self(presence)
    }

    /// Rows, and where they were read.
    fn read(&self, rows: impl FnOnce(&mut Rooms) -> Vec<Row>, limit: usize) -> Result<Page, SourceError> {
        let (mark, rows) = {
            let mut known = self.0.lock();
            let rows = rows(&mut known.rooms);
            (self.0.mark(&known.rooms), rows)
        };
        let more = rows.len() >= limit;
        let changes = rows.iter().map(change).collect::<Result<_, _>>()?;
        Ok(Page { mark, changes, more })
    }
}

#[async_trait]
impl Source for Members {
    fn projection(&self) -> &'static str {
        NAME
    }

    async fn mark(&self) -> Result<Mark, SourceError> {
        Ok(self.0.mark(&self.0.lock().rooms))
    }

    async fn lanes(&self) -> Result<usize, SourceError> {
        Ok(1)
    }

    fn told(&self, change: projections::Change) -> Option<Change> {
        let key = Uuid::parse_str(&change.key).ok()?;
        let projections::Change { position, version, row, before, .. } = change;
        let before = before.flatten();
        let part = part_of(&member(row.as_ref().or(before.as_ref())?)?.room);
        Some(Change { position, key, version, part: Some(part), row, before: Before::Row(before) })
    }

    async fn records(
        &self,
        scope: &Scope,
        _audience: &Audience,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Page, SourceError> {
        match *scope {
            Scope::Part(part) => self.read(|rooms| rooms.page(part, after, limit), limit),
            // Nobody follows all rooms, or one member.
            Scope::All | Scope::One(_) => self.read(|_| vec![], limit),
        }
    }

    async fn changed(&self, extent: &Extent, after: i64, limit: usize) -> Result<Page, SourceError> {
        match extent {
            Extent::Parts(parts) => self.read(|rooms| rooms.changed(parts, after, limit), limit),
            Extent::All | Extent::One(_) => self.read(|_| vec![], limit),
        }
    }

    /// Whoever is in a room sees everybody there, so who has left was seen.
    async fn earlier(&self, changes: &[&Change], _after: i64) -> Result<Option<Earlier>, SourceError> {
        Ok(Some(changes.iter().map(|change| (change.key, vec![Data::new()])).collect()))
    }

    async fn render(&self, change: &Change) -> Result<Option<Bytes>, SourceError> {
        let Some(Member { user_id, joined_at, state, .. }) = change.row.as_ref().and_then(|row| member(row)) else {
            return Ok(None);
        };
        let shown = serde_json::to_vec(&Shown { user_id, joined_at, state });
        shown.map(|shown| Some(shown.into())).map_err(|error| SourceError::Unavailable(error.into()))
    }

    /// No conditions are asked of members.
    fn seen(&self, _row: &RawValue) -> Option<Data> {
        Some(Data::new())
    }

    fn standing(&self, _change: &Change) -> Option<Standing> {
        None
    }
}

/// A member as the others see it.
#[derive(Serialize)]
struct Shown {
    user_id: Uuid,
    joined_at: DateTime<Utc>,
    state: Value,
}

fn member(row: &RawValue) -> Option<Member> {
    serde_json::from_str(row.get()).ok()
}

fn change(row: &Row) -> Result<Change, SourceError> {
    let Row { position, member, is_gone } = row;
    let json = to_raw_value(member).map_err(|error| SourceError::Unavailable(error.into()))?;
    let (part, row) = (Some(part_of(&member.room)), (!is_gone).then_some(json));
    let (position, before) = (*position, Before::Untold);
    Ok(Change { position, key: member.key, version: member.version, part, row, before })
}
