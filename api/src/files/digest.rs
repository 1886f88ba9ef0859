//! What a sender says that the SHA-256 of the content is: `Content-Digest` and `Repr-Digest` (RFC 9530). The content is
//! stored as it comes, so both say the same here.

use actix_web::http::header::{HeaderMap, HeaderName};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::files::Digest;

use crate::error::{ApiError, ApiResult, FieldError};

pub(super) const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The digest that the content has to have, where there is one by an algorithm that is known here.
pub(super) fn expected(headers: &HeaderMap) -> ApiResult<Option<Digest>> {
    let mut found = None;
    for name in [CONTENT_DIGEST, REPR_DIGEST] {
        for value in headers.get_all(&name) {
            let Some(digest) = value.to_str().ok().map_or(Some(None), parse) else {
                let detail = "must be a dictionary of digests, such as sha-256=:…:";
                return Err(ApiError::BadRequest(vec![FieldError::header(&name, "invalid_header", detail)]));
            };
            if found.is_some() && digest.is_some() && found != digest {
                return Err(ApiError::DigestMismatch);
            }
            found = digest.or(found);
        }
    }
    Ok(found)
}

/// The digest as an answer has it.
pub(super) fn written(digest: &Digest) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest.as_bytes()))
}

/// `None` for what is no digest; `Some(None)` where only other algorithms are named.
fn parse(text: &str) -> Option<Option<Digest>> {
    let mut found = None;
    for member in text.split(',') {
        let (algorithm, value) = member.trim().split_once('=')?;
        let value = value.strip_prefix(':')?.strip_suffix(':')?;
        if algorithm == "sha-256" {
            let bytes: [u8; 32] = STANDARD.decode(value).ok()?.try_into().ok()?;
            found = Some(Digest::from_bytes(bytes));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let digest = Digest::from_bytes([7; 32]);
        assert_eq!(parse(&written(&digest)), Some(Some(digest)));
        assert_eq!(parse(&format!("sha-512=:AA==:, {}", written(&digest))), Some(Some(digest)));
        assert_eq!(parse("sha-512=:AA==:"), Some(None));
        for text in ["", "sha-256", "sha-256=abc", "sha-256=:abc", "sha-256=:AA==:", "sha-256=:?:"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
