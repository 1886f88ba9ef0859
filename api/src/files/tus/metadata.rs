//! What a sender says of a file before it comes: `Upload-Metadata`, names with values in base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::files::{ContentType, FileName};

use super::headers::{METADATA, invalid};
use crate::error::ApiResult;

const MAX_LENGTH: usize = 4096;

/// Of the names that senders use, those that mean something here; others are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UploadMetadata {
    pub(super) name: Option<FileName>,
    pub(super) declared: Option<ContentType>,
    pub(super) temporary: bool,
}

impl UploadMetadata {
    pub(super) fn parse(text: &str) -> ApiResult<Self> {
        let malformed =
            || invalid(&METADATA, "must be pairs of a name and a value in base64, with commas between them");
        if text.len() > MAX_LENGTH {
            return Err(invalid(&METADATA, "must have at most 4096 bytes"));
        }
        let mut found = Self::default();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = STANDARD.decode(value.trim()).ok().and_then(|value| String::from_utf8(value).ok());
            let value = value.ok_or_else(malformed)?;
            match name {
                "filename" | "name" => {
                    let name = FileName::parse(&value);
                    found.name = Some(name.map_err(|_| invalid(&METADATA, "must have a filename that can be one"))?);
                }
                "filetype" | "type" => found.declared = ContentType::parse(&value).ok(),
                "temporary" => found.temporary = value == "true",
                _ => {}
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_read_and_what_is_not_left_alone() {
        let text =
            "filename d29ybGQgw6QucG5n, filetype aW1hZ2UvcG5n,temporary dHJ1ZQ==,is_confidential,relativePath bnVsbA==";
        let metadata = UploadMetadata::parse(text).unwrap();
        assert_eq!(metadata.name.unwrap().as_str(), "world ä.png");
        assert_eq!((metadata.declared.unwrap().as_str(), metadata.temporary), ("image/png", true));
        assert_eq!(UploadMetadata::parse("").unwrap(), UploadMetadata::default());
    }

    #[test]
    fn what_is_no_metadata_is_refused() {
        for text in ["filename ?", "filename Li4=", "filename AA==", &format!("a {}", "QUFB".repeat(2000))] {
            assert!(UploadMetadata::parse(text).is_err(), "{text}");
        }
    }
}
