//! Some lines that are done together.

use std::{cell::RefCell, sync::Arc};

use domain::imports::LineError;

use super::{
    lines::{Line, Place},
    record::Making,
};
use crate::{
    collections::Found,
    error::{ApiError, ApiResult},
    records::NewRecord,
};

/// Lines in one append.
pub(super) const MOST_LINES: usize = 500;
/// Bytes of these lines; the last one may go beyond.
const MOST_BYTES: usize = 1 << 20;

/// Lines that follow each other.
pub(super) struct Batch {
    lines: Vec<Line>,
    /// Bytes of them.
    size: usize,
    /// Where the last one ends.
    pub(super) place: Place,
    /// What the first line of a CSV says; of another format nothing.
    pub(super) columns: Arc<[String]>,
    /// Whether that line is in this batch.
    pub(super) has_first_line: bool,
    /// How the content ended after these lines; `None` where more of it may come.
    pub(super) end: Option<ApiResult<()>>,
    /// With the version of the collection that they were held against.
    made: RefCell<Option<(i64, Vec<MadeLine>)>>,
}

/// What has become of a line.
pub(super) struct MadeLine {
    pub(super) number: u64,
    pub(super) record: ApiResult<NewRecord>,
}

/// What has come of lines, apart from their records.
#[derive(Default)]
pub(super) struct Refusals {
    pub(super) lines: u64,
    pub(super) errors: Vec<LineError>,
}

impl Batch {
    pub(super) fn new(place: Place, columns: Arc<[String]>) -> Self {
        let (lines, made) = (Vec::with_capacity(MOST_LINES), RefCell::default());
        Self { lines, size: 0, place, columns, has_first_line: false, end: None, made }
    }

    pub(super) fn add(&mut self, line: Line) {
        self.size += line.text.size();
        self.lines.push(line);
    }

    pub(super) fn is_full(&self) -> bool {
        self.lines.len() >= MOST_LINES || self.size >= MOST_BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    #[must_use]
    pub(super) fn ended(mut self, end: ApiResult<()>) -> Self {
        self.end = Some(end);
        self
    }

    /// Holds the lines against the collection ahead of the time at which they are appended.
    pub(super) fn make(&self, collection: &Found, making: &Making<'_>) {
        let made = self.lines.iter().map(|line| MadeLine { number: line.number, record: making.record(line) });
        self.made.replace(Some((collection.version, made.collect())));
    }

    /// What the lines are held against the collection as it is; done here unless it was done before.
    pub(super) fn take_made(&self, collection: &Found, making: &Making<'_>) -> Vec<MadeLine> {
        loop {
            match self.made.take() {
                Some((version, made)) if version == collection.version => return made,
                Some(_) | None => self.make(collection, making),
            }
        }
    }
}

impl Refusals {
    pub(super) fn add(&mut self, line: u64, refused: &ApiError, collection: &Found) {
        self.lines += 1;
        self.errors.extend(refused.in_line(line, &collection.shape));
    }

    /// In the order of lines, whatever they were refused for.
    pub(super) fn sorted(mut self) -> Self {
        self.errors.sort_by_key(|error| error.line);
        self
    }
}

/// The lines whose records can be tried, with their numbers; what is wrong with the others goes into the refusals.
pub(super) fn divide(made: Vec<MadeLine>, collection: &Found, refusals: &mut Refusals) -> (Vec<u64>, Vec<NewRecord>) {
    let (mut numbers, mut records) = (Vec::with_capacity(made.len()), Vec::with_capacity(made.len()));
    for MadeLine { number, record } in made {
        match record {
            Ok(record) => {
                numbers.push(number);
                records.push(record);
            }
            Err(refused) => refusals.add(number, &refused, collection),
        }
    }
    (numbers, records)
}
