//! Makes the read model of users from their events.

use std::collections::{HashMap, HashSet};

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use event_store::{RecordedEvent, consumer::HandlerError};
use futures::{FutureExt, future::BoxFuture};
use serde_json::value::to_raw_value;
use uuid::Uuid;

use super::{NAME, UserRow, fold::fold, upsert::Upsert};
use crate::{Change, Op, Projection, changes::MOST_CHANGES, schema::users};

const CATEGORY: &str = "user";

#[derive(Clone, Copy, Debug)]
pub struct Users;

impl Projection for Users {
    fn name(&self) -> &'static str {
        NAME
    }

    fn categories(&self) -> &'static [&'static str] {
        &[CATEGORY]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["users"]
    }

    fn project<'a>(
        &'a self,
        conn: &'a mut Connection,
        events: &'a [RecordedEvent],
    ) -> BoxFuture<'a, Result<Vec<Change>, HandlerError>> {
        project(conn, events).boxed()
    }
}

async fn project(conn: &mut Connection, events: &[RecordedEvent]) -> Result<Vec<Change>, HandlerError> {
    let events = with_ids(events)?;
    let mut rows = load(conn, &known_before(&events)).await?;
    let mut changed = HashSet::new();
    for (id, event) in &events {
        if let Some(row) = fold(rows.remove(id), *id, event)? {
            rows.insert(*id, row);
            changed.insert(*id);
        }
    }
    let mut changed: Vec<&UserRow> = changed.iter().filter_map(|id| rows.get(id)).collect();
    if changed.is_empty() {
        return Ok(vec![]);
    }
    changed.sort_unstable_by_key(|row| row.position);
    Upsert::of(&changed).execute(conn).await?;
    let told = changed.len() <= MOST_CHANGES;
    changed.into_iter().map(|row| change(row, told)).collect()
}

fn with_ids(events: &[RecordedEvent]) -> Result<Vec<(Uuid, &RecordedEvent)>, HandlerError> {
    let with_id = |event| {
        let id = RecordedEvent::aggregate_id(event);
        id.map(|id| (id, event)).ok_or_else(|| HandlerError::Other(format!("{} names no user", event.stream_id)))
    };
    events.iter().filter(|event| event.category == CATEGORY).map(with_id).collect()
}

/// Users whose stream does not begin in this batch, so that there are rows of them.
fn known_before(events: &[(Uuid, &RecordedEvent)]) -> Vec<Uuid> {
    let mut seen = HashSet::new();
    let first = events.iter().filter(|(id, _)| seen.insert(*id));
    first.filter(|(_, event)| event.stream_version > 1).map(|(id, _)| *id).collect()
}

async fn load(conn: &mut Connection, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, UserRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<UserRow> = users::table.filter(users::id.eq_any(ids)).select(UserRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What happened to a row; with its columns only if anybody is going to be told.
fn change(row: &UserRow, told: bool) -> Result<Change, HandlerError> {
    let op = if row.deleted { Op::Remove } else { Op::Upsert };
    let columns = (told && !row.deleted).then(|| to_raw_value(row)).transpose();
    Ok(Change {
        topic: NAME.into(),
        key: row.id.to_string(),
        position: row.position,
        version: row.version,
        op,
        row: columns.map_err(|error| HandlerError::Other(error.to_string()))?,
    })
}
