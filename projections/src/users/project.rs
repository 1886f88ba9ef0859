//! Makes the read model of users from their events.

use std::collections::HashMap;

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::{Aggregate, users::User};
use event_store::{RecordedEvent, consumer::HandlerError};
use futures::{FutureExt, future::BoxFuture};
use uuid::Uuid;

use super::{NAME, UserRow, fold::fold, upsert::Upsert};
use crate::{
    Change, Projection,
    rows::{self, StreamRow},
    schema::users,
};

#[derive(Clone, Copy, Debug)]
pub struct Users;

impl Projection for Users {
    fn name(&self) -> &'static str {
        NAME
    }

    fn categories(&self) -> &'static [&'static str] {
        &[User::CATEGORY]
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
    let events = rows::with_ids(events, User::CATEGORY)?;
    let before = load(conn, &rows::known_before(&events)).await?;
    let changed = rows::folded(before, &events, fold)?;
    if !changed.is_empty() {
        Upsert::of(&changed).execute(conn).await?;
    }
    rows::changes(NAME, &changed)
}

async fn load(conn: &mut Connection, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, UserRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<UserRow> = users::table.filter(users::id.eq_any(ids)).select(UserRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

impl StreamRow for UserRow {
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
