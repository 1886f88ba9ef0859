//! Parts of content (RFC 9110, section 14): one range of bytes.

use std::ops::Range;

/// What a request wants of content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Also where the range is of a form that is not known here, or there are several: the whole is a right answer then.
    Whole,
    Part(Range<u64>),
    /// Nothing is there.
    Nothing,
}

/// Reads the header `Range` for content of this size.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((first, last)) = header.and_then(|text| text.strip_prefix("bytes=")).and_then(|text| text.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Beyond what a number can hold is beyond any content.
        true => Some(text.parse().unwrap_or(u64::MAX)),
        false => None,
    };
    let range = match (first.trim(), last.trim()) {
        ("", "") => return Wanted::Whole,
        ("", last) => number(last).map(|length| size.saturating_sub(length)..size),
        (first, "") => number(first).map(|first| first..size),
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => Some(first..last.saturating_add(1).min(size)),
            _ => None,
        },
    };
    match range {
        Some(range) if range.start < range.end => Wanted::Part(range),
        Some(_) => Wanted::Nothing,
        None => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_in_all_its_forms() {
        for (header, range) in [
            ("bytes=0-4", 0..5),
            ("bytes=5-", 5..10),
            ("bytes=-3", 7..10),
            ("bytes=-300", 0..10),
            ("bytes=9-99999999999999999999999", 9..10),
        ] {
            assert_eq!(wanted(Some(header), 10), Wanted::Part(range), "{header}");
        }
    }

    #[test]
    fn what_is_beyond_the_end_is_nothing() {
        for (header, size) in
            [("bytes=10-", 10), ("bytes=10-12", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-5", 0)]
        {
            assert_eq!(wanted(Some(header), size), Wanted::Nothing, "{header}");
        }
    }

    #[test]
    fn what_is_not_understood_is_answered_with_the_whole() {
        for header in
            ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-3", "bytes=0-1,4-5", "lines=0-1", "bytes=+1-2"]
        {
            assert_eq!(wanted(Some(header), 10), Wanted::Whole, "{header}");
        }
        assert_eq!(wanted(None, 10), Wanted::Whole);
    }
}
