//! Records of CSV (RFC 4180), which may go over several lines. The state of the quotes is the crate's affair; ours is to
//! know at which byte and in which line a record begins.

use bytes::{Buf, Bytes};
use csv_core::ReadRecordResult;

use super::{Cells, Line, LineText, MOST_BYTES, Place};

/// A collection has 200 fields at most, and five members beside them.
const MOST_CELLS: usize = 1024;
const FIRST_BYTES: usize = 512;
const FIRST_CELLS: usize = 16;
/// Of UTF-8, where somebody has put one.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) struct Reader {
    reader: csv_core::Reader,
    place: Place,
    /// Bytes and ends of lines of a record that is not complete; `None` before its first byte.
    begun: Option<Place>,
    /// The first bytes of the content, as long as they may be a mark of byte order.
    mark: Vec<u8>,
    text: Vec<u8>,
    ends: Vec<usize>,
    text_length: usize,
    ends_length: usize,
    is_too_long: bool,
}

impl Reader {
    pub(super) fn from(place: Place) -> Self {
        let mut reader = csv_core::Reader::new();
        // It would take a mark of byte order from wherever it begins.
        reader.read_record(b"\n", &mut [], &mut [0]);
        Self {
            reader,
            place,
            begun: None,
            mark: vec![],
            text: vec![0; FIRST_BYTES],
            ends: vec![0; FIRST_CELLS],
            text_length: 0,
            ends_length: 0,
            is_too_long: false,
        }
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn take(&mut self, input: &mut Bytes) -> Option<Line> {
        if self.place.bytes == 0 && self.begun.is_none() {
            self.take_mark(input);
        }
        while !input.is_empty() {
            if self.begun.is_none() && matches!(input[0], b'\r' | b'\n') {
                self.place.bytes += 1;
                self.place.lines += u64::from(input[0] == b'\n');
                input.advance(1);
                continue;
            }
            if self.read(input) {
                return Some(self.complete());
            }
        }
        None
    }

    pub(super) fn end(&mut self) -> Option<Line> {
        let mut rest = Bytes::from(std::mem::take(&mut self.mark));
        while !rest.is_empty() {
            self.read(&mut rest);
        }
        self.begun?;
        while !self.read(&mut Bytes::new()) {}
        Some(self.complete())
    }

    /// Leaves out a mark of byte order, which may come in pieces.
    fn take_mark(&mut self, input: &mut Bytes) {
        while self.mark.len() < BYTE_ORDER_MARK.len() && input.first() == BYTE_ORDER_MARK.get(self.mark.len()) {
            self.mark.push(input.get_u8());
            if input.is_empty() {
                break;
            }
        }
        if self.mark == BYTE_ORDER_MARK {
            self.place.bytes += self.mark.len() as u64;
            self.mark.clear();
        } else if !self.mark.is_empty() && !input.is_empty() {
            // It was none.
            *input = Bytes::from([&self.mark[..], input].concat());
            self.mark.clear();
        }
    }

    /// Gives what has come to the parser; true when a record is complete. An empty input is the end of the content.
    fn read(&mut self, input: &mut Bytes) -> bool {
        let (text, ends) = (&mut self.text[self.text_length..], &mut self.ends[self.ends_length..]);
        let (result, taken, written, ended) = self.reader.read_record(input, text, ends);
        let begun = self.begun.get_or_insert_default();
        begun.bytes += taken as u64;
        begun.lines += input[..taken].iter().filter(|byte| **byte == b'\n').count() as u64;
        input.advance(taken);
        self.text_length += written;
        self.ends_length += ended;
        match result {
            ReadRecordResult::InputEmpty => false,
            ReadRecordResult::OutputFull => {
                self.is_too_long |= self.text.len() >= MOST_BYTES;
                match self.is_too_long {
                    true => self.text_length = 0,
                    false => self.text.resize(self.text.len() * 2, 0),
                }
                false
            }
            ReadRecordResult::OutputEndsFull => {
                self.is_too_long |= self.ends.len() >= MOST_CELLS;
                match self.is_too_long {
                    true => self.ends_length = 0,
                    false => self.ends.resize(self.ends.len() * 2, 0),
                }
                false
            }
            ReadRecordResult::Record | ReadRecordResult::End => true,
        }
    }

    fn complete(&mut self) -> Line {
        let (begun, number) = (self.begun.take().unwrap_or_default(), self.place.lines + 1);
        self.place = Place { bytes: self.place.bytes + begun.bytes, lines: self.place.lines + begun.lines };
        let cells =
            Cells { text: self.text[..self.text_length].to_vec(), ends: self.ends[..self.ends_length].to_vec() };
        (self.text_length, self.ends_length) = (0, 0);
        let text = match std::mem::take(&mut self.is_too_long) {
            true => LineText::TooLong,
            false => LineText::Cells(cells),
        };
        if self.text.len() > FIRST_BYTES * 16 {
            self.text = vec![0; FIRST_BYTES];
        }
        Line { number, text }
    }
}
