//! What has changed in a projection, as far as it was followed without a gap.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use uuid::Uuid;

/// Rows that are remembered as changed before the older half of them is forgotten.
const REMEMBERED: usize = 65_536;
/// Without questions for this long, changes are not followed any more.
const WANTED: Duration = Duration::from_secs(10);
/// Who has heard nothing for this long may have missed something.
pub(super) const TRUST: Duration = Duration::from_secs(1);

/// A life of a projection. A database server that crashes may lose what it has told last; whoever consumes a lane then, does it
/// under another fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) epoch: String,
    /// By lane.
    pub(super) fences: Vec<i64>,
}

/// The changes of one life of a projection.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) life: Life,
    lanes: Vec<Lane>,
    newer: Changed,
    older: Changed,
    /// When this was known to be all that there is.
    confirmed: Option<Instant>,
    /// When somebody asked last.
    wanted: Instant,
}

/// All changes of the lane after `from` and up to `to` were heard.
#[derive(Clone, Copy, Debug)]
struct Lane {
    from: i64,
    to: i64,
    /// Streams were left out, or it is not known whether any were.
    is_parked: bool,
}

/// The last changes, by what they changed; everything after `beyond` is in it.
#[derive(Debug, Default)]
struct Changed {
    beyond: i64,
    rows: HashMap<Uuid, i64>,
    groups: HashMap<Uuid, i64>,
    /// Of rows whose group nobody told.
    somewhere: i64,
}

/// What an answer was made of, and so what makes it stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Row(Uuid),
    /// All rows of a group, such as the records of a collection.
    Group(Uuid),
}

/// A change as it makes answers stale.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChangedRow {
    pub(super) row: Uuid,
    /// `None` where it is not told, as of rows that are gone.
    pub(super) group: Option<Uuid>,
    pub(super) position: i64,
}

impl Followed {
    /// From where the projection is now.
    pub(super) fn from(life: Life, positions: &[i64], is_parked: bool) -> Self {
        let lanes = positions.iter().map(|at| Lane { from: *at, to: *at, is_parked }).collect();
        let now = Instant::now();
        Self { life, lanes, newer: Changed::default(), older: Changed::default(), confirmed: Some(now), wanted: now }
    }

    /// Every lane has come so far.
    pub(super) fn position(&self) -> i64 {
        self.lanes.iter().map(|lane| lane.to).min().unwrap_or(0)
    }

    /// Whether there is nothing that the lanes have left out.
    pub(super) fn is_clean(&self) -> bool {
        self.lanes.iter().all(|lane| !lane.is_parked)
    }

    pub(super) fn is_confirmed(&self) -> bool {
        self.confirmed.is_some_and(|at| at.elapsed() < TRUST)
    }

    /// Somebody asks.
    pub(super) fn want(&mut self) {
        self.wanted = Instant::now();
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.wanted.elapsed() < WANTED
    }

    /// Something may have been missed.
    pub(super) fn doubt(&mut self) {
        self.confirmed = None;
    }

    /// Whether what is told of a lane is of this life. The fence may not be told.
    pub(super) fn is_of(&self, epoch: &str, lane: usize, fence: Option<i64>) -> bool {
        self.life.epoch == epoch && fence.is_none_or(|fence| self.life.fences.get(lane) == Some(&fence))
    }

    /// Whether a lane was further than this.
    pub(super) fn was_beyond(&self, positions: &[i64]) -> bool {
        self.lanes.iter().zip(positions).any(|(lane, position)| lane.to > *position)
    }

    /// Takes note of a lane's changes after `from` and up to `to`; false for a lane that there is not.
    pub(super) fn hear(
        &mut self,
        (lane, is_parked): (usize, bool),
        from: i64,
        to: i64,
        changes: impl IntoIterator<Item = ChangedRow>,
    ) -> bool {
        let Some(lane) = self.lanes.get_mut(lane) else { return false };
        if from > lane.to {
            lane.from = from;
        }
        (lane.to, lane.is_parked) = (to.max(lane.to), is_parked);
        changes.into_iter().for_each(|change| self.newer.add(change));
        if self.newer.rows.len() > REMEMBERED / 2 {
            let beyond = self.lanes.iter().map(|lane| lane.to).max().unwrap_or(0);
            self.older = std::mem::replace(&mut self.newer, Changed { beyond, ..Changed::default() });
        }
        self.confirmed = Some(Instant::now());
        true
    }

    /// Takes note of where the lanes are according to the database. A lane that is further than what was heard of it
    /// has changed in ways that are not known.
    pub(super) fn see(&mut self, positions: &[i64], is_parked: bool) {
        for (lane, seen) in self.lanes.iter_mut().zip(positions) {
            if *seen > lane.to {
                (lane.from, lane.to) = (*seen, *seen);
            }
            lane.is_parked = is_parked;
        }
        self.confirmed = Some(Instant::now());
    }

    /// Whether what was read at the position `read` is still so at [`Self::position`]. `version` is the position of the
    /// last event in what was read.
    pub(super) fn is_unchanged(&self, subject: Subject, read: i64, version: i64) -> bool {
        let gaps = self.lanes.iter().map(|lane| lane.from).max().unwrap_or(i64::MAX);
        let known_after = gaps.max(self.older.beyond);
        let changed = self.newer.last(subject).max(self.older.last(subject));
        read >= known_after && changed <= read.max(version)
    }
}

impl Changed {
    fn add(&mut self, change: ChangedRow) {
        let last = |map: &mut HashMap<Uuid, i64>, key| {
            let position = map.entry(key).or_default();
            *position = change.position.max(*position);
        };
        last(&mut self.rows, change.row);
        match change.group {
            Some(group) => last(&mut self.groups, group),
            None => self.somewhere = change.position.max(self.somewhere),
        }
    }

    fn last(&self, subject: Subject) -> i64 {
        match subject {
            Subject::Row(row) => self.rows.get(&row).copied().unwrap_or(0),
            Subject::Group(group) => self.groups.get(&group).copied().unwrap_or(0).max(self.somewhere),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);
    const GROUP: Uuid = Uuid::from_u128(10);

    fn change(row: Uuid, position: i64) -> std::iter::Once<ChangedRow> {
        std::iter::once(ChangedRow { row, group: Some(GROUP), position })
    }

    fn life() -> Life {
        Life { epoch: "e".to_owned(), fences: vec![1] }
    }

    fn at(position: i64) -> Followed {
        Followed::from(life(), &[position], false)
    }

    #[test]
    fn what_was_read_is_true_until_it_changes() {
        let mut followed = at(10);
        assert!(followed.is_unchanged(Subject::Row(A), 10, 3));
        followed.hear((0, false), 10, 12, change(B, 11));
        assert!(followed.is_unchanged(Subject::Row(A), 10, 3), "another row");
        followed.hear((0, false), 12, 15, change(A, 13));
        assert!(!followed.is_unchanged(Subject::Row(A), 12, 3));
        assert!(followed.is_unchanged(Subject::Row(A), 12, 13), "the answer has the change already");
        assert_eq!(followed.position(), 15);
    }

    #[test]
    fn a_list_is_stale_after_any_change_in_its_group() {
        let mut followed = at(10);
        let (list, other) = (Subject::Group(GROUP), Subject::Group(B));
        followed.hear((0, false), 10, 12, change(B, 11));
        assert!(!followed.is_unchanged(list, 10, 0) && followed.is_unchanged(other, 10, 0));
        assert!(followed.is_unchanged(list, 12, 0));
        followed.hear((0, false), 12, 14, std::iter::once(ChangedRow { row: A, group: None, position: 13 }));
        assert!(!followed.is_unchanged(list, 12, 0) && !followed.is_unchanged(other, 12, 0));
    }

    #[test]
    fn a_lane_that_is_consumed_under_another_fence_or_has_gone_back_begins_another_life() {
        let mut followed = at(10);
        followed.hear((0, false), 10, 12, change(B, 11));
        assert!(followed.is_of("e", 0, Some(1)) && followed.is_of("e", 0, None));
        assert!(
            !followed.is_of("e", 0, Some(2))
                && !followed.is_of("other", 0, Some(1))
                && !followed.is_of("e", 1, Some(1))
        );
        assert!(followed.was_beyond(&[11]) && !followed.was_beyond(&[12]) && !followed.was_beyond(&[13]));
    }

    #[test]
    fn nothing_from_before_a_gap_is_believed() {
        let mut followed = at(10);
        followed.hear((0, false), 14, 15, std::iter::empty());
        assert!(!followed.is_unchanged(Subject::Row(A), 13, 3));
        assert!(followed.is_unchanged(Subject::Row(A), 14, 3));
        followed.see(&[15], false);
        assert!(followed.is_unchanged(Subject::Row(A), 14, 3), "nothing was missed");
        followed.see(&[20], false);
        assert!(!followed.is_unchanged(Subject::Row(A), 19, 3));
        assert!(followed.is_unchanged(Subject::Row(A), 20, 3));
    }

    #[test]
    fn a_gap_in_one_lane_is_a_gap() {
        let mut followed = Followed::from(Life { fences: vec![1, 1], ..life() }, &[10, 10], false);
        followed.hear((1, false), 12, 13, std::iter::empty());
        assert_eq!(followed.position(), 10);
        assert!(!followed.is_unchanged(Subject::Row(A), 10, 3));
        assert!(!followed.hear((2, false), 10, 13, std::iter::empty()), "there is no such lane");
    }

    #[test]
    fn of_many_changes_the_oldest_are_forgotten_with_what_they_vouched_for() {
        let mut followed = at(0);
        for position in 1..=REMEMBERED as i64 * 2 {
            followed.hear((0, false), position - 1, position, change(Uuid::from_u128(position as u128), position));
        }
        assert!(!followed.is_unchanged(Subject::Row(A), 10, 3));
        let end = followed.position();
        assert!(followed.is_unchanged(Subject::Row(A), end - 10, 3));
        assert!(!followed.is_unchanged(Subject::Row(Uuid::from_u128(end as u128)), end - 1, 3));
        assert!(followed.newer.rows.len() + followed.older.rows.len() <= REMEMBERED + 2);
    }

    #[test]
    fn what_is_in_doubt_is_confirmed_by_what_comes_next() {
        let mut followed = at(10);
        assert!(followed.is_confirmed());
        followed.doubt();
        assert!(!followed.is_confirmed());
        followed.hear((0, false), 10, 11, std::iter::empty());
        assert!(followed.is_confirmed());
    }
}
