//! `PATCH /v1/files/tus/{id}`.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;
use file_store::{
    Key,
    uploads::{Advance, Lease, Leased, Part, Upload},
};
use futures::{StreamExt, stream::LocalBoxStream};
use uuid::Uuid;

use super::{
    checksum::Checksum,
    complete, expires_at,
    headers::{CHECKSUM, OFFSET, check_version, describe, number, text},
    named,
};
use crate::{
    answer::POSITION,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::Query,
    files::{
        create::{FileContent, discard},
        receive::{Pulled, chunk, pull},
    },
    middleware::context::RequestContext,
    state::{AppState, State},
};

const CONTENT_TYPE: &str = "application/offset+octet-stream";
/// So much is made durable at a time: a crash takes no more than that.
const PIECE: u64 = 16 << 20;

/// Go on with an upload
///
/// After tus 1.0.0: the bytes from `Upload-Offset` on. What has come is kept when the connection breaks, unless the request has
/// a checksum: then all of it counts, or nothing. One request at a time.
#[utoipa::path(
    patch, path = "/v1/files/tus/{id}", tag = "files",
    request_body(content = FileContent, content_type = "application/offset+octet-stream"),
    params(
        ("id" = Uuid, Path, description = "The upload's id"),
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Offset" = i64, Header, minimum = 0, description = "Where these bytes belong: as far as the upload is"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1` or `sha256`, and the checksum of this body in base64"),
    ),
    responses(
        (status = 204, description = "How far it is, in `Upload-Offset`; when all has come, the file is there"),
        (status = 460, description = "The bytes are not those of the checksum", body = crate::error::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn append_upload(
    state: State,
    caller: Caller,
    context: RequestContext,
    id: web::Path<String>,
    query: Query,
    request: HttpRequest,
    body: web::Payload,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    check_version(&request)?;
    if request.content_type() != CONTENT_TYPE || request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(ApiError::UnsupportedMediaType { expected: CONTENT_TYPE });
    }
    let offset = number(&request, &OFFSET)?;
    let checksum = text(&request, &CHECKSUM).map(Checksum::parse).transpose()?;
    let _place = state.files.place()?;
    let taken = Lease::take(&state.pool, named(&id)?, caller.user_id.as_uuid(), state.clock.now()).await?;
    let (lease, upload) = match taken {
        Leased::Taken(lease, upload) => (lease, upload),
        Leased::Busy => return Err(ApiError::UploadBusy),
        Leased::Absent => return Err(ApiError::NotFound),
    };
    let incoming = Incoming { state: &state, lease: &lease, upload, checksum, parts: vec![] };
    let done = lease.hold(incoming.run(&context, offset, body.map(chunk).boxed_local())).await;
    lease.release().await;
    let (received, position) = done.map_err(ApiError::from).flatten()?;
    let mut response = HttpResponse::NoContent();
    // What is complete does not expire.
    describe(&mut response, received, position.is_none().then(|| expires_at(&state, state.clock.now())));
    if let Some(position) = position {
        response.insert_header((POSITION, position));
    }
    Ok(response.finish())
}

/// Bytes that come in for an upload.
struct Incoming<'a> {
    state: &'a AppState,
    lease: &'a Lease,
    upload: Upload,
    checksum: Option<Checksum>,
    /// Durable, and not counted yet: what a checksum is waited for.
    parts: Vec<Part>,
}

impl Incoming<'_> {
    /// Takes what comes; returns how far the upload is then, and the position of the file's event where this made it.
    async fn run(
        mut self,
        context: &RequestContext,
        offset: u64,
        body: LocalBoxStream<'static, ApiResult<Bytes>>,
    ) -> ApiResult<(u64, Option<i64>)> {
        if offset != self.upload.received() {
            return Err(ApiError::OffsetMismatch { actual: self.upload.received() });
        }
        let taken = self.take(body).await;
        let waiting = std::mem::take(&mut self.parts);
        if let Some(checksum) = self.checksum.take() {
            let is_right = taken.is_ok() && checksum.holds();
            if !is_right {
                for part in waiting {
                    discard(self.state, &part.key).await;
                }
                return Err(taken.err().unwrap_or(ApiError::ChecksumMismatch));
            }
            self.count(waiting, true).await?;
        }
        taken?;
        let position = match self.upload.is_complete() {
            true => complete(self.state, context, &self.upload).await?,
            false => None,
        };
        Ok((self.upload.received(), position))
    }

    /// Where a checksum is waited for, nothing is counted yet.
    async fn take(&mut self, mut body: LocalBoxStream<'static, ApiResult<Bytes>>) -> ApiResult<()> {
        let mut at = self.upload.received();
        loop {
            let key = Key::part(self.upload.id, at, Uuid::now_v7());
            let most = self.upload.size() - at;
            let mut writer = self.state.files.storage.writer(&key);
            let Pulled { size, end } = pull(&mut body, &mut writer, PIECE, most, self.checksum.as_mut()).await;
            let is_over = matches!(end, Some(Err(ApiError::FileTooLarge { .. })));
            if size == 0 || is_over {
                writer.abandon().await;
            } else {
                writer.finish().await?;
                let part = Part { start: at, size, key };
                at += size;
                match self.checksum {
                    Some(_) => self.parts.push(part),
                    None => self.count(vec![part], !matches!(end, Some(Err(_)))).await?,
                }
            }
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// Counts what is durable; whether more is to be done with the upload then, says `more`.
    async fn count(&mut self, parts: Vec<Part>, more: bool) -> ApiResult<()> {
        if parts.is_empty() {
            return Ok(());
        }
        let expires_at = expires_at(self.state, self.state.clock.now());
        let advance = Advance { from: self.upload.received(), parts: &parts, expires_at, more };
        let received = self.lease.advance(advance).await?;
        self.upload.received_bytes = i64::try_from(received).unwrap_or(i64::MAX);
        Ok(())
    }
}
