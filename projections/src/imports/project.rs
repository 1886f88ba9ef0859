//! Makes the read model of imports from their events.

use std::{cell::RefCell, collections::HashMap};

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::{Aggregate, imports::Import};
use event_store::{RecordedEvent, consumer::HandlerError};
use futures::{FutureExt, future::BoxFuture};
use uuid::Uuid;

use super::{
    ImportRow, NAME,
    fold::fold,
    upsert::{InsertErrors, Upsert},
};
use crate::{
    Change, Projection,
    rows::{self, StreamRow},
    schema::{import_errors, imports},
};

#[derive(Clone, Copy, Debug)]
pub struct Imports;

impl Projection for Imports {
    fn name(&self) -> &'static str {
        NAME
    }

    fn categories(&self) -> &'static [&'static str] {
        &[Import::CATEGORY]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["imports", "import_errors"]
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
    let events = rows::with_ids(events, Import::CATEGORY)?;
    let before = load(conn, &rows::known_before(&events)).await?;
    let errors = RefCell::new(vec![]);
    let changed = rows::folded(before, &events, |row, id, event| fold(row, id, event, &mut errors.borrow_mut()))?;
    let (errors, changes) = (errors.into_inner(), rows::changes(NAME, &changed)?);
    if !changed.is_empty() {
        Upsert::of(&changed).execute(conn).await?;
    }
    if !errors.is_empty() {
        InsertErrors::of(&errors).execute(conn).await?;
    }
    let removed: Vec<Uuid> = changed.iter().filter(|row| row.deleted).map(|row| row.id).collect();
    if !removed.is_empty() {
        diesel::delete(import_errors::table.filter(import_errors::import_id.eq_any(removed))).execute(conn).await?;
    }
    Ok(changes)
}

async fn load(conn: &mut Connection, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, ImportRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<ImportRow> =
        imports::table.filter(imports::id.eq_any(ids)).select(ImportRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

impl StreamRow for ImportRow {
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
