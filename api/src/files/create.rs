//! `POST /v1/files`.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use domain::{
    files::{FileId, FileSpace, space::TakeSpaceRefused},
    users::UserId,
};
use event_store::{AppendError, ExecuteError, Executed};
use file_store::{Key, NAME, NewFile, make, space_stream};
use tracing::warn;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    FileView, look_up,
    upload::{Said, Upload, take_in},
};
use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, Query},
    idempotency::{Begun, Requester, made},
    middleware::context::RequestContext,
    state::{AppState, State},
};

const ROUTE: &str = "POST /v1/files";

/// The content of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes a body that is read as a stream")]
pub struct FileContent(Vec<u8>);

/// A form as browsers send it, with one file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body that is read as a stream")]
pub struct FileForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Upload a file
///
/// The body is the content itself, or a form (`multipart/form-data`) with one part, `file`. The name comes from `name`, from
/// `Content-Disposition`, or from the form. The type is the one that the content shows; `Content-Type` counts where nothing
/// contradicts it. With a digest (`Content-Digest` or `Repr-Digest`, `sha-256`) other content is refused.
#[utoipa::path(
    post, path = "/v1/files", tag = "files",
    request_body(content((FileContent = "application/octet-stream"), (FileForm = "multipart/form-data"))),
    params(
        ("name" = Option<String>, Query, description = "The file's name", max_length = 255),
        ("temporary" = Option<bool>, Query, description = "Whether the file goes by itself after some days"),
        ("Content-Disposition" = Option<String>, Header, description = "With `filename`, where the body is the content"),
        ("Content-Digest" = Option<String>, Header, description = "`sha-256=:…:` of the content (RFC 9530)"),
        ("Repr-Digest" = Option<String>, Header, description = "The same"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
    ),
    responses((status = 201, description = "The file", body = FileView))
)]
pub async fn create_file(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    mut query: Query,
    request: HttpRequest,
    body: web::Payload,
) -> ApiResult<HttpResponse> {
    let said = Said::take(&mut query, &request)?;
    query.finish()?;
    said.refuse_length(state.files.settings.max_bytes)?;
    refuse_without_room(&state, caller.user_id, said.least()).await?;
    let _place = state.files.place()?;
    let content = Key::content(Uuid::now_v7());
    let upload = take_in(&state.files.storage, &request, body, &content, said, state.files.bounds()).await?;
    let entered = enter(&state, &caller, &context, &key, &content, upload).await;
    if entered.as_ref().map_or_else(is_certain, |entered| entered.is_repeat) {
        discard(&state, &content).await;
    }
    let Entered { id, position, .. } = entered?;
    let found = look_up(&state, id).await?;
    let view = FileView::open(id, found.version, &found.kept, &state.keys).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/files/{id}")));
    Ok(answer::changed(response, &view, found.version, position))
}

/// Refuses a file that there is no room for before any of it has come. Whether there is when it has come, the command says.
pub(crate) async fn refuse_without_room(state: &AppState, owner: UserId, bytes: u64) -> ApiResult<()> {
    let space = state.events.recent::<FileSpace>(&space_stream(owner)).await?.state;
    Ok(space.fits(bytes, state.files.room())?)
}

/// A file that is in the log.
struct Entered {
    id: FileId,
    position: Option<i64>,
    /// An earlier request has made it, of content of its own.
    is_repeat: bool,
}

async fn enter(
    state: &AppState,
    caller: &Caller,
    context: &RequestContext,
    key: &IdempotencyKey,
    content: &Key,
    upload: Upload,
) -> ApiResult<Entered> {
    let (owner, Upload { name, received, temporary }) = (caller.user_id, upload);
    let said = [name.as_str().as_bytes(), b"\0", received.sha256.as_bytes(), &[u8::from(temporary)]].concat();
    let begun = state.idempotency.begin(Requester::User(owner), ROUTE, key, &said)?;
    let id = content.owner().unwrap_or_default();
    let name = state.keys.get(owner.as_uuid()).await?.seal(NAME, name.as_str());
    let (key, at) = (content.clone(), state.clock.now());
    let file = NewFile { id: FileId::from_uuid(id), owner, name, received, key, temporary, at };
    let done = execute(state, &begun, context, file).await?;
    let made = made(done.replay.as_ref(), id)?;
    Ok(Entered { id: FileId::from_uuid(made), position: done.position, is_repeat: made != id })
}

async fn execute(
    state: &AppState,
    begun: &Begun,
    context: &RequestContext,
    file: NewFile,
) -> Result<Executed<FileSpace>, ApiError> {
    let execution = begun.execution_making(context.metadata(Some(file.owner)), file.id.as_uuid())?;
    match make(&state.events, file, state.files.room(), execution).await {
        Ok(done) => Ok(done),
        Err(ExecuteError::Append(AppendError::OutcomeUnknown)) => Err(ApiError::OutcomeUnknown),
        Err(error) => Err(error.into()),
    }
}

/// Whether it is sure that no event names the content.
pub(crate) fn is_certain(error: &ApiError) -> bool {
    !matches!(error, ApiError::OutcomeUnknown)
}

/// Removes content that no event names. Where that fails, it is swept up later.
pub(crate) async fn discard(state: &AppState, content: &Key) {
    if let Err(error) = state.files.storage.delete(content).await {
        warn!(%content, %error, "content that no file has is left");
    }
}

impl From<TakeSpaceRefused> for ApiError {
    fn from(refused: TakeSpaceRefused) -> Self {
        let text = refused.to_string();
        let mut detail = text.chars();
        let first = detail.next().map(|first| first.to_ascii_uppercase());
        Self::QuotaExceeded { detail: format!("{}{}.", first.unwrap_or_default(), detail.as_str()) }
    }
}
