//! A piece of work on records of any collections, which is appended whole or not at all.

mod claims;
mod commands;
mod commit;
mod consequences;
mod each;
mod pending;
mod references;

use std::collections::{BTreeMap, HashMap};

use domain::{
    Aggregate, Command,
    collections::{CollectionId, CollectionName, Data},
    expressions::Filter,
    records::{Record, RecordEvent, RecordId},
};
use event_store::{Loaded, RawJson, StreamAppend};

pub(crate) use commit::{Written, transact};
pub(crate) use each::NewRecord;

use super::{access::Access, stream};
use crate::{
    collections::{Found, Sight},
    error::{ApiError, ApiResult},
    extract::IfMatch,
    state::AppState,
};

/// What is decided here rests on collections and records at the versions at which they were looked at: all of that is
/// checked when it is appended, so it may be decided on what is remembered.
pub(crate) struct Transaction<'a> {
    state: &'a AppState,
    access: Access<'a>,
    sight: Sight,
    /// By id: where the definition was looked at, and the version of it.
    collections: HashMap<CollectionId, Option<Found>>,
    records: HashMap<RecordId, Entry>,
    /// Those that are changed, in the order in which they were first.
    changed: Vec<RecordId>,
    /// References to records that are deleted here, as claims have them: all of them end.
    ending: BTreeMap<RecordId, Vec<Vec<u8>>>,
    /// Which operation of a batch is at work.
    operation: Option<usize>,
    /// What a repeat is answered from; otherwise the execution says.
    answer: Option<RawJson>,
    /// What is appended with the work, whatever that comes to.
    beside: Option<StreamAppend>,
}

/// A record that was looked at.
struct Entry {
    before: Loaded<Record>,
    state: Record,
    events: Vec<RecordEvent>,
    /// The operation of a batch that changed it last.
    operation: Option<usize>,
}

impl<'a> Transaction<'a> {
    fn new(state: &'a AppState, access: Access<'a>, sight: Sight) -> Self {
        Self {
            state,
            access,
            sight,
            collections: HashMap::new(),
            records: HashMap::new(),
            changed: vec![],
            ending: BTreeMap::new(),
            operation: None,
            answer: None,
            beside: None,
        }
    }

    /// From here on an operation of a batch is at work.
    pub(crate) fn begin(&mut self, operation: usize) {
        self.operation = Some(operation);
    }

    /// Has repeats answered from this.
    pub(crate) fn answer_repeats_with(&mut self, answer: RawJson) {
        self.answer = Some(answer);
    }

    /// The collection of this name.
    pub(crate) async fn collection(&mut self, name: &CollectionName) -> ApiResult<Found> {
        let found = self.state.collections.look(name, self.sight).await?;
        self.collections.insert(found.id, Some(found.clone()));
        Ok(found)
    }

    /// The record's version as it would be.
    pub(crate) fn version(&self, id: RecordId) -> i64 {
        self.records.get(&id).map_or(0, Entry::version)
    }

    /// Refuses another version than the caller has seen. To whom may not know of the record, it is at no version.
    async fn is_at(
        &mut self,
        collection: &Found,
        id: RecordId,
        IfMatch(seen): IfMatch,
        visible: &Filter,
    ) -> ApiResult<()> {
        let Some(seen) = seen else { return Ok(()) };
        let entry = self.record(id).await?;
        let is_visible = entry.state.last_of(collection.id).is_some_and(|contents| visible.matches(&contents.seen(id)));
        let actual = entry.version();
        if is_visible && seen != actual { Err(ApiError::VersionMismatch { actual }) } else { Ok(()) }
    }

    /// Decides a command on the record as the work so far leaves it.
    async fn execute<C>(&mut self, collection: &Found, id: RecordId, command: C) -> ApiResult<()>
    where
        C: Command<Aggregate = Record>,
        C::Refusal: Into<ApiError>,
    {
        let events = command.decide(&self.record(id).await?.state).map_err(Into::into)?;
        self.take(collection, id, events).await
    }

    /// Takes over what was decided on a record.
    async fn take(&mut self, collection: &Found, id: RecordId, events: Vec<RecordEvent>) -> ApiResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        let generation = collection.shape.generation();
        let events: Vec<_> = events.into_iter().map(|event| event.of_generation(generation)).collect();
        let (operation, relates) = (self.operation, !collection.shape.relations().is_empty());
        let entry = self.record(id).await?;
        let before = entry.contents().filter(|_| relates).cloned();
        entry.state = events.iter().fold(std::mem::take(&mut entry.state), Record::apply);
        entry.operation = operation;
        let (is_first, after) = (entry.events.is_empty(), entry.contents().filter(|_| relates).cloned());
        entry.events.extend(events);
        if is_first {
            self.changed.push(id);
        }
        match after {
            Some(after) => self.refer(collection, id, before.as_ref(), &after).await,
            None => Ok(()),
        }
    }

    /// A record as the work so far leaves it.
    async fn record(&mut self, id: RecordId) -> ApiResult<&mut Entry> {
        let is_known = self.records.contains_key(&id);
        if !is_known {
            let loaded = match self.sight {
                Sight::Remembered => self.state.events.recent::<Record>(&stream(id)).await?,
                Sight::Current => self.state.events.load::<Record>(&stream(id)).await?,
            };
            let current = self.current(loaded).await?;
            self.records.insert(id, Entry::of(current));
        }
        Ok(self.records.entry(id).or_insert_with(|| Entry::of(Loaded::default())))
    }

    /// A record with its content as its collection wants it now.
    async fn current(&mut self, loaded: Loaded<Record>) -> ApiResult<Loaded<Record>> {
        let collection = match &loaded.state {
            Record::Present(contents) | Record::Deleted(contents) => contents.collection,
            Record::Unknown => return Ok(loaded),
        };
        // Without its collection nobody reaches it.
        let Some(found) = self.collection_of(collection).await? else { return Ok(loaded) };
        Ok(Loaded { state: found.evolved.current_record(loaded.state)?, ..loaded })
    }

    /// The collection of this id; `None` when it is gone.
    pub(crate) async fn collection_of(&mut self, id: CollectionId) -> ApiResult<Option<Found>> {
        if let Some(known) = self.collections.get(&id) {
            return Ok(known.clone());
        }
        let found = self.state.collections.by_id(id, self.sight).await?;
        self.collections.insert(id, found.clone());
        Ok(found)
    }
}

impl Entry {
    fn of(before: Loaded<Record>) -> Self {
        Self { state: before.state.clone(), before, events: vec![], operation: None }
    }

    fn version(&self) -> i64 {
        self.before.version + self.events.len() as i64
    }

    fn contents(&self) -> Option<&Data> {
        self.state.contents().map(|contents| &contents.data)
    }
}
