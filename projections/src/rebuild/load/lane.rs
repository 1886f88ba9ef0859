//! One lane of a build: reads a window of the log while the one before is being written.

use std::{collections::HashSet, time::Duration};

use bootstrap::db::{self, Connection};
use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, RunQueryDsl};
use event_store::{
    RecordedEvent,
    consumer::{ConsumerKey, HandlerError, StartAt, checkpoint},
    log::{self, Filter, Window},
};
use tracing::error;

use super::{super::build_connection, RebuildError, Reporter, key};
use crate::{
    Projection,
    builds::{Build, BuildState},
    guard,
    rebuild::BATCH,
    runner,
    schema::parked,
};

/// How often a failing event is tried before its stream is parked.
const ATTEMPTS: u32 = 3;
const RETRY: Duration = Duration::from_millis(50);

/// One lane of a build that does not serve.
pub(in crate::rebuild) struct Lane {
    pub(in crate::rebuild) key: ConsumerKey,
    pub(in crate::rebuild) state: BuildState,
    pub(in crate::rebuild) filter: Filter,
    pub(in crate::rebuild) fence: i64,
    /// Everything up to here is in the tables, or parked.
    pub(in crate::rebuild) position: i64,
    pub(in crate::rebuild) parked: HashSet<String>,
    reader: Connection,
    writer: Connection,
}

/// Why a window was not committed.
pub(in crate::rebuild) enum LoadError {
    /// The build was cancelled, or another process works on it.
    TakenAway,
    Handler(HandlerError),
    Query(diesel::result::Error),
}

impl From<diesel::result::Error> for LoadError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

impl Lane {
    pub(super) async fn open(
        url: &str,
        projection: &dyn Projection,
        build: &Build,
        state: BuildState,
        lane: i16,
        fence: i64,
    ) -> Result<Self, RebuildError> {
        let key = key(build, lane);
        let mut writer = build_connection::open(url, projection.name(), build, state).await?;
        let position = checkpoint::take_over(&mut writer, &key, fence, StartAt::Beginning).await?.position;
        let parked = parked_streams(&mut writer, &key).await?;
        let filter = runner::filter(projection, lane, build.lanes);
        Ok(Self { key, state, filter, fence, position, parked, reader: db::connect(url).await?, writer })
    }

    /// Projects everything up to `head`.
    pub(super) async fn load(
        &mut self,
        projection: &dyn Projection,
        head: i64,
        reporter: &Reporter,
    ) -> Result<(), RebuildError> {
        let mut window = log::window(&mut self.reader, &self.filter, self.position, head, BATCH).await?;
        while self.position < head {
            let (reader, filter, upto) = (&mut self.reader, &self.filter, window.upto);
            let next = async {
                if upto < head { log::window(reader, filter, upto, head, BATCH).await.map(Some) } else { Ok(None) }
            };
            let lane = Written { key: &self.key, state: self.state, fence: self.fence, from: self.position };
            let write = write(&mut self.writer, projection, &lane, &window, &self.parked);
            let (next, written) = tokio::join!(next, write);
            match written {
                Ok(()) => self.position = window.upto,
                Err(LoadError::Handler(_)) => self.write_one_by_one(projection, &window).await?,
                Err(LoadError::TakenAway) => return Err(RebuildError::TakenAway),
                Err(LoadError::Query(error)) => return Err(error.into()),
            }
            reporter.advance(self.key.lane, self.position);
            if let Some(next) = next? {
                window = next;
            }
        }
        Ok(())
    }

    /// Finds the events that fail, and parks their streams.
    async fn write_one_by_one(&mut self, projection: &dyn Projection, window: &Window) -> Result<(), RebuildError> {
        for event in &window.events {
            let single = Window { events: vec![event.clone()], upto: event.position };
            self.write_or_park(projection, event, &single).await?;
        }
        let rest = Window { events: vec![], upto: window.upto };
        if self.position < rest.upto {
            self.write(projection, &rest).await.map_err(|error| match error {
                LoadError::Query(error) => error.into(),
                // Nothing was handled.
                LoadError::TakenAway | LoadError::Handler(_) => RebuildError::TakenAway,
            })?;
        }
        Ok(())
    }

    async fn write_or_park(
        &mut self,
        projection: &dyn Projection,
        event: &RecordedEvent,
        single: &Window,
    ) -> Result<(), RebuildError> {
        for attempt in 1.. {
            match self.write(projection, single).await {
                Ok(()) => break,
                Err(LoadError::TakenAway) => return Err(RebuildError::TakenAway),
                Err(LoadError::Query(error)) => return Err(error.into()),
                Err(LoadError::Handler(error)) if attempt >= ATTEMPTS => {
                    self.park(event, &error.to_string()).await?;
                    break;
                }
                Err(LoadError::Handler(_)) => tokio::time::sleep(RETRY * attempt).await,
            }
        }
        Ok(())
    }

    async fn write(&mut self, projection: &dyn Projection, window: &Window) -> Result<(), LoadError> {
        let lane = Written { key: &self.key, state: self.state, fence: self.fence, from: self.position };
        write(&mut self.writer, projection, &lane, window, &self.parked).await?;
        self.position = window.upto;
        Ok(())
    }

    async fn park(&mut self, event: &RecordedEvent, error: &str) -> Result<(), RebuildError> {
        error!(consumer = %self.key.lease_name(), stream = %event.stream_id, position = event.position, error, "parked");
        let (key, fence, from) = (&self.key, self.fence, self.position);
        let moved = self
            .writer
            .transaction(async |conn| {
                let moved = checkpoint::advance(conn, key, fence, from, event.position).await?;
                if moved.is_some() {
                    insert_parked(conn, key, event, error).await?;
                }
                Ok::<_, diesel::result::Error>(moved)
            })
            .await?;
        moved.ok_or(RebuildError::TakenAway)?;
        self.position = event.position;
        self.parked.insert(event.stream_id.clone());
        Ok(())
    }
}

/// Which lane is written, and from where.
pub(in crate::rebuild) struct Written<'a> {
    pub(in crate::rebuild) key: &'a ConsumerKey,
    pub(in crate::rebuild) state: BuildState,
    pub(in crate::rebuild) fence: i64,
    pub(in crate::rebuild) from: i64,
}

/// Writes one window in a transaction of its own, or within one that is open.
pub(in crate::rebuild) async fn write(
    conn: &mut Connection,
    projection: &dyn Projection,
    lane: &Written<'_>,
    window: &Window,
    parked: &HashSet<String>,
) -> Result<(), LoadError> {
    conn.transaction(async |conn| {
        let moved = checkpoint::advance(conn, lane.key, lane.fence, lane.from, window.upto).await?;
        moved.ok_or(LoadError::TakenAway)?;
        guard::check(conn, lane.key, lane.state).await?.ok_or(LoadError::TakenAway)?;
        let digestible: Vec<RecordedEvent>;
        let mut events = &window.events;
        if !parked.is_empty() {
            digestible = events.iter().filter(|event| !parked.contains(&event.stream_id)).cloned().collect();
            events = &digestible;
        }
        if !events.is_empty() {
            projection.project(conn, events).await.map_err(from_handler)?;
        }
        Ok(())
    })
    .await
}

/// A failed statement is the event's fault unless the connection is gone.
fn from_handler(error: HandlerError) -> LoadError {
    use diesel::result::{DatabaseErrorKind as Kind, Error};
    match error {
        HandlerError::Query(
            error @ (Error::BrokenTransactionManager
            | Error::DatabaseError(Kind::UnableToSendCommand | Kind::ClosedConnection, _)),
        ) => LoadError::Query(error),
        error => LoadError::Handler(error),
    }
}

async fn parked_streams(conn: &mut Connection, key: &ConsumerKey) -> QueryResult<HashSet<String>> {
    let streams: Vec<String> = parked::table
        .filter(parked::consumer.eq(&key.consumer))
        .filter(parked::build.eq(key.build))
        .filter(parked::lane.eq(key.lane))
        .select(parked::stream_id)
        .load(conn)
        .await?;
    Ok(streams.into_iter().collect())
}

async fn insert_parked(
    conn: &mut Connection,
    key: &ConsumerKey,
    event: &RecordedEvent,
    error: &str,
) -> QueryResult<()> {
    diesel::insert_into(parked::table)
        .values((
            parked::consumer.eq(&key.consumer),
            parked::build.eq(key.build),
            parked::lane.eq(key.lane),
            parked::stream_id.eq(&event.stream_id),
            parked::position.eq(event.position),
            parked::error.eq(error.chars().take(MOST_ERROR_CHARACTERS).collect::<String>()),
            parked::attempts.eq(ATTEMPTS as i32),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

const MOST_ERROR_CHARACTERS: usize = 500;
