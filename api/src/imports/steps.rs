//! Lines become records: those of a batch, and how far the import is then, in one append.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    time::{Duration, Instant},
};

use actix_web::http::header::HeaderMap;
use domain::{
    Aggregate, Command,
    imports::{AdvanceImport, FinishImport, Import, ImportEvent, ImportId, Reached},
    roles::Scope,
};
use event_store::{Execution, Expected, Loaded, Metadata, NewEvent, StreamAppend};
use uuid::Uuid;

use super::{
    batch::{Batch, Refusals, divide},
    record::Making,
    slots, stream,
};
use crate::{
    auth::Caller,
    collections::{Found, Sight},
    error::{ApiError, ApiResult},
    middleware,
    records::{Access, Transaction, transact},
    state::AppState,
};

/// As long as what somebody may is remembered.
const ADMITTED: Duration = Duration::from_secs(1);

/// An import that goes on.
pub(super) struct Steps<'a> {
    state: &'a AppState,
    /// By which the caller is known, also when the content takes long.
    headers: &'a HeaderMap,
    metadata: Metadata,
    caller: Caller,
    admitted: Instant,
    id: ImportId,
    pub(super) import: Loaded<Import>,
    /// The last position that was written.
    pub(super) position: Option<i64>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(
        state: &'a AppState,
        headers: &'a HeaderMap,
        metadata: Metadata,
        caller: Caller,
        id: ImportId,
        import: Loaded<Import>,
    ) -> Self {
        Self { state, headers, metadata, caller, admitted: Instant::now(), id, import, position: None }
    }

    /// The collection as this process knows it: what is decided on it is checked when it is appended.
    pub(super) async fn collection(&self) -> ApiResult<Found> {
        let collection = self.import.state.open()?.collection;
        self.state.collections.by_id(collection, Sight::Remembered).await?.ok_or(ApiError::NotFound)
    }

    /// Does the lines of a batch. Afterwards all of it is in the log, or nothing is.
    pub(super) async fn advance(&mut self, batch: &Batch) -> ApiResult<()> {
        let progress = self.import.state.open()?.clone();
        let reached = progress.reached;
        if batch.place.bytes <= reached.bytes {
            return Ok(());
        }
        self.admit().await?;
        let execution = Execution { metadata: self.metadata.clone(), ..Execution::new(Uuid::now_v7()) };
        let now = self.state.clock.now();
        let (access, events) = (Access::new(&self.caller, now), RefCell::new(vec![]));
        let done = transact(self.state, access, &execution, BTreeSet::new(), async |work| {
            let collection = work.collection_of(progress.collection).await?.ok_or(ApiError::NotFound)?;
            let making = Making::new(self.id, &collection.shape, &batch.columns, now);
            let (created, refusals) = create(work, &collection, batch, &making).await?;
            let step = Reached {
                bytes: batch.place.bytes - reached.bytes,
                lines: batch.place.lines - reached.lines,
                created,
                refused: refusals.lines,
            };
            let columns = batch.has_first_line.then(|| batch.columns.to_vec());
            let command = AdvanceImport { step, columns, errors: refusals.errors, at: now };
            let advanced = command.decide(&self.import.state)?;
            work.append_beside(self.part(&advanced)?);
            events.replace(advanced);
            Ok(())
        })
        .await?;
        self.take(&events.into_inner());
        self.position = done.position;
        Ok(())
    }

    /// Says that the content has come to its end.
    pub(super) async fn finish(&mut self) -> ApiResult<()> {
        let stream = stream(self.id);
        let claims = slots::releases(self.state, &stream).await?;
        let execution = Execution { claims, metadata: self.metadata.clone(), ..Execution::new(Uuid::now_v7()) };
        let command = FinishImport { at: self.state.clock.now() };
        let done = self.state.events.execute(&stream, command, execution).await?;
        self.position = done.position.or(self.position);
        self.import = self.state.events.load(&stream).await?;
        Ok(())
    }

    fn part(&self, events: &[ImportEvent]) -> ApiResult<StreamAppend> {
        let events = events.iter().map(NewEvent::from_domain).collect::<Result<_, _>>();
        let events = events.map_err(|error| ApiError::Internal(error.into()))?;
        Ok(StreamAppend { stream: stream(self.id), expected: Expected::Exactly(self.import.version), events })
    }

    fn take(&mut self, events: &[ImportEvent]) {
        let before = std::mem::take(&mut self.import.state);
        self.import.state = events.iter().fold(before, Import::apply);
        self.import.version += events.len() as i64;
    }

    /// Asks again who the caller is and what they may, as every request is asked that takes less long.
    async fn admit(&mut self) -> ApiResult<()> {
        if self.admitted.elapsed() < ADMITTED {
            return Ok(());
        }
        self.caller = middleware::caller_again(self.state, self.headers).await?;
        self.admitted = Instant::now();
        if self.caller.may("records", "create", Scope::Own) { Ok(()) } else { Err(ApiError::Forbidden) }
    }
}

/// Creates the records of a batch; tells how many, and what was wrong with the other lines.
async fn create(
    work: &mut Transaction<'_>,
    collection: &Found,
    batch: &Batch,
    making: &Making<'_>,
) -> ApiResult<(u64, Refusals)> {
    let mut refusals = Refusals::default();
    let (numbers, records) = divide(batch.take_made(collection, making), collection, &mut refusals);
    let outcomes = work.create_each(collection, records).await?;
    let mut created = 0;
    for (number, outcome) in numbers.into_iter().zip(outcomes) {
        match outcome {
            None => created += 1,
            Some(refused) => refusals.add(number, &refused, collection),
        }
    }
    Ok((created, refusals.sorted()))
}
