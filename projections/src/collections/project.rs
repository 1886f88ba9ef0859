//! Makes the read model of collections from their events.

use std::collections::HashMap;

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::{Aggregate, collections::Collection};
use event_store::{RecordedEvent, consumer::HandlerError};
use futures::{FutureExt, future::BoxFuture};
use uuid::Uuid;

use super::{CollectionRow, NAME, fold::fold, upsert::Upsert};
use crate::{
    Change, Projection,
    rows::{self, StreamRow},
    schema::collections,
};

#[derive(Clone, Copy, Debug)]
pub struct Collections;

impl Projection for Collections {
    fn name(&self) -> &'static str {
        NAME
    }

    fn categories(&self) -> &'static [&'static str] {
        &[Collection::CATEGORY]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["collections"]
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
    let events = rows::with_ids(events, Collection::CATEGORY)?;
    let before = load(conn, &rows::known_before(&events)).await?;
    let changed = rows::folded(before, &events, fold)?;
    if !changed.is_empty() {
        Upsert::of(&changed).execute(conn).await?;
    }
    rows::changes(NAME, &changed)
}

async fn load(conn: &mut Connection, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, CollectionRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CollectionRow> =
        collections::table.filter(collections::id.eq_any(ids)).select(CollectionRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

impl StreamRow for CollectionRow {
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
