//! Makes the read model of records from their events.

use std::collections::HashMap;

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::{Aggregate, collections::Collection, records::Record, schema_changes::SchemaChange};
use event_store::{RecordedEvent, consumer::HandlerError};
use futures::{FutureExt, future::BoxFuture};
use uuid::Uuid;

use super::{
    NAME, RecordRow,
    fold::fold,
    generations::{Generations, serving},
    upsert::Upsert,
};
use crate::{
    Change, Projection,
    rows::{self, StreamRow},
    schema::records,
};

#[derive(Clone, Copy, Debug)]
pub struct Records;

impl Projection for Records {
    fn name(&self) -> &'static str {
        NAME
    }

    fn categories(&self) -> &'static [&'static str] {
        &[Record::CATEGORY, Collection::CATEGORY, SchemaChange::CATEGORY]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["records", "record_generations"]
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
    let mut generations = Generations::load(conn).await?;
    let is_record = |event: &RecordedEvent| event.category == Record::CATEGORY;
    let mut changes = vec![];
    for part in events.chunk_by(|one, next| is_record(one) == is_record(next)) {
        if part.first().is_some_and(is_record) {
            changes.extend(project_records(conn, &mut generations, part).await?);
            continue;
        }
        for event in part {
            generations.take(conn, event).await?;
        }
    }
    Ok(changes)
}

async fn project_records(
    conn: &mut Connection,
    generations: &mut Generations,
    events: &[RecordedEvent],
) -> Result<Vec<Change>, HandlerError> {
    let events = rows::with_ids(events, Record::CATEGORY)?;
    let rows = load(conn, &rows::known_before(&events)).await?;
    let before = rows::before(&rows)?;
    let changed = rows::folded(rows, &events, fold)?;
    if let Some(row) = changed.iter().find(|row| row.generation != generations.serving(row.collection)) {
        return Err(HandlerError::Other(format!("record {} is of another generation than its collection", row.id)));
    }
    let drafts = generations.drafts(&changed)?;
    let written: Vec<&RecordRow> = changed.iter().chain(&drafts).collect();
    if !written.is_empty() {
        Upsert::of(&written).execute(conn).await?;
    }
    // Who could see a record that a change takes away from them is told so: that depends on what it was.
    Ok(before.tell(rows::changes(NAME, &changed)?))
}

async fn load(conn: &mut Connection, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, RecordRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<RecordRow> = records::table
        .filter(records::id.eq_any(ids))
        .filter(serving())
        .select(RecordRow::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

impl StreamRow for RecordRow {
    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn position(&self) -> i64 {
        self.position
    }

    fn is_tombstone(&self) -> bool {
        self.deleted
    }
}
