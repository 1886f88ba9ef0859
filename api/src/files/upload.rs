//! The file that a request brings, as a raw body or in a form: taken into the object store, and looked at.

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{self, HeaderMap},
    web,
};
use domain::files::{ContentType, Digest, FileName, name::InvalidFileName};
use file_store::{Incoming, Key, Received, Storage, is_taken};
use futures::StreamExt;

use super::{
    digest,
    disposition::sent_name,
    form,
    receive::{chunk, receive},
};
use crate::{
    error::{ApiError, ApiResult, FieldError},
    extract::Query,
};

/// What stands around the file in a form.
const FORM_OVERHEAD: u64 = 64 << 10;
/// Whoever gives a file no name finds it under this one.
pub(super) const UNNAMED: &str = "unnamed";

/// What a request says of the file that it brings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(super) name: Option<FileName>,
    pub(super) declared: Option<ContentType>,
    pub(super) digest: Option<Digest>,
    pub(super) temporary: bool,
    /// Of the body.
    pub(super) length: Option<u64>,
    pub(super) is_form: bool,
}

/// What is taken of those who bring something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds<'a> {
    pub(crate) max_bytes: u64,
    /// As `files.types` of the configuration.
    pub(crate) types: &'a [String],
}

/// A file whose content is in the object store.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) name: FileName,
    pub(crate) received: Received,
    pub(super) temporary: bool,
}

impl Said {
    /// Reads parameters and headers.
    pub(super) fn take(query: &mut Query, request: &HttpRequest) -> ApiResult<Self> {
        let headers = request.headers();
        let said = Self::of_content(request)?;
        let name = query.parsed("name", "malformed", FileName::parse);
        let temporary =
            query.parsed("temporary", "malformed", |text| text.parse::<bool>().map_err(|_| "must be true or false"));
        let is_form = request.content_type().eq_ignore_ascii_case("multipart/form-data");
        let sent = sent_name(headers).filter(|_| name.is_none() && !is_form);
        let sent = sent.map(|name| FileName::parse(&name)).transpose().map_err(|error| {
            let error = FieldError::header(&header::CONTENT_DISPOSITION, "malformed", error.to_string());
            ApiError::BadRequest(vec![error])
        })?;
        let declared = said.declared.filter(|_| !is_form);
        Ok(Self { name: name.or(sent), declared, temporary: temporary.unwrap_or(false), is_form, ..said })
    }

    /// Reads the headers of a body that is the content itself.
    pub(crate) fn of_content(request: &HttpRequest) -> ApiResult<Self> {
        let headers = request.headers();
        if headers.contains_key(header::CONTENT_ENCODING) {
            return Err(ApiError::UnsupportedMediaType { expected: "sent without Content-Encoding" });
        }
        Ok(Self {
            declared: ContentType::parse(request.content_type()).ok(),
            digest: digest::expected(headers)?,
            length: length(headers),
            ..Self::default()
        })
    }

    /// The same under a name that the sender has not chosen.
    pub(crate) fn called(self, name: &str) -> Self {
        Self { name: FileName::parse(name).ok(), ..self }
    }

    /// Refuses what is too large before any of it has come.
    pub(crate) fn refuse_length(&self, limit: u64) -> ApiResult<()> {
        let most = if self.is_form { limit.saturating_add(FORM_OVERHEAD) } else { limit };
        if self.length.is_some_and(|length| length > most) { Err(ApiError::FileTooLarge { limit }) } else { Ok(()) }
    }

    /// Bytes that the file will have at least.
    pub(crate) fn least(&self) -> u64 {
        self.length.filter(|_| !self.is_form).unwrap_or(0)
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Takes the file in; afterwards its content is there, durably, or nothing of it is.
pub(crate) async fn take_in(
    storage: &Storage,
    request: &HttpRequest,
    body: web::Payload,
    key: &Key,
    said: Said,
    bounds: Bounds<'_>,
) -> ApiResult<Upload> {
    let mut incoming = Incoming::begin(storage, key, bounds.max_bytes);
    let taken = match said.is_form {
        true => form::receive(request.headers(), body, &mut incoming, said).await,
        false => receive(body.map(chunk), &mut incoming).await.map(|()| said),
    };
    let checked = taken.and_then(|said| check(said, &incoming, bounds.types));
    match checked {
        Ok(upload) => {
            incoming.store().await?;
            Ok(upload)
        }
        Err(error) => {
            incoming.abandon().await;
            Err(error)
        }
    }
}

fn check(said: Said, incoming: &Incoming, types: &[String]) -> ApiResult<Upload> {
    let received = incoming.received(said.declared.as_ref());
    if !is_taken(&received.content_type, types) {
        return Err(ApiError::FileTypeRefused { content_type: received.content_type.to_string() });
    }
    // Of a form, the digest would be of the form.
    if said.digest.filter(|_| !said.is_form).is_some_and(|digest| digest != received.sha256) {
        return Err(ApiError::DigestMismatch);
    }
    let name = said.name.map_or_else(|| FileName::parse(UNNAMED), Ok).map_err(|error| name_error(error, "/file"))?;
    Ok(Upload { name, received, temporary: said.temporary })
}

pub(super) fn name_error(error: InvalidFileName, pointer: &str) -> ApiError {
    let code = match error {
        InvalidFileName::Empty => "empty",
        InvalidFileName::TooLong => "too_long",
        InvalidFileName::ForbiddenCharacter => "forbidden_character",
    };
    ApiError::Invalid(vec![FieldError::at(pointer, code, error.to_string())])
}
