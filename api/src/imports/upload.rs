//! `PUT /v1/imports/{id}/content`.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::header::{self, HeaderName},
    web,
};
use domain::imports::{Import, ImportFormat, ImportId, NotOpen, Progress};
use event_store::Loaded;
use futures::StreamExt;
use utoipa::ToSchema;

use super::{ImportView, content::Content, find, named, record::Making, steps::Steps};
use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::Query,
    files::chunk,
    middleware::context::RequestContext,
    state::{AppState, State},
};

/// As resumable uploads of files have it.
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// As draft-ietf-httpbis-resumable-upload has it: a boolean of RFC 9651.
const COMPLETE: HeaderName = HeaderName::from_static("upload-complete");

/// Lines.
#[derive(ToSchema)]
#[schema(value_type = String)]
#[expect(dead_code, reason = "describes a body that is read as a stream")]
pub struct ImportContent(String);

/// Bring the content of an import
///
/// Of any size. Lines are done as they come: each becomes a record, or an error of the import, exactly once. Where the request
/// breaks off, what was done counts: send all of it again, and what was done is passed over; or go on at `received_bytes` of the
/// import, with `Upload-Offset`. One request at a time.
#[utoipa::path(
    put, path = "/v1/imports/{id}/content", tag = "imports",
    request_body(content((ImportContent = "application/x-ndjson"), (ImportContent = "text/csv"))),
    params(
        ("id" = Uuid, Path, description = "The import's id"),
        ("Upload-Offset" = Option<i64>, Header, minimum = 0, description = "Where in the content this body begins, at most where the import is; 0 without it"),
        ("Upload-Complete" = Option<String>, Header, pattern = r"^\?[01]$", description = "`?0` where more of the content follows in another request; the import is finished with the end of the body otherwise"),
    ),
    responses((status = 200, description = "How far the import is", body = ImportView))
)]
pub async fn upload_import(
    state: State,
    caller: Caller,
    context: RequestContext,
    id: web::Path<String>,
    query: Query,
    request: HttpRequest,
    body: web::Payload,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let id = named(&id)?;
    let import = find(&state, &caller, id).await?;
    let progress = match import.state.open() {
        Ok(progress) => progress,
        // Its sender may not have heard so.
        Err(NotOpen::Finished) => return answered(&state, id, &import, None),
        Err(refused @ (NotOpen::UnknownImport | NotOpen::Abandoned)) => return Err(refused.into()),
    };
    if progress.by != caller.user_id {
        // The records would be the caller's: whoever may see it may not go on with it.
        return Err(ApiError::NotFound);
    }
    check_type(&request, progress)?;
    let (offset, is_complete) = (offset(&request)?, is_complete(&request)?);
    let _turn = state.imports.take(id)?;
    // As it is now that it is nobody else's turn.
    let import = find(&state, &caller, id).await?;
    let body = body.map(chunk).boxed_local();
    let mut content = Content::new(body, import.state.open()?, offset, is_complete, &state.shutdown)?;
    let metadata = context.metadata(Some(caller.user_id));
    let mut steps = Steps::new(&state, request.headers(), metadata, caller, id, import);

    let mut batch = content.batch(&steps.collection().await?.shape).await;
    while batch.end.is_none() {
        let collection = steps.collection().await?;
        // While the database appends some lines, the next ones are read.
        let next = async {
            let next = content.batch(&collection.shape).await;
            next.make(&collection, &Making::new(id, &collection.shape, &next.columns, state.clock.now()));
            Ok(next)
        };
        // Where those cannot be appended, nothing more is waited for.
        ((), batch) = tokio::try_join!(steps.advance(&batch), next)?;
    }
    // What has come counts, however it ended.
    steps.advance(&batch).await?;
    batch.end.unwrap_or(Ok(()))?;
    if is_complete {
        steps.finish().await?;
    }
    answered(&state, id, &steps.import, steps.position)
}

fn answered(state: &AppState, id: ImportId, import: &Loaded<Import>, position: Option<i64>) -> ApiResult<HttpResponse> {
    let view = ImportView::of(id, import.version, &import.state).ok_or(ApiError::NotFound)?;
    let position = position.unwrap_or_else(|| state.events.head().position());
    Ok(answer::changed(HttpResponse::Ok(), &view, view.version, Some(position)))
}

/// The content has to be called what the import was started for.
fn check_type(request: &HttpRequest, progress: &Progress) -> ApiResult<()> {
    let expected = match progress.format {
        ImportFormat::Ndjson => "application/x-ndjson",
        ImportFormat::Csv => "text/csv",
    };
    let is_encoded = request.headers().contains_key(header::CONTENT_ENCODING);
    if is_encoded || !request.content_type().eq_ignore_ascii_case(expected) {
        return Err(ApiError::UnsupportedMediaType { expected });
    }
    Ok(())
}

fn offset(request: &HttpRequest) -> ApiResult<u64> {
    let Some(value) = request.headers().get(&OFFSET) else { return Ok(0) };
    let offset = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    offset.ok_or_else(|| invalid(&OFFSET, "must be a number of bytes"))
}

fn is_complete(request: &HttpRequest) -> ApiResult<bool> {
    match request.headers().get(&COMPLETE).map(|value| value.as_bytes().trim_ascii()) {
        None | Some(b"?1") => Ok(true),
        Some(b"?0") => Ok(false),
        Some(_) => Err(invalid(&COMPLETE, "must be ?0 or ?1")),
    }
}

fn invalid(name: &HeaderName, detail: &'static str) -> ApiError {
    ApiError::BadRequest(vec![FieldError::header(name, "invalid_header", detail)])
}
