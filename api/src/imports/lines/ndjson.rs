//! Lines of which each is a JSON object.

use bytes::{Buf, Bytes};

use super::{Line, LineText, MOST_BYTES, Place};

/// Of UTF-8, where somebody has put one.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) struct Reader {
    place: Place,
    /// What has come of a line that is not complete.
    begun: Vec<u8>,
    /// Bytes of that line, those that are not kept included.
    length: u64,
    is_too_long: bool,
}

impl Reader {
    pub(super) fn from(place: Place) -> Self {
        Self { place, begun: vec![], length: 0, is_too_long: false }
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn take(&mut self, input: &mut Bytes) -> Option<Line> {
        while let Some(end) = input.iter().position(|byte| *byte == b'\n') {
            let rest = input.split_to(end);
            input.advance(1);
            self.length += rest.len() as u64 + 1;
            if let Some(line) = self.complete(rest, 1) {
                return Some(line);
            }
        }
        let rest = std::mem::take(input);
        self.length += rest.len() as u64;
        if self.begun.len() + rest.len() > MOST_BYTES {
            self.is_too_long = true;
            self.begun = vec![];
        } else if !self.is_too_long {
            self.begun.extend_from_slice(&rest);
        }
        None
    }

    pub(super) fn end(&mut self) -> Option<Line> {
        self.complete(Bytes::new(), 0)
    }

    /// `None` for a blank line.
    fn complete(&mut self, rest: Bytes, ends: u64) -> Option<Line> {
        let (begun, number) = (std::mem::take(&mut self.begun), self.place.lines + 1);
        let is_first = self.place.bytes == 0;
        self.place = Place { bytes: self.place.bytes + self.length, lines: self.place.lines + ends };
        self.length = 0;
        if std::mem::take(&mut self.is_too_long) || begun.len() + rest.len() > MOST_BYTES {
            return Some(Line { number, text: LineText::TooLong });
        }
        let mut text = match begun.is_empty() {
            true => rest,
            false => Bytes::from([&begun[..], &rest].concat()),
        };
        if is_first && text.starts_with(BYTE_ORDER_MARK) {
            text.advance(BYTE_ORDER_MARK.len());
        }
        let is_blank = text.iter().all(u8::is_ascii_whitespace);
        (!is_blank).then_some(Line { number, text: LineText::Json(text) })
    }
}
