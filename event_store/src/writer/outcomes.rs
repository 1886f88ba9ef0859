//! What the database says of each append of a batch.

use uuid::Uuid;

use super::{pending::Pending, resolve::Repeats};
use crate::{AppendError, Appended, Idempotency, StreamId};

const APPENDED: i16 = 0;
const DUPLICATE: i16 = 1;
const CONFLICT: i16 = 2;
const CLAIM_TAKEN: i16 = 3;

/// A row of `append_events`: base, outcome, current, culprit, owner.
pub(super) type Row = (i64, Vec<i16>, Vec<i64>, Vec<i32>, Vec<Option<String>>);

#[derive(Debug)]
pub(super) struct Outcomes {
    /// The head before the batch.
    base: i64,
    outcomes: Vec<i16>,
    /// Version before the batch, per stream over all appends.
    current: Vec<i64>,
    /// Index from 1 of the stream or claim that failed, over all appends.
    culprits: Vec<i32>,
    owners: Vec<Option<String>>,
    shapes: Vec<Shape>,
}

/// As much of an append as its answer needs.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) command_id: Uuid,
    pub(super) idempotency: Option<Idempotency>,
    /// Whether an earlier submission may have been committed.
    pub(super) maybe_written: bool,
    /// With the number of their events; those that are to be unchanged have none and come last.
    streams: Vec<(StreamId, usize)>,
    claims: usize,
}

impl Outcomes {
    pub(super) fn new((base, outcomes, current, culprits, owners): Row, shapes: Vec<Shape>) -> Self {
        Self { base, outcomes, current, culprits, owners, shapes }
    }

    /// The head after the batch, if it moved.
    pub(super) fn head(&self) -> Option<i64> {
        let of_shape = |(shape, outcome): (&Shape, &i16)| if *outcome == APPENDED { shape.events() } else { 0 };
        let appended: usize = self.shapes.iter().zip(&self.outcomes).map(of_shape).sum();
        (appended > 0).then_some(self.base + appended as i64)
    }

    /// The appends whose command or idempotency key had been recorded before, with their index.
    pub(super) fn duplicates(&self) -> impl Iterator<Item = (usize, &Shape)> {
        let is_duplicate = |(index, outcome): (usize, &i16)| (*outcome == DUPLICATE).then_some(index);
        self.outcomes.iter().enumerate().filter_map(is_duplicate).map(|index| (index, &self.shapes[index]))
    }

    /// One result per append, in order; those of duplicates are in `repeats`.
    pub(super) fn into_results(self, mut repeats: Repeats) -> Vec<Result<Appended, AppendError>> {
        let (mut position, mut stream, mut claim) = (self.base, 0, 0);
        let mut owners = self.owners.into_iter();
        let rows = self.outcomes.into_iter().zip(self.culprits).enumerate();
        let results = self.shapes.into_iter().zip(rows).map(|(shape, (index, (outcome, culprit)))| {
            let (streams, first_claim) = (stream..stream + shape.streams.len(), claim);
            (stream, claim) = (streams.end, claim + shape.claims);
            let (culprit, owner) = ((culprit as usize).saturating_sub(1), owners.next().flatten());
            match outcome {
                APPENDED => {
                    let appended = shape.appended(position, &self.current[streams]);
                    position = appended.last_position;
                    Ok(appended)
                }
                CONFLICT => Err(AppendError::Conflict {
                    stream: shape.streams[culprit - streams.start].0.clone(),
                    actual: self.current[culprit],
                }),
                CLAIM_TAKEN => Err(AppendError::ClaimTaken { claim: culprit - first_claim, owner }),
                _ => repeats.remove(&index).unwrap_or(Err(AppendError::OutcomeUnknown)),
            }
        });
        results.collect()
    }
}

impl Shape {
    pub(super) fn of(Pending { append, maybe_written, .. }: &Pending) -> Self {
        Self {
            command_id: append.command_id,
            idempotency: append.idempotency.clone(),
            maybe_written: *maybe_written,
            streams: {
                let changed = append.streams.iter().map(|part| (part.stream.clone(), part.events.len()));
                changed.chain(append.unchanged.iter().map(|(stream, _)| (stream.clone(), 0))).collect()
            },
            claims: append.claims.len(),
        }
    }

    fn events(&self) -> usize {
        self.streams.iter().map(|(_, events)| events).sum()
    }

    fn appended(&self, base: i64, before: &[i64]) -> Appended {
        let changed = self.streams.iter().zip(before).filter(|((_, events), _)| *events > 0);
        let versions = changed.map(|((_, events), before)| before + *events as i64);
        Appended {
            command_id: self.command_id,
            first_position: base + 1,
            last_position: base + self.events() as i64,
            versions: versions.collect(),
            replay: None,
        }
    }
}
