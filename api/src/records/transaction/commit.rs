//! Doing the work of a transaction and appending it, again as long as others are faster.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

use domain::records::{Record, RecordId};
use event_store::{
    AppendError, ClaimChange, Decided, ExecuteError, Execution, Loaded, Replay, StreamId, record_claims::REFERENCE,
};

use super::{
    Entry, Transaction,
    claims::{ClaimChanges, Held, Taken},
};
use crate::{
    collections::{self, Found, Sight},
    error::{ApiError, ApiResult, FieldError},
    records::{access::Access, stream},
    state::AppState,
};

/// How long work is done anew because others were faster.
const LONGEST: Duration = Duration::from_secs(10);
/// Waits between two attempts are random, up to so much for each there was.
const BACKOFF: Duration = Duration::from_millis(1);
const LONGEST_BACKOFF: Duration = Duration::from_millis(20);

/// What was done.
pub(crate) struct Written {
    /// The last position; `None` when there was nothing to change.
    pub(crate) position: Option<i64>,
    /// The records that were looked at, as they are now; empty when this was a repeat.
    pub(crate) records: HashMap<RecordId, Loaded<Record>>,
    pub(crate) replay: Option<Replay>,
}

/// What an attempt came to.
pub(super) enum Attempt {
    Done(Written),
    /// Others have changed what it rested on.
    Overtaken,
}

/// Does work on records as they are and appends it with `execution`. `streams` are those that it changes for sure.
pub(crate) async fn transact<'a>(
    state: &'a AppState,
    access: Access<'a>,
    execution: &Execution,
    streams: BTreeSet<StreamId>,
    work: impl AsyncFn(&mut Transaction<'a>) -> ApiResult<()>,
) -> ApiResult<Written> {
    let _turns = state.events.turns(streams).await?;
    let (started, mut sight) = (Instant::now(), Sight::Remembered);
    for attempt in 1.. {
        let mut transaction = Transaction::new(state, access, sight);
        let worked = work(&mut transaction).await.and_then(|()| transaction.keeps_to_pending_changes());
        let changes_nothing = transaction.changed.is_empty() && transaction.beside.is_none();
        // What is refused, or is so already, has to be so now.
        if sight == Sight::Remembered && (worked.is_err() || changes_nothing) {
            sight = Sight::Current;
            continue;
        }
        if (worked.is_err() || changes_nothing)
            && let Some(repeat) = state.events.repeat_of::<ApiError>(execution).await?
        {
            let replay = Some(Replay { response: repeat.response });
            return Ok(Written { position: Some(repeat.position), records: HashMap::new(), replay });
        }
        worked?;
        match transaction.commit(execution.clone()).await? {
            Attempt::Done(written) => return Ok(written),
            Attempt::Overtaken if started.elapsed() < LONGEST => {
                sight = Sight::Current;
                tokio::time::sleep((BACKOFF * attempt).min(LONGEST_BACKOFF).mul_f64(rand::random())).await;
            }
            Attempt::Overtaken => break,
        }
    }
    Err(AppendError::Overloaded.into())
}

impl Transaction<'_> {
    async fn commit(mut self, execution: Execution) -> ApiResult<Attempt> {
        if let Some(beside) = self.beside.take() {
            return self.commit_beside(beside, execution).await;
        }
        if self.changed.is_empty() {
            let records = self.records.into_iter().map(|(id, entry)| (id, entry.before)).collect();
            return Ok(Attempt::Done(Written { position: None, records, replay: None }));
        }
        let (claims, taken): (Vec<ClaimChange>, Vec<Option<Taken>>) = self.claims()?.into_iter().unzip();
        let response = self.answer.take().or(execution.response);
        let execution = Execution { claims, response, unchanged: self.rests_on(), ..execution };
        let changed = std::mem::take(&mut self.changed);
        let decided = changed.iter().filter_map(|id| self.records.get(id).map(|entry| entry.decided(*id))).collect();
        match self.state.events.append_together(decided, execution).await {
            Ok(done) => {
                let after = done.after.into_iter().flatten();
                let records = changed.into_iter().zip(after).collect();
                Ok(Attempt::Done(Written { position: Some(done.position), records, replay: done.replay }))
            }
            Err(ExecuteError::Append(AppendError::Conflict { .. })) => Ok(Attempt::Overtaken),
            Err(ExecuteError::Append(AppendError::ClaimTaken { claim, .. })) => match taken.get(claim) {
                Some(Some(taken)) => Err(self.not_unique(taken)),
                // Somebody refers to what was to be deleted.
                Some(None) | None => Ok(Attempt::Overtaken),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// What changes hands, and that nobody refers to what is deleted.
    pub(super) fn claims(&self) -> ApiResult<Vec<(ClaimChange, Option<Taken>)>> {
        let mut claims = ClaimChanges::default();
        let changed = || self.changed.iter().filter_map(|id| self.records.get(id).map(|entry| (*id, entry)));
        for (id, contents) in changed().filter_map(|(id, entry)| Some((id, entry.before.state.contents()?))) {
            if let Some(Some(found)) = self.collections.get(&contents.collection) {
                claims.before(id, held(found), &contents.data);
            }
        }
        for (id, contents) in changed().filter_map(|(id, entry)| Some((id, entry.state.contents()?))) {
            if let Some(Some(found)) = self.collections.get(&contents.collection) {
                let taken = claims.after(id, held(found), &contents.data);
                taken.map_err(|taken| self.not_unique(&taken))?;
            }
        }
        for (target, references) in &self.ending {
            references.iter().for_each(|reference| claims.ends(*target, reference.clone()));
        }
        let unheld = |target: &RecordId| {
            let deleted = self.records.get(target).is_some_and(|entry| entry.contents().is_none());
            deleted.then(|| (ClaimChange::Unheld { scope: REFERENCE, stream: stream(*target) }, None))
        };
        let claims = claims.changes().chain(self.ending.keys().filter_map(unheld));
        Ok(claims.chain(self.pending_claims()?).collect())
    }

    /// The versions of everything that was looked at and is not changed.
    pub(super) fn rests_on(&self) -> Vec<(StreamId, i64)> {
        let collections = self.collections.values().flatten();
        let collections = collections.map(|found| (collections::stream(found.id), found.version));
        let records = self.records.iter().filter(|(_, entry)| entry.events.is_empty());
        collections.chain(records.map(|(id, entry)| (stream(*id), entry.before.version))).collect()
    }

    pub(super) fn not_unique(&self, taken: &Taken) -> ApiError {
        let error = FieldError::at(format!("/{}", taken.field), "not_unique", "another record has this value");
        let operation = self.records.get(&taken.record).and_then(|entry| entry.operation);
        ApiError::NotUnique(vec![error]).in_operation(operation)
    }
}

/// What contents of a collection hold.
pub(super) fn held(found: &Found) -> Held<'_> {
    Held { collection: found.id, shape: &found.shape, eras: &found.evolved.eras }
}

impl Entry {
    fn decided(&self, id: RecordId) -> Decided<Record> {
        Decided { stream: stream(id), before: self.before.clone(), events: self.events.clone() }
    }
}
