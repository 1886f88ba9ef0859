//! `GET /v1/files/{id}/content`.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::{
        Method,
        header::{self, HeaderName},
    },
    web,
};
use domain::files::{ContentType, Kept};
use file_store::{Key, NAME, StorageError, is_shown_safely};
use futures::{StreamExt, stream};

use super::{
    Found,
    create::FileContent,
    digest::{self, REPR_DIGEST},
    disposition::Disposition,
    find, named,
    range::{Wanted, wanted},
    thumbnail::kept_for,
};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::Query,
    state::{AppState, State},
};

/// Content under an id never changes.
pub(crate) const FOR_GOOD: u64 = 365 * 24 * 60 * 60;
/// Whatever the content is, a browser runs nothing of it, and nothing of ours is in its reach.
pub(super) const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// Download a file
///
/// Also a part of it (`Range`, one range of bytes). The ETag is made of the content, which never changes. What browsers would
/// run something of is for saving only, whatever `disposition` says.
#[utoipa::path(
    get, path = "/v1/files/{id}/content", tag = "files",
    params(
        ("id" = Uuid, Path, description = "The file's id"),
        ("disposition" = Option<String>, Query, description = "`inline` or `attachment`; by default what suits the type", pattern = "^(inline|attachment)$"),
        ("Range" = Option<String>, Header, description = "Such as `bytes=0-1023`"),
        ("If-Range" = Option<String>, Header, description = "The ETag of the content that the range is of"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The content", body = FileContent, content_type = "application/octet-stream"),
        (status = 206, description = "A part of it", body = FileContent, content_type = "application/octet-stream"),
        (status = 304, description = "The caller has it"),
        (status = 416, description = "There is nothing where the range is", body = crate::error::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn download_file(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    mut query: Query,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let disposition = query.parsed("disposition", "malformed", Disposition::parse);
    query.finish()?;
    let found = find(&state, &caller, named(&id)?, "read").await?;
    serve(&state, &request, &found, disposition, FOR_GOOD).await
}

/// Answers with the content, or what the request wants of it. It may be kept for so many seconds.
pub(super) async fn serve(
    state: &AppState,
    request: &HttpRequest,
    found: &Found,
    disposition: Option<Disposition>,
    max_age: u64,
) -> ApiResult<HttpResponse> {
    let kept = found.kept.as_ref();
    // Also whether the owner is still there.
    let name = state.keys.open(kept.owner.as_uuid(), NAME, &kept.name).await?;
    let etag = format!("\"{}\"", kept.sha256);
    if has(request, &etag) {
        let mut response = HttpResponse::NotModified();
        describe(&mut response, kept, &etag, max_age);
        return Ok(response.finish());
    }
    let wanted = if *request.method() == Method::GET && is_same(request, &etag) {
        wanted(text(request, &header::RANGE), kept.size)
    } else {
        Wanted::Whole
    };
    let (mut response, range) = match wanted {
        Wanted::Whole => (HttpResponse::Ok(), 0..kept.size),
        Wanted::Part(range) => {
            let mut response = HttpResponse::PartialContent();
            let place = format!("bytes {}-{}/{}", range.start, range.end - 1, kept.size);
            response.insert_header((header::CONTENT_RANGE, place));
            (response, range)
        }
        Wanted::Nothing => return Err(ApiError::RangeNotSatisfiable { size: kept.size }),
    };
    describe(&mut response, kept, &etag, max_age);
    let suited = if is_shown_safely(&kept.content_type) { Disposition::Inline } else { Disposition::Attachment };
    let disposition = disposition.filter(|_| suited == Disposition::Inline).unwrap_or(suited);
    response.insert_header((header::CONTENT_DISPOSITION, disposition.header(&name)));
    let length = range.end - range.start;
    if *request.method() == Method::HEAD {
        return Ok(response.body(SizedStream::new(length, stream::empty::<Result<_, StorageError>>())));
    }
    let mut pieces = Box::pin(state.files.storage.stream(&Key::from_stored(&kept.key), range));
    // What goes wrong at once is told in words.
    let first = pieces.next().await.transpose()?;
    Ok(response.body(SizedStream::new(length, stream::iter(first.map(Ok)).chain(pieces))))
}

fn describe(response: &mut HttpResponseBuilder, kept: &Kept, etag: &str, max_age: u64) {
    response
        .content_type(with_charset(&kept.content_type))
        .insert_header((header::ETAG, etag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, kept_for(max_age)))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REPR_DIGEST, digest::written(&kept.sha256)));
}

/// Text was found to be UTF-8.
fn with_charset(content_type: &ContentType) -> String {
    let text = content_type.as_str();
    if text.starts_with("text/") { format!("{text}; charset=utf-8") } else { text.to_owned() }
}

/// Whether the caller has the content already.
pub(super) fn has(request: &HttpRequest, etag: &str) -> bool {
    let tags = text(request, &header::IF_NONE_MATCH).unwrap_or_default();
    tags.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == etag || tag == "*")
}

/// Whether a range is one of this content. A date proves nothing.
fn is_same(request: &HttpRequest, etag: &str) -> bool {
    text(request, &header::IF_RANGE).is_none_or(|tag| tag.trim() == etag)
}

fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}
