//! `Content-Disposition`: the name of a file as it comes, and as it is sent (RFC 6266, RFC 8187).

use actix_web::http::header::{self, ContentDisposition, DispositionParam, HeaderMap};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whether a file is shown within a page, or saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Inline,
    Attachment,
}

impl Disposition {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "inline" => Ok(Self::Inline),
            "attachment" => Ok(Self::Attachment),
            _ => Err("must be inline or attachment"),
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Attachment => "attachment",
        }
    }

    /// The header, with the name in two forms: clients that know the second one prefer it.
    pub(super) fn header(self, name: &str) -> String {
        let plain =
            |char: char| if char.is_ascii_graphic() && !"\"\\%;".contains(char) || char == ' ' { char } else { '_' };
        let fallback: String = name.chars().map(plain).collect();
        let encoded = utf8_percent_encode(name, UNRESERVED);
        format!("{}; filename=\"{fallback}\"; filename*=UTF-8''{encoded}", self.as_str())
    }
}

/// The name that a request gives its body.
pub(super) fn sent_name(headers: &HeaderMap) -> Option<String> {
    ContentDisposition::from_raw(headers.get(header::CONTENT_DISPOSITION)?).ok().and_then(|sent| file_name(&sent))
}

/// The extended form wins.
pub(super) fn file_name(sent: &ContentDisposition) -> Option<String> {
    let extended = sent.parameters.iter().find_map(DispositionParam::as_filename_ext);
    let extended = extended.and_then(|name| String::from_utf8(name.value.clone()).ok());
    extended.or_else(|| sent.get_filename().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn read(text: &str) -> Option<String> {
        let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
        sent_name(&HeaderMap::from_iter([(header::CONTENT_DISPOSITION, value)]))
    }

    #[test]
    fn a_name_survives_the_header() {
        for name in ["a.txt", "Größe 王.png", "a\"b;c%20.txt", "x\\y"] {
            assert_eq!(read(&Disposition::Attachment.header(name)).as_deref(), Some(name));
        }
        assert_eq!(read("attachment; filename=\"a.txt\"").as_deref(), Some("a.txt"));
        assert_eq!(read("attachment"), None);
    }

    #[test]
    fn nothing_breaks_out_of_the_header() {
        let header = Disposition::Inline.header("a\"; evil=\"b\r\nSet-Cookie: x");
        assert!(
            header.starts_with("inline; filename=\"a__ evil=_b__Set-Cookie: x\"; filename*=UTF-8''a%22%3B"),
            "{header}"
        );
        assert!(header.is_ascii() && !header.contains(['\r', '\n']));
    }
}
