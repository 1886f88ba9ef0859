//! `GET /v1/collections/{name}/export`.

mod csv;
mod pages;

use std::{io, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    rt, web,
};
use bytes::Bytes;
use domain::imports::ImportFormat;
use futures::{StreamExt, stream};
use projections::records::NAME;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::timeout,
};
use tracing::warn;
use utoipa::ToSchema;

use super::list_query::ListQuery;
use crate::{
    answer::POSITION,
    auth::Caller,
    collections::named,
    error::{ApiError, ApiResult},
    extract::{After, Query},
    state::State,
};
use pages::Pages;

/// Exports that one process makes at the same time.
const MOST_EXPORTS: usize = 8;
const SHORTLY: Duration = Duration::from_secs(2);
/// Who takes no page for so long is left behind.
const PATIENCE: Duration = Duration::from_secs(30);

/// Places of exports. Clones share them.
#[derive(Clone)]
pub struct Exports(Arc<Semaphore>);

impl Default for Exports {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_EXPORTS)))
    }
}

impl Exports {
    fn place(&self) -> ApiResult<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.0).try_acquire_owned();
        place.map_err(|_| ApiError::Overloaded { retry_after: SHORTLY })
    }
}

/// Records, one in each line.
#[derive(ToSchema)]
#[schema(value_type = String)]
#[expect(dead_code, reason = "describes an answer that is written as a stream")]
pub struct ExportedRecords(String);

/// Export records
///
/// Those for which the collection's rule for `list` holds, and `filter` too, from the oldest to the newest, as a stream of any
/// length. What is exported can be imported. An export that does not come to its end ends in the middle of the answer: nobody
/// takes it for a whole one.
#[utoipa::path(
    get, path = "/v1/collections/{name}/export", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("format" = Option<String>, Query, description = "`ndjson`, as by default, or `csv`", pattern = "^(ndjson|csv)$"),
        ("filter" = Option<String>, Query, description = "A condition in CEL, such as `record.status == \"open\"`", max_length = 4096),
        ("fields" = Option<String>, Query, description = "Members that the records are exported with, such as `title,rank`; `id` always is"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "The records", content(
        (ExportedRecords = "application/x-ndjson"), (ExportedRecords = "text/csv"),
    )))
)]
pub async fn export_records(
    state: State,
    caller: Caller,
    name: web::Path<String>,
    after: After,
    mut query: Query,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let format =
        query.parsed("format", "unknown_value", |text| ImportFormat::parse(text).ok_or("must be ndjson or csv"));
    let (format, wanted) = (format.unwrap_or(ImportFormat::Ndjson), ListQuery::of_export(&mut query));
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let name = named(&name)?;
    let place = state.exports.place()?;
    let position = state.reflected(NAME, after, &[]).await?;
    let (content_type, extension) = match format {
        ImportFormat::Ndjson => ("application/x-ndjson", "ndjson"),
        ImportFormat::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type(content_type)
        .insert_header((POSITION, position))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{extension}\"")));
    let headers = request.headers().clone();
    let mut pages = Pages::begin(state, headers, caller, name, wanted, format).await?;
    // What goes wrong at once is told in words.
    let first = pages.next().await?;
    if *request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    Ok(response.streaming(stream::iter(first.map(Ok)).chain(stream_of(pages, place))))
}

/// The rest of an export, read a page ahead of whoever takes it, and no further.
fn stream_of(mut pages: Pages, place: OwnedSemaphorePermit) -> impl futures::Stream<Item = io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(1);
    rt::spawn(async move {
        let _place = place;
        loop {
            let page = match pages.next().await {
                Ok(Some(page)) => Ok(page),
                Ok(None) => return,
                Err(error) => {
                    warn!(%error, "an export ends early");
                    Err(io::Error::other(error.to_string()))
                }
            };
            let is_last = page.is_err();
            // Nobody is there any more, or nobody takes anything.
            let sent = timeout(PATIENCE, sender.send(page)).await;
            let Ok(Ok(())) = sent else {
                drop(sender.try_send(Err(io::ErrorKind::TimedOut.into())));
                return;
            };
            if is_last {
                return;
            }
        }
    });
    stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|page| (page, receiver)) })
}
