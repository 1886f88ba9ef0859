//! What a process has heard of the positions of projections.

use std::collections::HashMap;

use tokio::sync::watch;

/// How far one lane is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) position: i64,
    /// Up to here the lane is known to have handled every event and parked none.
    pub(super) clean: i64,
}

/// How far the active build of a projection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) build: i32,
    pub(super) lanes: Vec<Lane>,
}

impl Standing {
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

    /// Takes note of a lane; false when it is of a build that is not known.
    pub(super) fn advance(&self, projection: &str, build: i32, lane: i16, to: Lane) -> bool {
        let mut taken = false;
        self.0.send_if_modified(|known| {
            let Some(standing) = known.get_mut(projection).filter(|standing| standing.build == build) else {
                return false;
            };
            taken = true;
            let before = standing.lanes.get(lane as usize).copied();
            standing.advance(lane, to);
            standing.lanes.get(lane as usize).copied() != before
        });
        taken
    }

    /// Takes note of what the database says. Of the same build, what came in by notice meanwhile is kept.
    pub(super) fn replace(&self, projection: &str, read: Standing) {
        self.0.send_if_modified(|known| match known.get_mut(projection) {
            Some(standing) if standing.build == read.build && standing.lanes.len() == read.lanes.len() => {
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
        Lane { position, clean }
    }

    fn beginning(lanes: usize) -> Standing {
        Standing { build: 1, lanes: vec![Lane::default(); lanes] }
    }

    #[test]
    fn a_projection_is_as_far_as_its_slowest_lane() {
        let known = Known::default();
        assert_eq!(known.position("users"), 0);
        known.replace("users", beginning(2));
        assert!(known.advance("users", 1, 0, lane(9, 9)));
        assert_eq!(known.position("users"), 0);
        assert!(known.advance("users", 1, 1, lane(7, 0)));
        assert_eq!(known.position("users"), 7);
        let standing = known.standing("users").unwrap();
        assert!(standing.has_reached(&[0], 9) && !standing.has_reached(&[0, 1], 9));
        assert!(standing.is_clean(&[0], 9) && !standing.is_clean(&[1], 7));
    }

    #[test]
    fn an_older_look_does_not_take_back_what_a_notice_told() {
        let known = Known::default();
        known.replace("users", beginning(1));
        known.advance("users", 1, 0, lane(9, 9));
        known.replace("users", Standing { build: 1, lanes: vec![lane(5, 5)] });
        assert_eq!(known.position("users"), 9);
    }

    #[test]
    fn a_notice_of_an_unknown_build_is_not_believed() {
        let known = Known::default();
        known.replace("users", beginning(1));
        assert!(!known.advance("users", 2, 0, lane(9, 9)));
        known.replace("users", Standing { build: 2, lanes: vec![lane(8, 8)] });
        assert_eq!(known.position("users"), 8);
    }
}
