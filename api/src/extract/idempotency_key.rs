//! The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header-07).

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::HeaderName};

use crate::error::{ApiError, ApiResult, FieldError};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const MAX_LENGTH: usize = 255;

/// The client's key, if it sent one: with the quotes of a structured field or without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(HEADER);
        let key = match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().ok().and_then(parse).map(Some).ok_or_else(invalid),
            (Some(_), Some(_)) => Err(invalid()),
        };
        std::future::ready(key.map(Self))
    }
}

fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let key = text.strip_prefix('"').map_or(Some(text), |rest| rest.strip_suffix('"'))?;
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    ((1..=MAX_LENGTH).contains(&key.len()) && key.bytes().all(allowed)).then(|| key.to_owned())
}

fn invalid() -> ApiError {
    let detail = format!("must be one key of 1 to {MAX_LENGTH} visible ASCII characters, in quotes or not");
    ApiError::BadRequest(vec![FieldError::header(&HEADER, "invalid_header", detail)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_bare_keys_are_the_same() {
        assert_eq!(parse("\"8e03978e-40d5\""), Some("8e03978e-40d5".to_owned()));
        assert_eq!(parse(" 8e03978e-40d5 "), Some("8e03978e-40d5".to_owned()));
    }

    #[test]
    fn malformed_keys_are_refused() {
        for text in ["", "\"\"", "\"open", "a b", "a\"b", "a\\b", &"x".repeat(256)] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
