//! Looks at all records of a collection for a change to which they may not keep, and accepts or refuses it.
//!
//! Whatever is written after the change was proposed keeps to it already: appends rest on the definition, and so on what
//! is pending. So those records are looked at whose last change is older, in the read model, once that has come as far. How far
//! this is and what was found is in the log, so that a worker that is killed is followed by one that goes on from there.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use chrono::Utc;
use domain::{
    Aggregate,
    collections::{AcceptChange, ChangeId, Collection, CollectionId, Conversion, Proposal, RefuseChange},
    records::{Record, RecordId},
    schema_changes::{Advance, FoundProblem, SchemaChange, advance::AdvanceRefused},
};
use event_store::{
    AppendError, ClaimChange, EventStore, ExecuteError, Execution, StreamId, log,
    record_claims::{self, SCOPE},
};
use jobs::{Job, JobContext, JobError, JobResult};
use projections::records::{RecordRow, queries};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info, info_span};
use uuid::Uuid;

use super::{CHANGE_QUEUE, Indexing};
use crate::system::{as_system, log_failure};

/// Records looked at in one go, as long as nobody changes them meanwhile.
const PAGE: i64 = 200;
/// Things told of one record.
const MOST_OF_ONE: usize = 5;
/// How long this goes on before others have their turn.
const SHIFT: Duration = Duration::from_secs(20);
/// Until the read model has come further.
const PAUSE: Duration = Duration::from_secs(2);

/// For one change of one collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRecords {
    pub collection: Uuid,
    pub change: Uuid,
    /// Of the event that has proposed it.
    pub position: i64,
}

/// What there is to do.
struct Work {
    proposal: Proposal,
    conversion: Conversion,
    /// Unique fields whose values are taken for the change.
    taken: Vec<String>,
    /// Of the collection's stream.
    version: i64,
    state: SchemaChange,
}

/// Some records, and what became of looking at them.
#[derive(Default)]
struct Looked {
    records: i64,
    findings: Vec<FoundProblem>,
    /// By hash: the record that is to have it, and by which field.
    claims: HashMap<Vec<u8>, (Uuid, String)>,
    /// Of the records of which anything is said.
    versions: HashMap<Uuid, i64>,
}

/// What came of an attempt to note it.
enum Noted {
    At(i64),
    /// Something has changed meanwhile.
    Overtaken,
}

impl Job for CheckRecords {
    const KIND: &'static str = "collections.check_records";
    const QUEUE: &'static str = CHANGE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(300);

    type State = Indexing;

    fn key(&self) -> Option<String> {
        Some(self.change.to_string())
    }

    async fn run(self, ctx: JobContext<Indexing>) -> JobResult {
        let span = info_span!("collections.check_records", collection = %self.collection, change = %self.change);
        self.check(&ctx.state.store).instrument(span).await
    }
}

impl CheckRecords {
    async fn check(&self, store: &EventStore) -> JobResult {
        let (started, mut limit) = (Instant::now(), PAGE);
        let mut needed = log::head(&mut *store.pool().get().await?).await?;
        while started.elapsed() < SHIFT {
            let Some(work) = self.work(store).await? else { return self.leave(store).await };
            if !super::caught_up(store, needed).await? {
                return Err(JobError::snoozed(PAUSE));
            }
            let (collection, range) = (CollectionId::from_uuid(self.collection), (work.state.reached, self.position));
            let mut conn = store.pool().get().await?;
            let rows = queries::changed_between(&mut conn, collection, range, limit).await?;
            drop(conn);
            let upto = match rows.last() {
                Some(last) if rows.len() as i64 == limit => last.position,
                Some(_) | None => self.position,
            };
            if work.state.reached >= self.position || work.state.has_most_findings() {
                return self.settle(store, &work).await;
            }
            match self.note(store, &work, work.look_at(&rows, collection), upto).await? {
                Noted::At(position) => (needed, limit) = (position, (limit * 2).min(PAGE)),
                Noted::Overtaken => {
                    needed = log::head(&mut *store.pool().get().await?).await?;
                    limit = (limit / 2).max(1);
                }
            }
        }
        Err(JobError::snoozed(Duration::ZERO))
    }

    /// The change is not pending any more. What was taken for it in a collection that is gone, nobody else lets go of.
    async fn leave(&self, store: &EventStore) -> JobResult {
        let loaded = store.load::<Collection>(&self.collection_stream()).await;
        match loaded.map_err(|_| JobError::failed("log_unavailable"))?.state.defined() {
            Some(_) => Ok(()),
            None => super::drop_claims(store, ChangeId::from_uuid(self.change)).await,
        }
    }

    /// `None` when the change is not pending any more.
    async fn work(&self, store: &EventStore) -> Result<Option<Work>, JobError> {
        let unavailable = |_| JobError::failed("log_unavailable");
        let change = ChangeId::from_uuid(self.change);
        let loaded = store.load::<Collection>(&self.collection_stream()).await.map_err(unavailable)?;
        let pending = loaded.state.defined().and_then(|defined| defined.evolution.pending(change));
        let Some(proposal) = pending.cloned() else { return Ok(None) };
        let conversion = Conversion::of(&proposal.before, &proposal.definition, &proposal.upcasts);
        let conversion = conversion.map_err(|_| JobError::discarded("not_readable"))?;
        let state = store.load::<SchemaChange>(&self.stream()).await.map_err(unavailable)?.state;
        let taken = proposal.taken_anew();
        Ok(Some(Work { proposal, conversion, taken, version: loaded.version, state }))
    }

    /// Appends what was found, and takes what has to be taken, if everything is still as it was.
    async fn note(&self, store: &EventStore, work: &Work, mut looked: Looked, upto: i64) -> Result<Noted, JobError> {
        loop {
            let (hashes, claims) = looked.claims();
            let command = Advance {
                collection: CollectionId::from_uuid(self.collection),
                change: ChangeId::from_uuid(self.change),
                after: work.state.reached,
                upto,
                records: looked.records,
                findings: looked.findings.clone(),
                at: Utc::now(),
            };
            let unchanged = looked.rests_on().chain([(self.collection_stream(), work.version)]).collect();
            let execution = Execution { claims, unchanged, ..as_system() };
            match EventStore::execute(store, &self.stream(), command, execution).await {
                Ok(done) => return Ok(done.position.map_or(Noted::Overtaken, Noted::At)),
                Err(ExecuteError::Append(AppendError::ClaimTaken { claim, .. })) => match hashes.get(claim) {
                    Some(hash) => looked.not_unique(hash),
                    None => return Err(JobError::failed("log_unavailable")),
                },
                Err(
                    ExecuteError::Refused(AdvanceRefused::Overtaken)
                    | ExecuteError::Append(AppendError::Conflict { .. }),
                ) => return Ok(Noted::Overtaken),
                Err(error) => return Err(log_failure(&error)),
            }
        }
    }

    async fn settle(&self, store: &EventStore, work: &Work) -> JobResult {
        let (change, records, at) = (work.proposal.change, work.state.records, Utc::now());
        let stream = self.collection_stream();
        let findings = work.state.findings.len() as i64;
        let settled = if findings == 0 {
            store.execute(&stream, AcceptChange { change, records, at }, as_system()).await
        } else {
            store.execute(&stream, RefuseChange { change, records, findings, at }, as_system()).await
        };
        match settled {
            Ok(_) => {
                info!(records, findings, "all records were looked at");
                Ok(())
            }
            // It was withdrawn, or the collection deleted.
            Err(ExecuteError::Refused(_)) => Ok(()),
            Err(error) => Err(log_failure(&error)),
        }
    }

    fn stream(&self) -> StreamId {
        StreamId::new(SchemaChange::CATEGORY, self.change)
    }

    fn collection_stream(&self) -> StreamId {
        StreamId::new(Collection::CATEGORY, self.collection)
    }
}

impl Work {
    fn look_at(&self, rows: &[RecordRow], collection: CollectionId) -> Looked {
        let mut looked = Looked::default();
        for row in rows.iter().filter(|row| !row.deleted) {
            looked.records += 1;
            let converted = match row.data.as_object() {
                Some(content) => self.conversion.convert(content),
                None => self.conversion.convert(&serde_json::Map::new()),
            };
            match converted {
                Ok(content) => {
                    for (field, value) in self.conversion.after().unique_values(&content) {
                        if self.taken.iter().any(|taken| taken == field) {
                            let hash = record_claims::hash(collection, field, Some(self.proposal.change), value);
                            looked.take(row, field, hash);
                        }
                    }
                }
                Err(problems) => {
                    looked.versions.insert(row.id, row.version);
                    let problems = problems.into_iter().take(MOST_OF_ONE);
                    looked.findings.extend(problems.map(|problem| found(row.id, problem.pointer, problem.code)));
                }
            }
        }
        looked
    }
}

impl Looked {
    fn take(&mut self, row: &RecordRow, field: &str, hash: Vec<u8>) {
        self.versions.insert(row.id, row.version);
        if self.claims.contains_key(&hash) {
            self.findings.push(found(row.id, format!("/{field}"), "not_unique"));
            return;
        }
        self.claims.insert(hash, (row.id, field.to_owned()));
    }

    /// Another record has what this was to be the claim of.
    fn not_unique(&mut self, hash: &[u8]) {
        if let Some((record, field)) = self.claims.remove(hash) {
            self.findings.push(found(record, format!("/{field}"), "not_unique"));
        }
    }

    /// In one order, so that the number of a claim names its hash.
    fn claims(&self) -> (Vec<Vec<u8>>, Vec<ClaimChange>) {
        let take = |(hash, (record, _)): (&Vec<u8>, &(Uuid, String))| {
            let stream = StreamId::new(Record::CATEGORY, *record);
            (hash.clone(), ClaimChange::Take { scope: SCOPE, key_hash: hash.clone(), stream })
        };
        self.claims.iter().map(take).unzip()
    }

    /// What is said of a record, or claimed for it, has to be so still.
    fn rests_on(&self) -> impl Iterator<Item = (StreamId, i64)> {
        self.versions.iter().map(|(record, version)| (StreamId::new(Record::CATEGORY, *record), *version))
    }
}

fn found(record: Uuid, pointer: String, code: &str) -> FoundProblem {
    FoundProblem { record: RecordId::from_uuid(record), pointer, code: code.to_owned() }
}
