//! The one statement of a batch: `SELECT … FROM append_events(…)`, prepared once per connection.

use bootstrap::db::Connection;
use diesel::{
    QueryResult,
    deserialize::FromSqlRow,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Binary, Integer, Jsonb, Nullable, SmallInt, Text, Uuid as SqlUuid},
};
use diesel_async::AsyncConnectionCore;
use futures::{FutureExt, TryStreamExt, future::BoxFuture};
use uuid::Uuid;

use super::{
    failure::Failure,
    outcomes::{Outcomes, Row, Shape},
    pending::Pending,
    resolve,
};
use crate::{AppendError, Appended, ClaimChange, Expected, RawJson};

/// What became of a batch that was committed.
#[derive(Debug)]
pub(super) struct Committed {
    /// The head after the batch, if it moved.
    pub(super) head: Option<i64>,
    /// One for each append, in order.
    pub(super) results: Vec<Result<Appended, AppendError>>,
}

/// Commits the batch. The statement's arguments are written before this returns; nothing is sent before the first poll.
pub(super) fn append<'c>(conn: &'c Connection, batch: &[Pending]) -> BoxFuture<'c, Result<Committed, Failure>> {
    let call = AsyncConnectionCore::load(&mut &*conn, AppendEvents::of(batch));
    let shapes: Vec<Shape> = batch.iter().map(Shape::of).collect();
    async move {
        // To the end of the answer, not only to its one row: the server sends the row before it commits.
        let rows: Vec<_> = call.await?.try_collect().await?;
        let [row] = rows.as_slice() else { return Err(Failure::open("append_events gave no row")) };
        let row: Row = FromSqlRow::<<AppendEvents<'_> as Query>::SqlType, Pg>::build_from_row(row)
            .map_err(diesel::result::Error::DeserializationError)?;
        let outcomes = Outcomes::new(row, shapes);
        let repeats = resolve::repeats(conn, &outcomes).await?;
        Ok(Committed { head: outcomes.head(), results: outcomes.into_results(repeats) })
    }
    .boxed()
}

/// The arguments of `append_events`, in four groups: appends, streams, events, claim changes.
#[derive(Default)]
struct AppendEvents<'a> {
    a_command: Vec<Uuid>,
    a_key: Vec<Option<Uuid>>,
    a_fingerprint: Vec<Option<Uuid>>,
    a_response: Vec<Option<&'a RawJson>>,
    a_events: Vec<i32>,
    s_append: Vec<i32>,
    s_stream: Vec<&'a str>,
    s_expected: Vec<Option<i64>>,
    e_append: Vec<i32>,
    e_stream_index: Vec<i32>,
    e_offset: Vec<i32>,
    e_stream: Vec<&'a str>,
    e_category: Vec<&'a str>,
    e_id: Vec<Uuid>,
    e_type: Vec<&'a str>,
    e_version: Vec<i16>,
    e_payload: Vec<&'a RawJson>,
    e_metadata: Vec<&'a RawJson>,
    c_append: Vec<i32>,
    c_kind: Vec<i16>,
    c_scope: Vec<&'a str>,
    c_hash: Vec<&'a [u8]>,
    c_stream: Vec<&'a str>,
    c_new_stream: Vec<Option<&'a str>>,
}

impl<'a> AppendEvents<'a> {
    fn of(batch: &'a [Pending]) -> Self {
        let mut call = Self::default();
        batch.iter().zip(1..).for_each(|(pending, index)| call.add(pending, index));
        call
    }

    fn add(&mut self, Pending { append, metadata, .. }: &'a Pending, index: i32) {
        self.a_command.push(append.command_id);
        self.a_key.push(append.idempotency.as_ref().map(|idempotency| idempotency.key));
        self.a_fingerprint.push(append.idempotency.as_ref().map(|idempotency| idempotency.fingerprint));
        self.a_response.push(append.response.as_ref());
        self.a_events.push(append.event_count() as i32);
        for part in &append.streams {
            self.s_append.push(index);
            self.s_stream.push(part.stream.as_str());
            self.s_expected.push(match part.expected {
                Expected::Any => None,
                Expected::Exactly(version) => Some(version),
            });
            for (event, offset) in part.events.iter().zip(1..) {
                self.e_append.push(index);
                self.e_stream_index.push(self.s_stream.len() as i32);
                self.e_offset.push(offset);
                self.e_stream.push(part.stream.as_str());
                self.e_category.push(part.stream.category());
                self.e_id.push(event.id);
                self.e_type.push(event.name.name);
                self.e_version.push(event.name.version);
                self.e_payload.push(&event.payload);
                self.e_metadata.push(metadata);
            }
        }
        for (stream, version) in &append.unchanged {
            self.s_append.push(index);
            self.s_stream.push(stream.as_str());
            self.s_expected.push(Some(*version));
        }
        append.claims.iter().for_each(|claim| self.add_claim(claim, index));
    }

    fn add_claim(&mut self, claim: &'a ClaimChange, index: i32) {
        let (kind, stream, new_stream) = match claim {
            ClaimChange::Release { stream, .. } => (0, stream, None),
            ClaimChange::Take { stream, .. } => (1, stream, None),
            ClaimChange::Transfer { from, to, .. } => (2, from, Some(to.as_str())),
            ClaimChange::Unheld { stream, .. } => (3, stream, None),
            ClaimChange::LetGo { stream, .. } => (4, stream, None),
        };
        self.c_append.push(index);
        self.c_kind.push(kind);
        self.c_scope.push(claim.scope());
        self.c_hash.push(claim.key_hash());
        self.c_stream.push(stream.as_str());
        self.c_new_stream.push(new_stream);
    }
}

impl QueryId for AppendEvents<'_> {
    // A type without lifetimes names the statement, so that diesel keeps it prepared.
    type QueryId = AppendEvents<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for AppendEvents<'_> {
    type SqlType = (BigInt, Array<SmallInt>, Array<BigInt>, Array<Integer>, Array<Nullable<Text>>);
}

impl QueryFragment<Pg> for AppendEvents<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT base, outcome, current, culprit, owner FROM append_events(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.a_command)?;
        macro_rules! bind {
            ($($field:ident: $type:ty),* $(,)?) => {$(
                out.push_sql(", ");
                out.push_bind_param::<Array<$type>, _>(&self.$field)?;
            )*};
        }
        bind!(
            a_key: Nullable<SqlUuid>, a_fingerprint: Nullable<SqlUuid>, a_response: Nullable<Jsonb>, a_events: Integer,
            s_append: Integer, s_stream: Text, s_expected: Nullable<BigInt>,
            e_append: Integer, e_stream_index: Integer, e_offset: Integer, e_stream: Text, e_category: Text,
            e_id: SqlUuid, e_type: Text, e_version: SmallInt, e_payload: Jsonb, e_metadata: Jsonb,
            c_append: Integer, c_kind: SmallInt, c_scope: Text, c_hash: Binary, c_stream: Text,
            c_new_stream: Nullable<Text>,
        );
        out.push_sql(")");
        Ok(())
    }
}
