//! `GET /v1/collections/{name}/records/{id}/history`.

use actix_web::{HttpResponse, http::header, web};
use chrono::{DateTime, Utc};
use event_store::{RecordedEvent, history};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Past, RecordView, Version, stream};
use crate::{
    answer::POSITION,
    auth::Caller,
    collections,
    error::ApiResult,
    extract::Query,
    records::{self, Access},
    state::State,
};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

/// One version of a record.
#[derive(Serialize, ToSchema)]
pub struct VersionView {
    version: i64,
    /// `created`, `changed`, `deleted` or `restored`.
    #[schema(example = "changed")]
    change: &'static str,
    at: DateTime<Utc>,
    /// The user who did it.
    by: Uuid,
    /// As it was from then on; `null` when it was deleted.
    record: Option<RecordView>,
}

/// A page of versions.
#[derive(Serialize, ToSchema)]
pub struct HistoryPage {
    items: Vec<VersionView>,
    /// For the next page; `null` on the last one.
    next_cursor: Option<String>,
}

/// Where a page ended.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Last {
    version: i64,
    at: DateTime<Utc>,
}

/// List the versions of a record
///
/// The newest comes first. As far as the collection shows history (`history` of its definition), and only versions for which
/// its rule for `view` holds, of a record for which it holds now, or held last; so a page may have fewer than `limit`.
#[utoipa::path(
    get, path = "/v1/collections/{name}/records/{id}/history", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("limit" = Option<i64>, Query, description = "Versions in a page; 20 by default", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 24, description = "`next_cursor` of the page before"),
    ),
    responses((status = 200, description = "A page of versions", body = HistoryPage))
)]
pub async fn list_history(
    state: State,
    caller: Caller,
    path: web::Path<(String, String)>,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    query.finish()?;
    let (name, id) = (collections::named(&path.0)?, records::named(&path.1)?);
    let collection = state.collections.find(&name).await?;
    let bound = format!("history {} {}", collection.id.as_uuid(), id.as_uuid());
    let last: Option<Last> = cursor.map(|cursor| state.cursors.read(&bound, &cursor)).transpose()?;
    let past = Past::open(&state, Access::new(&caller, state.clock.now()), &collection, id).await?;

    let position = state.events.head().position();
    let before = last.map_or(i64::MAX, |last| last.version);
    // One more than asked for tells whether there is another page, and what a deletion has deleted.
    let events = history::of_stream(&mut *state.pool.get().await?, stream(id).as_str(), before, limit + 1).await?;
    let (items, last) = page(&past, &events, limit as usize, last)?;
    let next_cursor = last.map(|last| state.cursors.write(&bound, &last)).transpose()?;

    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position));
    if let Some(cursor) = &next_cursor {
        let base = format!("/v1/collections/{name}/records/{}/history", id.as_uuid());
        let next = format!("<{base}?limit={limit}&cursor={cursor}>; rel=\"next\"");
        response.insert_header((header::LINK, next));
    }
    Ok(response.json(HistoryPage { items, next_cursor }))
}

/// What is shown of these events, and where the page ended, if there are more to show.
fn page(
    past: &Past<'_>,
    events: &[RecordedEvent],
    limit: usize,
    mut last: Option<Last>,
) -> ApiResult<(Vec<VersionView>, Option<Last>)> {
    let versions = events.iter().map(Version::of).collect::<ApiResult<Vec<_>>>()?;
    let mut items = vec![];
    for (index, version) in versions.iter().take(limit).enumerate() {
        if !past.shows(version.number, last.map(|last| last.at)) {
            return Ok((items, None));
        }
        last = Some(Last { version: version.number, at: version.at });
        let record = past.view(version);
        // A deletion may be known to whom what it deleted may be.
        let deleted = version.data.is_none();
        let is_known =
            record.is_some() || deleted && versions.get(index + 1).is_some_and(|was| past.view(was).is_some());
        if is_known {
            let Version { number, kind, at, by, .. } = *version;
            items.push(VersionView { version: number, change: kind, at, by: by.as_uuid(), record });
        }
    }
    let has_more = versions.get(limit).is_some_and(|next| past.shows(next.number, last.map(|last| last.at)));
    Ok((items, last.filter(|_| has_more)))
}
