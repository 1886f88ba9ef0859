//! Makes the read model of files from their events.

use std::collections::HashMap;

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::{Aggregate, files::File};
use event_store::{RecordedEvent, consumer::HandlerError};
use futures::{FutureExt, future::BoxFuture};
use uuid::Uuid;

use super::{FileRow, NAME, fold::fold, upsert::Upsert};
use crate::{
    Change, Projection,
    rows::{self, StreamRow},
    schema::files,
};

#[derive(Clone, Copy, Debug)]
pub struct Files;

impl Projection for Files {
    fn name(&self) -> &'static str {
        NAME
    }

    fn categories(&self) -> &'static [&'static str] {
        &[File::CATEGORY]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["files"]
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
    let events = rows::with_ids(events, File::CATEGORY)?;
    let rows = load(conn, &rows::known_before(&events)).await?;
    let before = rows::before(&rows)?;
    let changed = rows::folded(rows, &events, fold)?;
    if !changed.is_empty() {
        Upsert::of(&changed).execute(conn).await?;
    }
    // Whose a file was that is gone, only the row of before says.
    Ok(before.tell(rows::changes(NAME, &changed)?))
}

async fn load(conn: &mut Connection, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, FileRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<FileRow> = files::table.filter(files::id.eq_any(ids)).select(FileRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

impl StreamRow for FileRow {
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
