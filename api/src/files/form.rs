//! A form with one file in it, as browsers send it (RFC 7578).

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{http::header::HeaderMap, web};
use domain::files::{ContentType, FileName};
use file_store::Incoming;
use futures::StreamExt;

use super::{
    disposition::file_name,
    receive,
    upload::{Said, name_error},
};
use crate::error::{ApiError, ApiResult, FieldError};

/// The only part that a form may have.
const PART: &str = "file";

/// Takes in the file of a form, and what the form says of it.
pub(super) async fn receive(
    headers: &HeaderMap,
    body: web::Payload,
    incoming: &mut Incoming,
    said: Said,
) -> ApiResult<Said> {
    let mut form = Multipart::new(headers, body);
    let mut part = form.next().await.ok_or_else(missing)??;
    let name = part.content_disposition().and_then(|sent| sent.get_name().map(str::to_owned));
    if name.as_deref() != Some(PART) {
        return Err(unknown(name.as_deref()));
    }
    let said = describe(&part, said)?;
    receive::receive(&mut part, incoming).await?;
    drop(part);
    match form.next().await {
        None => Ok(said),
        Some(part) => Err(unknown(part?.name())),
    }
}

fn describe(part: &Field, said: Said) -> ApiResult<Said> {
    let sent = part.content_disposition().and_then(file_name).filter(|_| said.name.is_none());
    let sent = sent.map(|name| FileName::parse(&name)).transpose().map_err(|error| name_error(error, "/file"))?;
    let declared = part.content_type().and_then(|text| ContentType::parse(text.essence_str()).ok());
    Ok(Said { name: said.name.or(sent), declared, ..said })
}

fn missing() -> ApiError {
    ApiError::Invalid(vec![FieldError::at("/file", "missing_field", "is required")])
}

fn unknown(name: Option<&str>) -> ApiError {
    let name: String = name.unwrap_or_default().chars().take(64).collect();
    let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    ApiError::Invalid(vec![FieldError::at(pointer, "unknown_field", "is not known here: a form has one part, file")])
}

impl From<MultipartError> for ApiError {
    fn from(error: MultipartError) -> Self {
        match error {
            MultipartError::Incomplete | MultipartError::Payload(_) => Self::BodyIncomplete,
            _ => Self::MalformedBody("It is not a form.".into()),
        }
    }
}
