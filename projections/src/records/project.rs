//! Makes the read model of records from their events.

use std::collections::HashMap;

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::{Aggregate, records::Record};
use event_store::{RecordedEvent, consumer::HandlerError};
use futures::{FutureExt, future::BoxFuture};
use uuid::Uuid;

use super::{NAME, RecordRow, fold::fold, upsert::Upsert};
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
        &[Record::CATEGORY]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["records"]
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
    let events = rows::with_ids(events, Record::CATEGORY)?;
    let rows = load(conn, &rows::known_before(&events)).await?;
    let before = rows::before(&rows)?;
    let changed = rows::folded(rows, &events, fold)?;
    if !changed.is_empty() {
        Upsert::of(&changed).execute(conn).await?;
    }
    // Who could see a record that a change takes away from them is told so: that depends on what it was.
    Ok(before.tell(rows::changes(NAME, &changed)?))
}

async fn load(conn: &mut Connection, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, RecordRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<RecordRow> =
        records::table.filter(records::id.eq_any(ids)).select(RecordRow::as_select()).load(conn).await?;
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
