//! What a file is, as its content shows it. What somebody says of it counts only where the content does not contradict.

use domain::files::ContentType;

/// Containers, and what may be said to be in them: their first bytes are the same.
const WITHIN: [(&str, &[&str]); 4] = [
    (
        "application/zip",
        &[
            "application/epub+zip",
            "application/java-archive",
            "application/vnd.android.package-archive",
            "application/vnd.oasis.opendocument.",
            "application/vnd.openxmlformats-officedocument.",
        ],
    ),
    ("application/x-ole-storage", &["application/msword", "application/vnd.ms-"]),
    ("video/mp4", &["audio/mp4", "audio/x-m4a"]),
    ("video/webm", &["audio/webm"]),
];
/// What browsers show without running anything of it.
const SHOWN: [&str; 17] = [
    "audio/aac",
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
    "audio/x-flac",
    "audio/x-wav",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/mp4",
    "video/webm",
];

/// Whether it may be shown within a page; everything else is for downloading only.
pub fn is_shown_safely(content_type: &ContentType) -> bool {
    SHOWN.contains(&content_type.as_str())
}

/// Whether files of this type are taken, where `types` has those that are; when it has none, all are.
pub fn is_taken(content_type: &ContentType, types: &[String]) -> bool {
    let is_one = |pattern: &String| match pattern.strip_suffix('*') {
        Some(beginning) => content_type.as_str().starts_with(beginning),
        None => content_type.as_str() == pattern,
    };
    types.is_empty() || types.iter().any(is_one)
}

/// The type of content that begins with `head`; `declared` is what was said of it.
pub fn sniff(head: &[u8], declared: Option<&ContentType>) -> ContentType {
    if let Some(active) = active_text(head) {
        return known(active);
    }
    if let Some(found) = infer::get(head) {
        return declared
            .filter(|declared| is_within(found.mime_type(), declared))
            .cloned()
            .unwrap_or_else(|| known(found.mime_type()));
    }
    // A type that shows itself would have been found.
    let declared = declared.filter(|declared| !infer::is_mime_supported(declared.as_str()) && !is_active(declared));
    if is_text(head) {
        return declared.filter(|declared| is_textual(declared)).cloned().unwrap_or_else(|| known("text/plain"));
    }
    declared.filter(|declared| !is_textual(declared)).cloned().unwrap_or_else(ContentType::binary)
}

fn known(text: &str) -> ContentType {
    ContentType::parse(text).unwrap_or_else(|_| ContentType::binary())
}

fn is_within(found: &str, declared: &ContentType) -> bool {
    let inner = WITHIN.iter().find(|(container, _)| *container == found).map_or(&[][..], |(_, inner)| inner);
    inner.iter().any(|inner| match inner.ends_with(['.', '-']) {
        true => declared.as_str().starts_with(inner),
        false => declared.as_str() == *inner,
    })
}

/// Text that browsers would run something of, whatever it is called: pages, drawings, style sheets for documents.
fn active_text(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = String::from_utf8_lossy(head.trim_ascii_start()).to_ascii_lowercase();
    let has = |tags: &[&str]| tags.iter().any(|tag| text.contains(tag));
    if !text.starts_with('<') {
        return None;
    }
    if has(&["<svg"]) {
        Some("image/svg+xml")
    } else if has(&[
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<iframe",
        "<img",
        "<a href",
        "<div",
        "<p>",
    ]) {
        Some("text/html")
    } else if text.starts_with("<?xml") {
        Some("text/xml")
    } else {
        None
    }
}

/// What would be run if it were what it is said to be, which the content does not show.
fn is_active(declared: &ContentType) -> bool {
    let text = declared.as_str();
    text.contains("html") || text.contains("xml") || text.contains("svg")
}

fn is_textual(declared: &ContentType) -> bool {
    let text = declared.as_str();
    let others = ["application/json", "application/javascript", "application/x-ndjson", "application/yaml"];
    text.starts_with("text/") || text.ends_with("+json") || others.contains(&text)
}

/// UTF-8 without control characters; the last character may be cut off.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|char| char.is_control() && !"\t\n\r\u{c}".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[track_caller]
    fn assert_sniffed(head: &[u8], declared: &str, expected: &str) {
        let declared = ContentType::parse(declared).ok();
        assert_eq!(sniff(head, declared.as_ref()).as_str(), expected, "{}", String::from_utf8_lossy(head));
    }

    #[test]
    fn content_shows_what_it_is_whatever_is_said_of_it() {
        assert_sniffed(PNG, "", "image/png");
        assert_sniffed(PNG, "text/html", "image/png");
        assert_sniffed(b"GIF89a<script>alert(1)</script>", "text/html", "image/gif");
        assert_sniffed(b"%PDF-1.7", "image/png", "application/pdf");
        assert_sniffed(b"MZ\x90\0\x03\0\0\0", "image/png", "application/vnd.microsoft.portable-executable");
    }

    #[test]
    fn what_browsers_would_run_is_called_by_its_name() {
        for text in
            ["<html>", " \n<!DOCTYPE html><p>", "\u{feff}<script>x</script>", "<IMG src=x onerror=y>", "<p>hello"]
        {
            assert_sniffed(text.as_bytes(), "text/plain", "text/html");
            assert_sniffed(text.as_bytes(), "image/png", "text/html");
        }
        assert_sniffed(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "image/svg+xml");
        assert_sniffed(b"<?xml version='1.0'?>\n<!-- a --><svg/>", "text/plain", "image/svg+xml");
        assert_sniffed(b"<?xml version='1.0'?><feed/>", "text/plain", "text/xml");
        assert_sniffed(b"no markup", "text/html", "text/plain");
        assert_sniffed(b"no markup", "image/svg+xml", "text/plain");
        assert_sniffed(b"\0\x01", "text/html", "application/octet-stream");
    }

    #[test]
    fn what_is_said_counts_where_nothing_contradicts() {
        assert_sniffed(b"a,b\n1,2\n", "text/csv", "text/csv");
        assert_sniffed(b"{\"a\": 1}", "application/json", "application/json");
        assert_sniffed(b"plain", "", "text/plain");
        assert_sniffed(b"plain", "image/png", "text/plain");
        assert_sniffed(b"\0\x01\x02", "image/png", "application/octet-stream");
        assert_sniffed(b"\0\x01\x02", "application/x-game", "application/x-game");
        assert_sniffed(b"\0\x01\x02", "text/csv", "application/octet-stream");
        assert_sniffed(b"", "", "application/octet-stream");
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        assert_sniffed(b"PK\x03\x04\x14\0\0\0", docx, docx);
        assert_sniffed(b"PK\x03\x04\x14\0\0\0", "image/png", "application/zip");
    }

    #[test]
    fn a_character_that_is_cut_off_does_not_make_text_binary() {
        let mut text = "ä".repeat(10).into_bytes();
        text.pop();
        assert_sniffed(&text, "", "text/plain");
        assert_sniffed(b"\xff\xfe\xfd", "", "application/octet-stream");
    }

    #[test]
    fn only_what_nothing_is_run_of_is_shown() {
        let shown = |text: &str| is_shown_safely(&ContentType::parse(text).unwrap());
        assert!(shown("image/png") && shown("text/plain"));
        for text in ["text/html", "image/svg+xml", "text/xml", "application/pdf", "application/javascript", "text/css"]
        {
            assert!(!shown(text), "{text}");
        }
    }

    #[test]
    fn only_listed_types_are_taken() {
        let types = ["image/*".to_owned(), "application/pdf".to_owned()];
        let taken = |text: &str| is_taken(&ContentType::parse(text).unwrap(), &types);
        assert!(taken("image/png") && taken("application/pdf"));
        assert!(!taken("text/html") && !taken("application/pdfx"));
        assert!(is_taken(&ContentType::binary(), &[]));
    }
}
