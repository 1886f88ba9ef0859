//! Reads a page of a list and answers with it.

use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use bootstrap::db::Connection;
use domain::collections::{Action, CollectionName};
use projections::records::{
    NAME,
    list::{self, ListedRecord, Ranked, Selection, Sorted},
};
use uuid::Uuid;

use super::{
    access::Access,
    expansion::{Expanded, Expansion, Rules},
    kept_page::{self, KeptPage, Page},
    list_plan::ListPlan,
    list_pool::ListPool,
    list_query::ListQuery,
    record_text,
};
use crate::{
    auth::Caller,
    collections::Found,
    error::{ApiError, ApiResult, SHORTLY},
    extract::IfNoneMatch,
    state::AppState,
};

/// How long counting may take.
const COUNTING: Duration = Duration::from_secs(1);

/// A page.
struct Read {
    plan: ListPlan,
    records: Vec<ListedRecord>,
    /// For each record what comes with it, where something does.
    expanded: Option<Vec<String>>,
    /// Whether there is another page.
    more: bool,
    /// Where it was asked for: `Some(None)` when counting took too long.
    total: Option<Option<i64>>,
    /// Of the collection when it was read, and the generation of its records; `None` when no record has told.
    version: Option<(i64, i32)>,
}

/// How often a list is read again because its collection has changed meanwhile.
const ATTEMPTS: usize = 4;

/// A list of a collection for whoever asks.
pub(super) async fn answer(
    state: &AppState,
    caller: &Caller,
    name: &CollectionName,
    query: &ListQuery,
    (after, cached): (Option<i64>, Option<&IfNoneMatch>),
) -> ApiResult<HttpResponse> {
    let access = Access::new(caller, state.clock.now());
    let mut collection = state.collections.lately(name).await?;
    let asked = Asked { state, query, collection: &collection };
    let mark = match kept_page::find(&asked, &access, after).await {
        KeptPage::Page(page, position) => return Ok(page.answer(name, query, (position, cached))),
        KeptPage::Nothing(mark) => mark,
    };
    let marked = collection.clone();
    let mut rules = Rules::Lately;
    for attempt in 0..ATTEMPTS {
        let asked = Asked { state, query, collection: &collection };
        let read = async |conn: &mut Connection, lists: &ListPool| asked.read(&access, rules, (conn, lists)).await;
        // A replica may have rules of before.
        let read = match attempt {
            0 => state.list(NAME, after, read).await,
            _ => state.list_first_hand(NAME, after, read).await,
        };
        let read = match read {
            Ok((Some(read), position)) => Ok((read, position)),
            Ok((None, _)) => {
                rules = Rules::Anew;
                continue;
            }
            Err(error) => Err(error),
        };
        // An empty page does not tell of which collection it is: a replica may have that of before the last change.
        if attempt == 0 && state.replica.is_some() && matches!(&read, Ok((Read { version: None, .. }, _))) {
            continue;
        }
        // What was read under rules of before counts for nothing, whatever came of it.
        let version = match &read {
            Ok((Read { version: Some(version), .. }, _)) => Some(*version),
            Ok((Read { version: None, .. }, _)) | Err(_) => None,
        };
        let now = match version == Some((collection.version, collection.shape.generation())) {
            true => None,
            false => Some(state.collections.read(name, version.map(|(_, generation)| generation)).await?),
        };
        match now.filter(|now| !now.is_as(&collection)) {
            None => {
                let (read, position) = read?;
                let page = asked.page(read)?;
                page.keep(state, mark.filter(|_| collection.is_as(&marked)), position).await;
                return Ok(page.answer(name, query, (position, cached)));
            }
            Some(now) => collection = now,
        }
    }
    Err(ApiError::Overloaded { retry_after: SHORTLY })
}

/// A list that somebody asks for, of a collection as it was a moment ago.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) state: &'a AppState,
    pub(super) query: &'a ListQuery,
    pub(super) collection: &'a Found,
}

impl Asked<'_> {
    /// Nothing when the rules of a collection that is referred to have changed meanwhile.
    async fn read(
        &self,
        access: &Access<'_>,
        rules: Rules,
        (conn, lists): (&mut Connection, &ListPool),
    ) -> ApiResult<Option<Read>> {
        let Self { state, query, collection } = *self;
        let listed = access.allow(Action::List, &collection.shape);
        if listed.constant() == Some(false) {
            return Err(ApiError::Forbidden);
        }
        let plan = ListPlan::of(query, collection, state)?;
        let expansion = Expansion::of(&query.expand, &collection.shape, (state, rules)).await?;
        let expansion = expansion.map_err(|faults| query.refused(faults))?;
        let filter = match &plan.filter {
            Some(filter) => listed.and(filter.bind(&access.request())),
            None => listed,
        };
        let bound = self.bound();
        let last: Option<Vec<Option<String>>> =
            query.cursor.as_ref().map(|cursor| state.cursors.read(&bound, cursor)).transpose()?;
        let Some(selection) = Selection::new(collection.id, &filter) else {
            let total = query.counted.then_some(Some(0));
            let expanded = None;
            return Ok(Some(Read { plan, records: vec![], expanded, more: false, total, version: None }));
        };
        let selection = selection.of_generation(collection.shape.generation());
        let selection = match &plan.words {
            Some((searched, text)) => selection.with_words(searched, text),
            None => selection,
        };
        // Before the page, which tells whether both were read by the definition of the moment: neither that nor what is read
        // goes back.
        let total = match query.counted {
            true => Some(list::count(conn, &selection, COUNTING).await?),
            false => None,
        };
        let mut records = self.records((conn, lists), &plan, &selection, last.as_deref()).await?;
        let more = records.len() as i64 > query.limit;
        let version = records.first().and_then(ListedRecord::definition);
        records.truncate(query.limit as usize);
        let expanded = match expansion.is_empty() {
            true => None,
            false => {
                let records: Vec<_> = records.iter().map(|listed| &listed.record).collect();
                match expansion.load((lists, conn), access, &records).await? {
                    Expanded::Texts(texts) => Some(texts),
                    Expanded::Outdated => return Ok(None),
                }
            }
        };
        Ok(Some(Read { plan, records, expanded, more, total, version }))
    }

    /// One more than asked for: it tells whether there is another page.
    async fn records(
        &self,
        (conn, lists): (&mut Connection, &ListPool),
        plan: &ListPlan,
        selection: &Selection,
        after: Option<&[Option<String>]>,
    ) -> ApiResult<Vec<ListedRecord>> {
        let limit = self.query.limit + 1;
        let started = Instant::now();
        let read = match &plan.keys {
            Some(keys) => {
                let list = Sorted { selection, keys, after, limit, prepared: true };
                let prepared = lists.prepares(&list::text(&list)?);
                list::sorted(conn, Sorted { prepared, ..list }).await
            }
            None => {
                let list = Ranked { selection, after: ranked_after(after)?, limit, prepared: true };
                let prepared = lists.prepares(&list::text(&list)?);
                list::ranked(conn, Ranked { prepared, ..list }).await
            }
        };
        read.map_err(|error| lists.failed(error, started))
    }

    fn page(&self, read: Read) -> ApiResult<Page> {
        let place = read.records.last().filter(|_| read.more).map(|last| last.place(read.plan.keys.as_deref()));
        let next_cursor = place.map(|place| self.state.cursors.write(&self.bound(), &place)).transpose()?;
        let body = written(&read, next_cursor.as_deref()).map_err(|error| ApiError::Internal(error.into()))?;
        Ok(Page { next_cursor: next_cursor.unwrap_or_default(), body: body.into() })
    }

    /// What cursors are bound to.
    pub(super) fn bound(&self) -> String {
        let (collection, generation) = (self.collection.id.as_uuid(), self.collection.shape.generation());
        // Values of another generation may be of other types.
        let generation = if generation == 0 { String::new() } else { format!(" {generation}") };
        format!("records {collection}{generation} {}", self.query.canonical())
    }
}

/// A cursor of ours, so what is in it can be read.
fn ranked_after(place: Option<&[Option<String>]>) -> ApiResult<Option<(f32, Uuid)>> {
    let Some(place) = place else { return Ok(None) };
    match place {
        [Some(rank), Some(id)] => {
            let (rank, id) = (rank.parse().ok(), Uuid::try_parse(id).ok());
            rank.zip(id).map(Some).ok_or(ApiError::CursorMismatch)
        }
        _ => Err(ApiError::CursorMismatch),
    }
}

fn written(read: &Read, next_cursor: Option<&str>) -> serde_json::Result<Vec<u8>> {
    let length: usize = read.records.iter().map(|listed| listed.record.data.as_str().len() + 256).sum();
    let mut out = Vec::with_capacity(length + 256);
    out.extend_from_slice(b"{\"items\":[");
    for (number, ListedRecord { record, .. }) in read.records.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        match &read.plan.fields {
            Some(shown) => record_text::write_some(&mut out, record, shown)?,
            None => record_text::write(&mut out, record)?,
        }
        if let Some(expanded) = &read.expanded {
            record_text::add_expanded(&mut out, &expanded[number]);
        }
    }
    out.extend_from_slice(b"],\"next_cursor\":");
    serde_json::to_writer(&mut out, &next_cursor)?;
    if let Some(total) = read.total {
        out.extend_from_slice(b",\"total\":");
        serde_json::to_writer(&mut out, &total)?;
    }
    out.push(b'}');
    Ok(out)
}
