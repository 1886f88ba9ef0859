//! Makes the read model of orders from their events.

use std::collections::HashMap;

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper, upsert::excluded};
use diesel_async::RunQueryDsl;
use domain::Aggregate;
use event_store::{RecordedEvent, consumer::HandlerError};
use futures::{FutureExt, future::BoxFuture};
use projections::{
    Change, Projection,
    rows::{self, StreamRow},
};
use uuid::Uuid;

use super::{NAME, OrderRow, fold::fold, schema::orders};
use crate::domain::Order;

#[derive(Clone, Copy, Debug)]
pub struct Orders;

impl Projection for Orders {
    fn name(&self) -> &'static str {
        NAME
    }

    fn categories(&self) -> &'static [&'static str] {
        &[Order::CATEGORY]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["orders"]
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
    let events = rows::with_ids(events, Order::CATEGORY)?;
    let before = load(conn, &rows::known_before(&events)).await?;
    let changed = rows::folded(before, &events, fold)?;
    if !changed.is_empty() {
        upsert(conn, &changed).await?;
    }
    rows::changes(NAME, &changed)
}

async fn load(conn: &mut Connection, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, OrderRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<OrderRow> =
        orders::table.filter(orders::id.eq_any(ids)).select(OrderRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What an order is about does not change, so it is written once.
async fn upsert(conn: &mut Connection, rows: &[OrderRow]) -> QueryResult<()> {
    diesel::insert_into(orders::table)
        .values(rows)
        .on_conflict(orders::id)
        .do_update()
        .set((
            orders::version.eq(excluded(orders::version)),
            orders::status.eq(excluded(orders::status)),
            orders::cancel_reason.eq(excluded(orders::cancel_reason)),
            orders::refund_due.eq(excluded(orders::refund_due)),
            orders::updated_at.eq(excluded(orders::updated_at)),
            orders::position.eq(excluded(orders::position)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

impl StreamRow for OrderRow {
    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn position(&self) -> i64 {
        self.position
    }

    /// Orders stay.
    fn is_tombstone(&self) -> bool {
        false
    }
}
