//! Reads an export page by page, each with the rights and the rules of its moment.

use std::time::{Duration, Instant};

use actix_web::http::header::HeaderMap;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    collections::{Action, CollectionName},
    imports::ImportFormat,
    roles::Scope,
};
use projections::records::list::{self, ListedRecord, Selection, Sorted};

use super::csv::Table;
use crate::{
    auth::Caller,
    collections::Found,
    error::{ApiError, ApiResult, SHORTLY},
    middleware,
    records::{access::Access, list_plan::ListPlan, list_query::ListQuery, record_text},
    state::State,
};

/// As many as a page of a list may have.
const PAGE: i64 = 200;
/// As long as what somebody may is remembered.
const ADMITTED: Duration = Duration::from_secs(1);
/// How often a page is read again because its collection has changed meanwhile.
const ATTEMPTS: usize = 4;

/// An export, as far as it is.
pub(super) struct Pages {
    state: State,
    /// By which the caller is known, also when the export takes long.
    headers: HeaderMap,
    caller: Caller,
    admitted: Instant,
    /// Of the export: `now` of its filter is one moment.
    now: DateTime<Utc>,
    name: CollectionName,
    query: ListQuery,
    collection: Found,
    /// Where the page before ended.
    after: Option<Vec<Option<String>>>,
    format: ImportFormat,
    /// Of a CSV, once it has begun.
    table: Option<Table>,
    has_begun: bool,
    is_over: bool,
}

impl Pages {
    pub(super) async fn begin(
        state: State,
        headers: HeaderMap,
        caller: Caller,
        name: CollectionName,
        query: ListQuery,
        format: ImportFormat,
    ) -> ApiResult<Self> {
        let collection = state.collections.find(&name).await?;
        ListPlan::of(&query, &collection, &state)?;
        Ok(Self {
            admitted: Instant::now(),
            now: state.clock.now(),
            state,
            headers,
            caller,
            name,
            query,
            collection,
            after: None,
            format,
            table: None,
            has_begun: false,
            is_over: false,
        })
    }

    /// The next records as they are exported; `None` after the last ones.
    pub(super) async fn next(&mut self) -> ApiResult<Option<Bytes>> {
        if self.is_over {
            return Ok(None);
        }
        self.admit().await?;
        for _ in 0..ATTEMPTS {
            let read = self.read().await;
            // What was read under rules of before counts for nothing, whatever came of it.
            let version = match &read {
                Ok(records) => records.first().and_then(ListedRecord::definition),
                Err(_) => None,
            };
            if version == Some((self.collection.version, self.collection.shape.generation())) {
                return self.take(read?);
            }
            let told = version.map(|(_, generation)| generation);
            let now = self.state.collections.read(&self.name, told).await?;
            if now.id != self.collection.id {
                return Err(ApiError::NotFound);
            }
            if now.is_as(&self.collection) {
                return self.take(read?);
            }
            // Nobody is given half of it in the form of before, and half in that of now.
            if self.has_begun && now.shape.generation() != self.collection.shape.generation() {
                return Err(ApiError::Interrupted);
            }
            self.collection = now;
        }
        Err(ApiError::Overloaded { retry_after: SHORTLY })
    }

    async fn read(&self) -> ApiResult<Vec<ListedRecord>> {
        let access = Access::new(&self.caller, self.now);
        let listed = access.allow(Action::List, &self.collection.shape);
        if listed.constant() == Some(false) {
            return Err(ApiError::Forbidden);
        }
        let plan = ListPlan::of(&self.query, &self.collection, &self.state)?;
        let filter = match &plan.filter {
            Some(filter) => listed.and(filter.bind(&access.request())),
            None => listed,
        };
        let Some(selection) = Selection::new(self.collection.id, &filter) else { return Ok(vec![]) };
        let selection = selection.of_generation(self.collection.shape.generation());
        let keys = plan.keys.unwrap_or_default();
        let after = self.after.as_deref();
        let list = Sorted { selection: &selection, keys: &keys, after, limit: PAGE, prepared: true };
        let (lists, started) = (&self.state.lists, Instant::now());
        let prepared = lists.prepares(&list::text(&list)?);
        let mut conn = lists.get().await?;
        let read = list::sorted(&mut conn, Sorted { prepared, ..list }).await;
        read.map_err(|error| lists.failed(error, started))
    }

    /// Writes a page, and goes on to the next one.
    fn take(&mut self, records: Vec<ListedRecord>) -> ApiResult<Option<Bytes>> {
        self.is_over = (records.len() as i64) < PAGE;
        let plan = ListPlan::of(&self.query, &self.collection, &self.state)?;
        self.after = records.last().map(|last| last.place(plan.keys.as_deref()));
        let mut out = Vec::with_capacity(records.iter().map(|one| one.record.data.as_str().len() + 256).sum());
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        let written = match self.format {
            ImportFormat::Csv => {
                let columns = || Table::of(&self.collection.shape, plan.fields.as_deref());
                self.table.get_or_insert_with(columns).write(&mut out, is_first, &records)
            }
            ImportFormat::Ndjson => write_lines(&mut out, plan.fields.as_deref(), &records),
        };
        written.map_err(|error| ApiError::Internal(error.into()))?;
        Ok((!out.is_empty()).then(|| out.into()))
    }

    /// Asks again who the caller is and what they may, as every request is asked that takes less long.
    async fn admit(&mut self) -> ApiResult<()> {
        if self.admitted.elapsed() < ADMITTED {
            return Ok(());
        }
        self.caller = middleware::caller_again(&self.state, &self.headers).await?;
        self.admitted = Instant::now();
        if self.caller.may("records", "read", Scope::Own) { Ok(()) } else { Err(ApiError::Forbidden) }
    }
}

fn write_lines(out: &mut Vec<u8>, fields: Option<&[String]>, records: &[ListedRecord]) -> serde_json::Result<()> {
    for ListedRecord { record, .. } in records {
        match fields {
            Some(shown) => record_text::write_some(out, record, shown)?,
            None => record_text::write(out, record)?,
        }
        out.push(b'\n');
    }
    Ok(())
}
