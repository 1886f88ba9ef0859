//! JSON bodies: of the right content type, small, shallow, without surprises, and of the type that the handler takes.

use std::time::Duration;

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
};
use bytes::{Bytes, BytesMut};
use futures::{FutureExt, StreamExt, future::LocalBoxFuture};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use super::json_check;
use crate::{
    error::{ApiError, ApiResult, FieldError},
    state::State,
};

/// The whole body has to be there by then: one mebibyte in 30 s is 35 kB/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A body that a handler takes.
pub trait RequestBody: DeserializeOwned + 'static {
    /// The accepted content types, the preferred one first.
    const CONTENT_TYPES: &'static [&'static str] = &["application/json"];
}

/// A body as value and as it came.
#[derive(Debug)]
pub struct Json<T> {
    pub value: T,
    /// For the fingerprint that goes with an idempotency key.
    pub bytes: Bytes,
}

impl<T: RequestBody> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_headers(request, T::CONTENT_TYPES);
        let payload = payload.take();
        async move {
            let limit = checked?;
            let bytes = match tokio::time::timeout(BODY_TIMEOUT, read(payload, limit)).await {
                Ok(bytes) => bytes?,
                Err(_) => return Err(ApiError::BodyTimeout),
            };
            Ok(Self { value: parse(&bytes)?, bytes })
        }
        .boxed_local()
    }
}

/// Returns how large the body may be.
fn check_headers(request: &HttpRequest, content_types: &'static [&'static str]) -> ApiResult<usize> {
    let limit = request.app_data::<State>().map_or(0, |state| state.http.body_limit_bytes);
    let unsupported = Err(ApiError::UnsupportedMediaType { expected: content_types[0] });
    if request.headers().contains_key(header::CONTENT_ENCODING) || !is_utf8(request.headers()) {
        return unsupported;
    }
    if !content_types.contains(&request.content_type().to_ascii_lowercase().as_str()) {
        return unsupported;
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    match length.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > limit => Err(ApiError::BodyTooLarge { limit }),
        Some(_) | None => Ok(limit),
    }
}

/// Whether the content type names no charset, or the only one that JSON has (RFC 8259, section 8.1).
fn is_utf8(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    })
}

async fn read(mut payload: Payload, limit: usize) -> ApiResult<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| ApiError::BodyIncomplete)?;
        if body.len() + chunk.len() > limit {
            return Err(ApiError::BodyTooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let text = std::str::from_utf8(bytes).map_err(|_| ApiError::MalformedBody("It is not valid UTF-8.".into()))?;
    json_check::check(text)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = json_check::pointer(error.path());
        ApiError::Invalid(vec![field_error(pointer, &error.inner().to_string())])
    })
}

/// Translates serde's message, without the value that it quotes.
fn field_error(pointer: String, message: &str) -> FieldError {
    let named = || message.split('`').nth(1).unwrap_or_default();
    let member = |pointer: String| {
        let suffix = json_check::segment(named());
        if pointer.ends_with(&suffix) { pointer } else { pointer + &suffix }
    };
    let expected = || match message.rsplit_once(", expected ") {
        // Past the place that the parser adds: "a string at line 1 column 10".
        Some((_, expected)) => format!("must be {}", expected.split(" at line ").next().unwrap_or(expected)),
        None => "is not valid".to_owned(),
    };
    if message.starts_with("missing field") {
        FieldError::at(member(pointer), "missing_field", "is required")
    } else if message.starts_with("unknown field") {
        FieldError::at(member(pointer), "unknown_field", "is not known here")
    } else if message.starts_with("invalid type") {
        FieldError::at(pointer, "wrong_type", expected())
    } else {
        FieldError::at(pointer, "invalid_value", expected())
    }
}

/// For members of a merge patch (RFC 7396): absent is `None`, `null` is `Some(None)`.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pet {
        #[serde(rename = "name")]
        _name: String,
        #[serde(default, deserialize_with = "present", rename = "age")]
        age: Option<Option<u8>>,
    }

    fn refused(text: &str) -> ApiError {
        parse::<Pet>(text.as_bytes()).expect_err(text)
    }

    #[track_caller]
    fn assert_field(text: &str, pointer: &str, code: &str, detail: &str) {
        match refused(text) {
            ApiError::Invalid(errors) => {
                assert_eq!(errors, [FieldError::at(pointer, errors[0].code, detail.to_owned())], "{text}");
                assert_eq!(errors[0].code, code, "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn absent_and_null_members_are_told_apart() {
        assert_eq!(parse::<Pet>(br#"{"name":"a"}"#).unwrap().age, None);
        assert_eq!(parse::<Pet>(br#"{"name":"a","age":null}"#).unwrap().age, Some(None));
        assert_eq!(parse::<Pet>(br#"{"name":"a","age":3}"#).unwrap().age, Some(Some(3)));
    }

    #[test]
    fn wrong_members_are_named() {
        assert_field("{}", "/name", "missing_field", "is required");
        assert_field(r#"{"name":"a","a/b~c":1}"#, "/a~1b~0c", "unknown_field", "is not known here");
        assert_field(r#"{"name":1}"#, "/name", "wrong_type", "must be a string");
        assert_field(r#"{"name":"a","age":"secret, expected x"}"#, "/age", "wrong_type", "must be u8");
        assert_field(r#"{"name":"a","age":300}"#, "/age", "invalid_value", "must be u8");
        assert_field(r#"{"name":"a","name":"b"}"#, "/name", "duplicate_member", "stands there twice");
        assert_field(r#"{"name":"a\u0000"}"#, "/name", "nul_character", "must not contain U+0000");
        assert_field(r#"["a",3]"#, "", "wrong_type", "must be an object");
        assert_field("null", "", "wrong_type", "must be an object");
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for text in ["", "{", "{}}", "{'a':1}", r#"{"name":"\ud800"}"#, r#"{"name":1e999}"#, "{\"name\":\"\u{1}\"}"] {
            assert!(matches!(refused(text), ApiError::MalformedBody(_)), "{text}");
        }
        assert!(matches!(parse::<Pet>(b"{\"name\":\"\xff\"}"), Err(ApiError::MalformedBody(_))));
    }

    #[test]
    fn other_content_types_and_charsets_are_not_supported() {
        let check = |content_type: &str| {
            let request = TestRequest::default().insert_header((header::CONTENT_TYPE, content_type)).to_http_request();
            check_headers(&request, &["application/json"]).is_ok()
        };
        for good in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""] {
            assert!(check(good), "{good}");
        }
        for bad in ["text/plain", "application/jsonp", "application/json; charset=latin1", "", "application/xml"] {
            assert!(!check(bad), "{bad}");
        }
    }
}
