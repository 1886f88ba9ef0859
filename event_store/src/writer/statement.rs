//! The one statement of a batch: `SELECT * FROM append_events(…)`, prepared once per connection.

use bootstrap::db::Connection;
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Binary, Integer, Jsonb, Nullable, SmallInt, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::batch::Batch;
use crate::{Append, AppendError, Appended, ClaimChange, Expected, RawJson, StreamId};

const APPENDED: i16 = 0;
const DUPLICATE: i16 = 1;
const CONFLICT: i16 = 2;
const CLAIM_TAKEN: i16 = 3;

/// Why a whole batch was not committed.
#[derive(Debug)]
pub(super) enum BatchFailure {
    /// The server is there and does not take it.
    Refused(String),
    /// A lost connection, a time-out, a server that restarts: the same batch may succeed later, or has already.
    Passing(String),
}

impl BatchFailure {
    pub(super) fn passing(error: impl ToString) -> Self {
        Self::Passing(error.to_string())
    }
}

impl From<diesel::result::Error> for BatchFailure {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        match &error {
            // A breach of the batch's own rules, or values that PostgreSQL does not take.
            Error::DatabaseError(Kind::UniqueViolation | Kind::CheckViolation | Kind::NotNullViolation, _) => {
                Self::Refused(error.to_string())
            }
            Error::DatabaseError(Kind::Unknown, information) if is_refusal(information.message()) => {
                Self::Refused(error.to_string())
            }
            _ => Self::Passing(error.to_string()),
        }
    }
}

/// diesel hides the SQLSTATE of these: data exceptions (class 22), which are the append's own fault.
fn is_refusal(message: &str) -> bool {
    ["invalid input syntax", "unsupported Unicode escape", "value overflows", "out of range", "too long"]
        .iter()
        .any(|refusal| message.contains(refusal))
}

/// What became of each append of a batch.
#[derive(Debug)]
pub(super) struct Outcomes {
    base: i64,
    outcomes: Vec<i16>,
    /// Version before the batch, per stream over all appends.
    current: Vec<i64>,
    /// Index from 1 of the stream or claim that failed, over all appends.
    culprits: Vec<i32>,
    owners: Vec<Option<String>>,
    shapes: Vec<Shape>,
}

/// As much of an append as its answer needs.
#[derive(Debug)]
struct Shape {
    command_id: Uuid,
    streams: Vec<(StreamId, usize)>,
    claims: usize,
}

impl Outcomes {
    /// The head after the batch, if it moved.
    pub(super) fn head(&self) -> Option<i64> {
        let appended: usize = self.appended().map(Shape::events).sum();
        (appended > 0).then_some(self.base + appended as i64)
    }

    /// Indices of the appends whose command or idempotency key had been recorded before.
    pub(super) fn duplicates(&self) -> impl Iterator<Item = usize> {
        self.outcomes.iter().enumerate().filter(|(_, outcome)| **outcome == DUPLICATE).map(|(index, _)| index)
    }

    fn appended(&self) -> impl Iterator<Item = &Shape> {
        self.shapes.iter().zip(&self.outcomes).filter(|(_, outcome)| **outcome == APPENDED).map(|(shape, _)| shape)
    }

    /// One result per append, in order. A duplicate's is found by [`super::resolve`]; here it is unknown.
    pub(super) fn into_results(self) -> impl Iterator<Item = Result<Appended, AppendError>> {
        let Self { base, outcomes, current, culprits, owners, shapes } = self;
        let (mut position, mut stream, mut claim) = (base, 0, 0);
        shapes.into_iter().zip(outcomes).zip(culprits.into_iter().zip(owners)).map(
            move |((shape, outcome), (culprit, owner))| {
                let (first_stream, first_claim) = (stream, claim);
                stream += shape.streams.len();
                claim += shape.claims;
                let culprit = (culprit as usize).saturating_sub(1);
                match outcome {
                    APPENDED => {
                        let first_position = position + 1;
                        position += shape.events() as i64;
                        let before = &current[first_stream..stream];
                        let versions =
                            shape.streams.iter().zip(before).map(|((_, events), before)| before + *events as i64);
                        Ok(Appended {
                            command_id: shape.command_id,
                            first_position,
                            last_position: position,
                            versions: versions.collect(),
                            replay: None,
                        })
                    }
                    CONFLICT => Err(AppendError::Conflict {
                        stream: shape.streams[culprit - first_stream].0.clone(),
                        actual: current[culprit],
                    }),
                    CLAIM_TAKEN => Err(AppendError::ClaimTaken { claim: culprit - first_claim, owner }),
                    _ => Err(AppendError::OutcomeUnknown),
                }
            },
        )
    }
}

impl Shape {
    fn of(append: &Append) -> Self {
        Self {
            command_id: append.command_id,
            streams: append.streams.iter().map(|part| (part.stream.clone(), part.events.len())).collect(),
            claims: append.claims.len(),
        }
    }

    fn events(&self) -> usize {
        self.streams.iter().map(|(_, events)| events).sum()
    }
}

type Row = (i64, Vec<i16>, Vec<i64>, Vec<i32>, Vec<Option<String>>);

/// Commits the batch.
pub(super) async fn append(conn: &mut Connection, batch: &Batch) -> Result<Outcomes, BatchFailure> {
    let call = AppendEvents::of(batch)?;
    let (base, outcomes, current, culprits, owners): Row = call.get_result(conn).await?;
    let shapes = batch.appends().map(Shape::of).collect();
    Ok(Outcomes { base, outcomes, current, culprits, owners, shapes })
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
    e_metadata: Vec<RawJson>,
    c_append: Vec<i32>,
    c_kind: Vec<i16>,
    c_scope: Vec<&'a str>,
    c_hash: Vec<&'a [u8]>,
    c_stream: Vec<&'a str>,
    c_new_stream: Vec<Option<&'a str>>,
}

impl<'a> AppendEvents<'a> {
    fn of(batch: &'a Batch) -> Result<Self, BatchFailure> {
        let mut call = Self::default();
        for (append, index) in batch.appends().zip(1..) {
            call.add(append, index).map_err(|error| BatchFailure::Refused(error.to_string()))?;
        }
        Ok(call)
    }

    fn add(&mut self, append: &'a Append, index: i32) -> serde_json::Result<()> {
        self.a_command.push(append.command_id);
        self.a_key.push(append.idempotency.as_ref().map(|idempotency| idempotency.key));
        self.a_fingerprint.push(append.idempotency.as_ref().map(|idempotency| idempotency.fingerprint));
        self.a_response.push(append.response.as_ref());
        self.a_events.push(append.event_count() as i32);
        let metadata = RawJson::from_serialize(&append.metadata)?;
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
                self.e_metadata.push(metadata.clone());
            }
        }
        append.claims.iter().for_each(|claim| self.add_claim(claim, index));
        Ok(())
    }

    fn add_claim(&mut self, claim: &'a ClaimChange, index: i32) {
        let (kind, stream, new_stream) = match claim {
            ClaimChange::Release { stream, .. } => (0, stream, None),
            ClaimChange::Take { stream, .. } => (1, stream, None),
            ClaimChange::Transfer { from, to, .. } => (2, from, Some(to.as_str())),
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
