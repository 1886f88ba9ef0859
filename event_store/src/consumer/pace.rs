//! How long a lane rests before it looks at the log again.

use std::time::Duration;

/// Where nothing comes, a little longer each time: a log that is busy with what others read would otherwise cost each lane a
/// look per commit.
const REST: Duration = Duration::from_millis(1);
const LONGEST_REST: Duration = Duration::from_millis(20);
/// After a batch of so many events: what comes meanwhile shares the cost of the next one. After more of them it has to catch
/// up.
const BUSY: std::ops::Range<usize> = 8..256;
/// For each of them, up to a limit: the busier the log is, the more come meanwhile.
const GATHERING: Duration = Duration::from_micros(250);
const LONGEST_GATHERING: Duration = Duration::from_millis(4);

#[derive(Debug, Default)]
pub(super) struct Pace(Duration);

impl Pace {
    /// Whether the last look found nothing, so that the next one is likely to find nothing either.
    pub(super) fn rests(&self) -> bool {
        !self.0.is_zero()
    }

    /// After so many events.
    pub(super) fn after(&mut self, events: usize) -> Option<Duration> {
        if events == 0 {
            self.0 = (self.0 + REST).min(LONGEST_REST);
            return Some(self.0);
        }
        self.0 = Duration::ZERO;
        BUSY.contains(&events).then(|| (GATHERING * events as u32).min(LONGEST_GATHERING))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_alone_is_never_waited_for_and_a_backlog_neither() {
        let mut pace = Pace::default();
        assert_eq!([1, 7, 256, 1000].map(|events| pace.after(events)), [None; 4]);
        let gathering = [8, 12, 16, 255].map(|events| pace.after(events).unwrap().as_millis());
        assert_eq!(gathering, [2, 3, 4, 4]);
        assert!(!pace.rests());
        let rests: Vec<_> = (0..20).map(|_| pace.after(0)).collect();
        assert_eq!([rests[0], rests[1], rests[19]], [REST, 2 * REST, LONGEST_REST].map(Some));
        assert!(pace.rests());
        assert_eq!((pace.after(1), pace.rests(), pace.after(0)), (None, false, Some(REST)));
    }
}
