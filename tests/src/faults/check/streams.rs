//! C2: the events of every stream are numbered 1, 2, 3 … in the order of the log.

use std::collections::HashMap;

use super::{Logged, Violations};

/// Checks all streams of the log, which is in the order of positions.
pub fn check(log: &[Logged]) -> Violations {
    let mut versions: HashMap<&str, i64> = HashMap::new();
    let mut violations = vec![];
    for event in log {
        let before = versions.insert(&event.stream, event.version).unwrap_or(0);
        if event.version != before + 1 {
            let Logged { position, stream, version, .. } = event;
            violations.push(format!("{stream} has version {version} after {before} at position {position}"));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::{super::scene::Scene, *};

    #[test]
    fn a_run_without_faults_passes() {
        assert_eq!(check(&Scene::busy().log), Violations::new());
    }

    #[test]
    fn a_dropped_event_is_caught() {
        let mut log = Scene::busy().log;
        let first = log.iter().position(|event| event.version == 1).unwrap();
        log.remove(first);
        assert!(!check(&log).is_empty());
    }

    #[test]
    fn a_version_that_was_given_twice_is_caught() {
        let mut log = Scene::busy().log;
        let second = log.iter().position(|event| event.version == 2).unwrap();
        log[second].version = 1;
        assert!(!check(&log).is_empty());
    }

    #[test]
    fn swapped_events_of_a_stream_are_caught() {
        let mut log = Scene::busy().log;
        let second = log.iter().position(|event| event.version == 2).unwrap();
        let first = log.iter().position(|event| event.stream == log[second].stream).unwrap();
        log.swap(first, second);
        assert!(!check(&log).is_empty());
    }
}
