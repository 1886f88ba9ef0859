//! What a process has heard of the positions of projections.

use std::collections::HashMap;

use tokio::sync::watch;

/// How far one lane is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) position: i64,
    /// Up to here the lane is known to have handled every event and parked none.
    pub(super) clean: i64,
    /// Under which the lane is consumed. Under another one it may stand further back.
    pub(super) fence: i64,
}

/// How far the active build of a projection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) build: i32,
    pub(super) lanes: Vec<Lane>,
}

impl Standing {
    /// Whether positions of the one are comparable with those of the other.
    fn is_of_the_life_of(&self, other: &Self) -> bool {
        self.build == other.build
            && self.lanes.iter().map(|lane| lane.fence).eq(other.lanes.iter().map(|lane| lane.fence))
    }

    fn is_behind(&self, other: &Self) -> bool {
        self.is_of_the_life_of(other)
            && self.lanes.iter().zip(&other.lanes).any(|(lane, other)| lane.position < other.position)
    }

    pub(super) fn advance(&mut self, lane: i16, to: Lane) {
        if let Some(lane) = self.lanes.get_mut(lane as usize) {
            lane.position = lane.position.max(to.position);
            lane.clean = lane.clean.max(to.clean);
        }
    }

    pub(super) fn has_reached(&self, lanes: &[usize], position: i64) -> bool {
        self.all(lanes, |lane| lane.position >= position)
    }

    pub(super) fn is_clean(&self, lanes: &[usize], position: i64) -> bool {
        self.all(lanes, |lane| lane.clean >= position)
    }

    fn all(&self, lanes: &[usize], holds: impl Fn(&Lane) -> bool) -> bool {
        lanes.iter().all(|lane| self.lanes.get(*lane).is_some_and(&holds))
    }
}

/// The standings by projection, and a signal whenever one changes.
#[derive(Debug, Default)]
pub(super) struct Known(watch::Sender<HashMap<String, Standing>>);

impl Known {
    pub(super) fn subscribe(&self) -> watch::Receiver<HashMap<String, Standing>> {
        self.0.subscribe()
    }

    pub(super) fn standing(&self, projection: &str) -> Option<Standing> {
        self.0.borrow().get(projection).cloned()
    }

    pub(super) fn position(&self, projection: &str) -> i64 {
        let known = self.0.borrow();
        let positions = known.get(projection).into_iter().flat_map(|standing| &standing.lanes);
        positions.map(|lane| lane.position).min().unwrap_or(0)
    }

    /// Takes note of a lane; false when it is of a build, or under a fence, that is not known. `fence` may not be told.
    pub(super) fn advance(&self, projection: &str, build: i32, lane: i16, fence: Option<i64>, to: Lane) -> bool {
        let mut taken = false;
        self.0.send_if_modified(|known| {
            let Some(standing) = known.get_mut(projection).filter(|standing| standing.build == build) else {
                return false;
            };
            let before = standing.lanes.get(lane as usize).copied();
            if before.is_some_and(|before| fence.is_some_and(|fence| fence != before.fence)) {
                return false;
            }
            taken = true;
            standing.advance(lane, to);
            standing.lanes.get(lane as usize).copied() != before
        });
        taken
    }

    /// Takes note of what the database says. Of the same life, what came in by notice meanwhile is kept, unless the database has
    /// gone back behind what was known before it was asked.
    pub(super) fn replace(&self, projection: &str, before: Option<&Standing>, read: Standing) {
        let has_gone_back = before.is_some_and(|before| read.is_behind(before));
        self.0.send_if_modified(|known| match known.get_mut(projection) {
            Some(standing) if !has_gone_back && standing.is_of_the_life_of(&read) => {
                let before = standing.clone();
                (0..).zip(read.lanes).for_each(|(lane, to)| standing.advance(lane, to));
                *standing != before
            }
            Some(_) | None => {
                known.insert(projection.to_owned(), read);
                true
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(position: i64, clean: i64) -> Lane {
        Lane { position, clean, fence: 0 }
    }

    fn beginning(lanes: usize) -> Standing {
        said(1, vec![Lane::default(); lanes])
    }

    fn said(build: i32, lanes: Vec<Lane>) -> Standing {
        Standing { build, lanes }
    }

    #[test]
    fn a_projection_is_as_far_as_its_slowest_lane() {
        let known = Known::default();
        assert_eq!(known.position("users"), 0);
        known.replace("users", None, beginning(2));
        assert!(known.advance("users", 1, 0, None, lane(9, 9)));
        assert_eq!(known.position("users"), 0);
        assert!(known.advance("users", 1, 1, None, lane(7, 0)));
        assert_eq!(known.position("users"), 7);
        let standing = known.standing("users").unwrap();
        assert!(standing.has_reached(&[0], 9) && !standing.has_reached(&[0, 1], 9));
        assert!(standing.is_clean(&[0], 9) && !standing.is_clean(&[1], 7));
    }

    #[test]
    fn an_older_look_does_not_take_back_what_a_notice_told() {
        let known = Known::default();
        known.replace("users", None, beginning(1));
        known.advance("users", 1, 0, None, lane(9, 9));
        known.replace("users", None, said(1, vec![lane(5, 5)]));
        assert_eq!(known.position("users"), 9);
    }

    #[test]
    fn a_database_that_has_crashed_may_have_lost_what_it_told() {
        let known = Known::default();
        known.replace("users", None, beginning(1));
        known.advance("users", 1, 0, Some(0), lane(9, 9));
        let before = known.standing("users");
        known.advance("users", 1, 0, Some(0), lane(10, 10));
        known.replace("users", before.as_ref(), said(1, vec![lane(9, 9)]));
        assert_eq!(known.position("users"), 10, "what was told meanwhile");
        known.replace("users", before.as_ref(), said(1, vec![lane(5, 5)]));
        assert_eq!(known.position("users"), 5);

        known.advance("users", 1, 0, Some(0), lane(9, 9));
        assert!(!known.advance("users", 1, 0, Some(1), lane(11, 11)), "somebody else consumes it now");
        known.replace("users", None, said(1, vec![Lane { fence: 1, ..lane(7, 7) }]));
        assert_eq!(known.position("users"), 7);
    }

    #[test]
    fn a_notice_of_an_unknown_build_is_not_believed() {
        let known = Known::default();
        known.replace("users", None, beginning(1));
        assert!(!known.advance("users", 2, 0, None, lane(9, 9)));
        known.replace("users", None, said(2, vec![lane(8, 8)]));
        assert_eq!(known.position("users"), 8);
    }
}
