//! Headers that tie a request to a version of a resource or to a position of the log.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderName},
};

use crate::{
    answer::etag,
    error::{ApiError, ApiResult, FieldError},
};

const AFTER: HeaderName = HeaderName::from_static("tidemark-after");

/// `If-Match`: the version that the caller has seen; `None` without the header and for `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

/// `If-None-Match` of a read: the entity tags that the caller has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfNoneMatch(Vec<String>);

/// `If-None-Match: *` of a command: only if there is nothing yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateOnly(pub bool);

/// `Tidemark-After`, or the parameter `after`: the position that an answer must reflect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After(pub Option<i64>);

impl IfNoneMatch {
    /// Whether the caller has this version of a resource.
    pub fn has(&self, version: i64) -> bool {
        !self.0.is_empty() && self.has_tag(&etag(version))
    }

    /// Whether the caller has what this tag names.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.0.iter().any(|other| other == tag)
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let version = match text(request, &header::IF_MATCH) {
            Ok(None | Some("*")) => Ok(None),
            // A weak tag never matches here (RFC 9110, section 13.1.1), and several versions cannot all be current.
            Ok(Some(tag)) => version(tag).map(Some).ok_or_else(|| {
                invalid(&header::IF_MATCH, "must be one entity tag as an answer's ETag had it, such as \"v7\", or *")
            }),
            Err(error) => Err(error),
        };
        std::future::ready(version.map(Self))
    }
}

impl FromRequest for IfNoneMatch {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Tags that are not ours match nothing, as tags of another representation would.
        let tags = text(request, &header::IF_NONE_MATCH).map(|tags| {
            let tags = tags.unwrap_or_default().split(',').map(|tag| tag.trim().trim_start_matches("W/"));
            Self(tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect())
        });
        std::future::ready(tags)
    }
}

impl FromRequest for CreateOnly {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let create_only = match text(request, &header::IF_NONE_MATCH) {
            Ok(None) => Ok(false),
            Ok(Some("*")) if request.headers().contains_key(header::IF_MATCH) => {
                Err(invalid(&header::IF_NONE_MATCH, "does not go with If-Match"))
            }
            Ok(Some("*")) => Ok(true),
            Ok(Some(_)) => Err(invalid(&header::IF_NONE_MATCH, "must be *")),
            Err(error) => Err(error),
        };
        std::future::ready(create_only.map(Self))
    }
}

impl FromRequest for After {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let position = match text(request, &AFTER) {
            Ok(None) => Ok(None),
            Ok(Some(text)) => position(text).map(Some).ok_or_else(|| invalid(&AFTER, "must be a position of the log")),
            Err(error) => Err(error),
        };
        std::future::ready(position.map(Self))
    }
}

impl After {
    /// The later of the header's position and the query parameter's.
    pub fn or_parameter(self, parameter: Option<i64>) -> Option<i64> {
        self.0.max(parameter)
    }
}

fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> ApiResult<Option<&'a str>> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(|text| Some(text.trim())).map_err(|_| invalid(name, "must be ASCII")),
        (Some(_), Some(_)) => Err(invalid(name, "must be given once")),
    }
}

fn invalid(name: &HeaderName, detail: &'static str) -> ApiError {
    ApiError::BadRequest(vec![FieldError::header(name, "invalid_header", detail)])
}

/// The version that an entity tag of ours names; after it may stand the generation of the content.
fn version(tag: &str) -> Option<i64> {
    let named = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    match named.split_once('.') {
        Some((version, generation)) => position(generation).and(position(version)),
        None => position(named),
    }
}

fn position(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn extract<T: FromRequest>(name: &HeaderName, value: &str) -> Result<T, T::Error>
    where
        T::Future: Future<Output = Result<T, T::Error>>,
    {
        let request = TestRequest::default().insert_header((name.clone(), value)).to_http_request();
        futures::executor::block_on(T::from_request(&request, &mut Payload::None))
    }

    #[test]
    fn versions_are_read_from_our_tags() {
        assert_eq!(extract::<IfMatch>(&header::IF_MATCH, "\"v7\"").unwrap(), IfMatch(Some(7)));
        assert_eq!(extract::<IfMatch>(&header::IF_MATCH, "*").unwrap(), IfMatch(None));
        assert_eq!(extract::<IfMatch>(&header::IF_MATCH, "\"v7.2\"").unwrap(), IfMatch(Some(7)));
        let converted: IfNoneMatch = extract(&header::IF_NONE_MATCH, "\"v3.2\"").unwrap();
        assert!(converted.has_tag("\"v3.2\"") && !converted.has(3) && !converted.has_tag("\"v3.1\""));
        let none_match: IfNoneMatch = extract(&header::IF_NONE_MATCH, "\"x\", W/\"v3\", \"v4\"").unwrap();
        assert!(none_match.has(3) && none_match.has(4) && !none_match.has(5) && none_match.has_tag("\"x\""));
    }

    #[test]
    fn malformed_conditions_are_refused() {
        for tag in [
            "v7",
            "\"7\"",
            "\"v\"",
            "\"v-1\"",
            "\"v1.\"",
            "\"v1.x\"",
            "W/\"v7\"",
            "\"v1\", \"v2\"",
            "\"v99999999999999999999\"",
        ] {
            assert!(extract::<IfMatch>(&header::IF_MATCH, tag).is_err(), "{tag}");
        }
        for position in ["", "-1", "+1", "x", "1.5", "99999999999999999999"] {
            assert!(extract::<After>(&AFTER, position).is_err(), "{position}");
        }
        assert_eq!(extract::<After>(&AFTER, "12345").unwrap(), After(Some(12345)));
    }
}
