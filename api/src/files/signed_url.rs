//! URLs that open one file to whoever has them, for a while: signed, and bound to what they open.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bootstrap::config::SecretKey;
use chrono::{DateTime, Utc};
use domain::files::FileId;
use event_store::KeyedHash;
use subtle::ConstantTimeEq;
use url::Url;

use super::disposition::Disposition;
use crate::{
    error::{ApiError, ApiResult},
    extract::Query,
};

/// Signs URLs and knows them again.
#[derive(Clone)]
pub struct SignedUrls {
    hash: KeyedHash,
    base: Url,
}

/// What a signed URL opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    pub file: FileId,
    pub disposition: Disposition,
    /// The picture of this size instead of the content.
    pub thumbnail: Option<u32>,
    /// In seconds since 1970.
    pub expires: i64,
}

impl SignedUrls {
    pub fn new(secret: &SecretKey, base: &Url) -> Self {
        Self { hash: KeyedHash::derive(secret.expose(), "signed file url"), base: base.clone() }
    }

    pub fn sign(&self, opened: &Opened) -> String {
        let mut url = self.base.clone();
        url.set_path(&format!("/v1/files/{}/signed", opened.file));
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("expires", &opened.expires.to_string());
            query.append_pair("disposition", opened.disposition.as_str());
            if let Some(size) = opened.thumbnail {
                query.append_pair("thumbnail", &size.to_string());
            }
            query.append_pair("signature", &URL_SAFE_NO_PAD.encode(self.signature(opened)));
        }
        url.into()
    }

    /// What the URL of a request opens at this time.
    pub fn open(&self, file: FileId, mut query: Query, now: DateTime<Utc>) -> ApiResult<Opened> {
        let expires = query.number("expires", 0..=i64::MAX);
        let disposition = query.parsed("disposition", "malformed", Disposition::parse);
        let thumbnail = query.number("thumbnail", 1..=u32::MAX);
        let signature = query.text("signature").and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        query.finish()?;
        let (Some(expires), Some(disposition), Some(signature)) = (expires, disposition, signature) else {
            return Err(ApiError::UrlInvalid);
        };
        let opened = Opened { file, disposition, thumbnail, expires };
        if !bool::from(self.signature(&opened).ct_eq(&signature)) {
            return Err(ApiError::UrlInvalid);
        }
        if now.timestamp() >= expires { Err(ApiError::UrlExpired) } else { Ok(opened) }
    }

    fn signature(&self, opened: &Opened) -> [u8; 32] {
        let Opened { file, disposition, thumbnail, expires } = opened;
        let (expires, thumbnail) = (expires.to_be_bytes(), thumbnail.unwrap_or(0).to_be_bytes());
        self.hash.hash(&[file.as_uuid().as_bytes(), disposition.as_str().as_bytes(), &thumbnail, &expires])
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{FromRequest, dev::Payload, test::TestRequest};
    use uuid::Uuid;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn urls(secret: u8) -> SignedUrls {
        SignedUrls::new(&SecretKey::new([secret; 32]), &Url::parse("https://files.example.org").unwrap())
    }

    fn file(number: u128) -> FileId {
        FileId::from_uuid(Uuid::from_u128(number))
    }

    fn open(urls: &SignedUrls, file: FileId, url: &str) -> ApiResult<Opened> {
        let request = TestRequest::with_uri(url).to_http_request();
        let query = futures::executor::block_on(Query::from_request(&request, &mut Payload::None)).unwrap();
        urls.open(file, query, NOW)
    }

    #[test]
    fn a_url_opens_what_it_was_signed_for_until_it_expires() {
        for thumbnail in [None, Some(320)] {
            let opened = Opened { file: file(1), disposition: Disposition::Inline, thumbnail, expires: 60 };
            let url = urls(1).sign(&opened);
            assert!(url.starts_with("https://files.example.org/v1/files/00000000-0000-0000-0000-000000000001/signed?"));
            assert_eq!(open(&urls(1), file(1), &url).unwrap(), opened);
            let over = Opened { expires: 0, ..opened };
            assert!(matches!(open(&urls(1), file(1), &urls(1).sign(&over)), Err(ApiError::UrlExpired)));
        }
    }

    #[test]
    fn nothing_about_a_url_can_be_changed() {
        let opened = Opened { file: file(1), disposition: Disposition::Attachment, thumbnail: None, expires: 60 };
        let url = urls(1).sign(&opened);
        let invalid = |file: FileId, url: &str| matches!(open(&urls(1), file, url), Err(ApiError::UrlInvalid));
        assert!(invalid(file(2), &url) && !invalid(file(1), &url));
        for (from, to) in [
            ("expires=60", "expires=61"),
            ("attachment", "inline"),
            ("&signature", "&thumbnail=320&signature"),
            ("signature=", "signature=A"),
        ] {
            assert!(invalid(file(1), &url.replace(from, to)), "{to}");
        }
        assert!(invalid(file(1), "https://files.example.org/v1/files/x/signed"));
        assert!(matches!(open(&urls(2), file(1), &url), Err(ApiError::UrlInvalid)));
    }
}
