//! C3: positions have no gaps, and whoever read along all the time has seen exactly the final order.

use uuid::Uuid;

use super::{Logged, Violations};

/// `tailed` is what a reader noted of each event while the log grew, always going on from the last position it had.
pub fn check(log: &[Logged], tailed: &[(i64, Uuid)]) -> Violations {
    let mut violations = vec![];
    for (place, event) in log.iter().enumerate() {
        let expected = place as i64 + 1;
        if event.position != expected {
            violations.push(format!("position {} stands in place of {expected}", event.position));
            break;
        }
    }
    for pair in log.windows(2) {
        if pair[1].recorded_at < pair[0].recorded_at {
            violations.push(format!("position {} was recorded before the one before it", pair[1].position));
        }
    }
    let noted = |place: usize| tailed.get(place).copied();
    let written = |place: usize| log.get(place).map(|event| (event.position, event.event_id));
    let differing = (0..log.len().max(tailed.len())).find(|place| noted(*place) != written(*place));
    if let Some(place) = differing {
        let (noted, written) = (noted(place), written(place));
        violations.push(format!("a reader saw {noted:?} where the log has {written:?}"));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::{super::scene::Scene, *};

    fn run() -> (Vec<Logged>, Vec<(i64, Uuid)>) {
        let log = Scene::busy().log;
        let tailed = log.iter().map(|event| (event.position, event.event_id)).collect();
        (log, tailed)
    }

    #[test]
    fn a_run_without_faults_passes() {
        let (log, tailed) = run();
        assert_eq!(check(&log, &tailed), Violations::new());
    }

    #[test]
    fn a_late_commit_that_a_reader_has_passed_is_caught() {
        let (log, mut tailed) = run();
        tailed.remove(4);
        assert_eq!(check(&log, &tailed).len(), 1);
    }

    #[test]
    fn a_gap_is_caught() {
        let (mut log, _) = run();
        log.remove(4);
        let tailed: Vec<_> = log.iter().map(|event| (event.position, event.event_id)).collect();
        assert_eq!(check(&log, &tailed).len(), 1);
    }

    #[test]
    fn a_duplicate_and_a_swap_are_caught() {
        let (log, mut tailed) = run();
        tailed.insert(4, tailed[3]);
        assert_eq!(check(&log, &tailed).len(), 1);
        let (log, mut tailed) = run();
        tailed.swap(2, 3);
        assert_eq!(check(&log, &tailed).len(), 1);
    }

    #[test]
    fn an_event_that_vanished_after_it_was_read_is_caught() {
        let (mut log, tailed) = run();
        log.pop();
        assert_eq!(check(&log, &tailed).len(), 1);
    }
}
