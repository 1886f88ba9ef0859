//! `PUT /v1/users/me/avatar`.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use domain::{
    Aggregate, Command,
    files::{FileId, FileSpace, TakeSpace},
    users::{ChangeAvatar, User},
};
use event_store::{
    AppendError, ExecuteError, Executed, Execution, Expected, NewEvent, StreamAppend, StreamId, aggregates::Loaded,
};
use file_store::{Key, NAME, NewFile, Received, beginning, picture, space_stream};
use uuid::Uuid;

use super::Avatar;
use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, IfMatch, Query},
    files::{
        create::{FileContent, discard, is_certain, refuse_without_room},
        upload::{Bounds, Said, Upload, take_in},
    },
    idempotency::{Requester, made},
    middleware::context::RequestContext,
    state::{AppState, State},
};

const ROUTE: &str = "PUT /v1/users/me/avatar";
/// More than photographs of cameras take.
const MAX_BYTES: u64 = 10 << 20;
/// Where a picture says how large it is; notes and colours of cameras may come before.
const HEAD_BYTES: u64 = 2 << 20;
/// How often others of the person's uploads may take room at the same moment.
const MOST_TRIES: usize = 10;
const SHORTLY: Duration = Duration::from_secs(1);

/// Show oneself by a picture
///
/// The body is a PNG, JPEG, WebP or GIF of at most 10 MiB and 50 million pixels, as its content shows it. It becomes a file of
/// the caller's, and the one before is deleted. Others see small pictures of it only, without the camera's notes.
#[utoipa::path(
    put, path = "/v1/users/me/avatar", tag = "users",
    request_body(content((FileContent = "image/png"), (FileContent = "image/jpeg"), (FileContent = "image/webp"), (FileContent = "image/gif"))),
    params(
        ("Content-Digest" = Option<String>, Header, description = "`sha-256=:…:` of the content (RFC 9530)"),
        ("Repr-Digest" = Option<String>, Header, description = "The same"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the account that the caller has seen"),
    ),
    responses((status = 200, description = "The picture; the ETag is the account's", body = Avatar))
)]
#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
pub async fn change_avatar(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    seen: IfMatch,
    query: Query,
    request: HttpRequest,
    body: web::Payload,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let user = caller.user_id;
    let said = Said::of_content(&request)?.called("avatar");
    let max_bytes = MAX_BYTES.min(state.files.settings.max_bytes);
    said.refuse_length(max_bytes)?;
    refuse_without_room(&state, user, said.least()).await?;
    let _place = state.files.place()?;
    let content = Key::content(Uuid::now_v7());
    let types = picture::TYPES.map(str::to_owned);
    let bounds = Bounds { max_bytes, types: &types };
    let Upload { name, received, .. } = take_in(&state.files.storage, &request, body, &content, said, bounds).await?;
    let changed = async {
        refuse_unbearable(&state, &content, &received).await?;
        let id = FileId::from_uuid(content.owner().unwrap_or_default());
        let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, received.sha256.as_bytes())?;
        let execution = begun.execution_making(context.metadata(Some(user)), id.as_uuid())?;
        let name = state.keys.get(user.as_uuid()).await?.seal(NAME, name.as_str());
        let (key, at) = (content.clone(), state.clock.now());
        let file = NewFile { id, owner: user, name, received, key, temporary: false, at };
        let done = execute(&state, file, Execution { expected: seen.0, ..execution }).await?;
        let made = made(done.replay.as_ref(), id.as_uuid())?;
        Ok((done.version, done.position, made, made != id.as_uuid()))
    };
    let changed = changed.await;
    if changed.as_ref().map_or_else(is_certain, |(_, _, _, is_repeat)| *is_repeat) {
        discard(&state, &content).await;
    }
    let (version, position, file, _) = changed?;
    Ok(answer::changed(HttpResponse::Ok(), &Avatar::of(user.as_uuid(), file), version, position))
}

/// Refuses what workers would make no small pictures of, as far as its beginning tells.
async fn refuse_unbearable(state: &AppState, content: &Key, received: &Received) -> ApiResult<()> {
    let head = state.files.storage.read(content, 0..received.size.min(HEAD_BYTES)).await?;
    let (code, detail) = match picture::dimensions(&head) {
        None => ("unreadable_picture", "must be a picture".to_owned()),
        Some(size) if !picture::is_bearable(size) => {
            let (side, pixels) = (picture::MAX_SIDE, picture::MAX_PIXELS);
            ("too_many_pixels", format!("must have at most {pixels} pixels, and {side} on a side"))
        }
        Some(_) => return Ok(()),
    };
    Err(ApiError::Invalid(vec![FieldError::at("", code, detail)]))
}

/// Makes the file, takes the room for it and names it in the account, in one append.
async fn execute(state: &AppState, file: NewFile, execution: Execution) -> ApiResult<Executed<User>> {
    let (stream, space) = (StreamId::new(User::CATEGORY, file.owner.as_uuid()), space_stream(file.owner));
    let take = TakeSpace { file: file.id, bytes: file.received.size, room: state.files.room(), at: file.at };
    let command = ChangeAvatar { file: file.id, at: file.at };
    let beginning = beginning(file).map_err(|error| ApiError::Internal(error.into()))?;
    for _ in 0..MOST_TRIES {
        let Loaded { state: known, version } = state.events.load::<FileSpace>(&space).await?;
        let taken = take.clone().decide(&known)?;
        let events = taken.iter().map(NewEvent::from_domain).collect::<Result<_, _>>();
        let events = events.map_err(|error| ApiError::Internal(error.into()))?;
        let taken = StreamAppend { stream: space.clone(), expected: Expected::Exactly(version), events };
        let execution = Execution { beside: vec![beginning.clone(), taken], ..execution.clone() };
        match state.events.execute(&stream, command.clone(), execution).await {
            // Another upload was faster.
            Err(ExecuteError::Append(AppendError::Conflict { stream: other, .. })) if other == space => {}
            Err(ExecuteError::Append(AppendError::OutcomeUnknown)) => return Err(ApiError::OutcomeUnknown),
            done => return Ok(done?),
        }
    }
    Err(ApiError::Overloaded { retry_after: SHORTLY })
}
