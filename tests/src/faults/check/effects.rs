//! C6: each event has its effect on each consumer once: one job for what calls for one, and its place in the feed.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{Logged, Violations};

/// A job, as far as it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobSeen {
    pub kind: String,
    pub key: Option<String>,
    pub state: String,
}

/// The job that an event calls for.
pub(crate) fn job_for(event_type: &str) -> Option<&'static str> {
    match event_type {
        "user.registered" => Some("email.welcome"),
        "user.registration_repeated" => Some("email.registration_repeated"),
        "user.verification_requested" => Some("email.verification"),
        _ => None,
    }
}

/// Checks the jobs that send mails: one for each event that calls for one, no others, all of them finished well.
pub fn check(log: &[Logged], jobs: &[JobSeen]) -> Violations {
    let mut found: BTreeMap<(&str, Option<String>), Vec<&str>> = BTreeMap::new();
    for job in jobs.iter().filter(|job| job.kind.starts_with("email.")) {
        found.entry((&job.kind, job.key.clone())).or_default().push(&job.state);
    }
    let mut violations = vec![];
    for event in log {
        let Some(kind) = job_for(&event.event_type) else { continue };
        let states = found.remove(&(kind, Some(event.event_id.to_string()))).unwrap_or_default();
        match states.as_slice() {
            ["completed"] => {}
            // The owner of an address is told once in a while only.
            ["cancelled"] if kind == "email.registration_repeated" => {}
            states => violations.push(format!("{kind} for {}: {states:?}", event.position)),
        }
    }
    violations.extend(found.iter().map(|((kind, key), states)| format!("{kind} of {key:?}: {states:?} without cause")));
    violations
}

/// Checks what an external consumer received over the broker: every event, and what is new in the order of the log.
/// Returns the number of repeats too.
pub fn check_feed(log: &[Logged], delivered: &[(i64, Uuid)]) -> (Violations, usize) {
    let ids: HashMap<i64, Uuid> = log.iter().map(|event| (event.position, event.event_id)).collect();
    let (mut newest, mut repeats, mut violations) = (0, 0, vec![]);
    for (position, id) in delivered {
        if ids.get(position) != Some(id) {
            violations.push(format!("the feed had {id} at {position}, the log has {:?}", ids.get(position)));
        }
        if *position > newest + 1 {
            violations.push(format!("the feed had {position} when {newest} was the newest"));
        }
        repeats += usize::from(*position <= newest);
        newest = newest.max(*position);
    }
    if newest < log.len() as i64 {
        violations.push(format!("the feed ended at {newest} of {}", log.len()));
    }
    (violations, repeats)
}

#[cfg(test)]
mod tests {
    use super::{super::scene::Scene, *};

    #[test]
    fn a_run_without_faults_passes() {
        let Scene { log, jobs, .. } = Scene::busy();
        assert_eq!(check(&log, &jobs), Violations::new());
        assert_eq!(check_feed(&log, &feed(&log)), (Violations::new(), 0));
    }

    #[test]
    fn a_dropped_job_and_a_duplicate_are_caught() {
        let Scene { log, mut jobs, .. } = Scene::busy();
        let dropped = jobs.remove(0);
        assert_eq!(check(&log, &jobs).len(), 1);
        jobs.extend([dropped.clone(), dropped]);
        assert_eq!(check(&log, &jobs).len(), 1);
    }

    #[test]
    fn a_job_that_was_given_up_is_caught() {
        let Scene { log, mut jobs, .. } = Scene::busy();
        jobs[0].state = "discarded".to_owned();
        assert_eq!(check(&log, &jobs).len(), 1);
    }

    #[test]
    fn a_job_without_cause_is_caught() {
        let Scene { log, mut jobs, .. } = Scene::busy();
        jobs.push(JobSeen { key: Some(Uuid::nil().to_string()), ..jobs[0].clone() });
        assert_eq!(check(&log, &jobs).len(), 1);
    }

    #[test]
    fn repeats_in_the_feed_are_counted_and_a_gap_a_swap_and_a_forgery_caught() {
        let log = Scene::busy().log;
        let good = feed(&log);
        let mut repeated = good.clone();
        repeated.splice(5..5, good[2..5].iter().copied());
        assert_eq!(check_feed(&log, &repeated), (Violations::new(), 3));
        let mut gap = good.clone();
        gap.remove(3);
        assert_eq!(check_feed(&log, &gap).0.len(), 1);
        let mut swapped = good.clone();
        swapped.swap(3, 4);
        assert_eq!(check_feed(&log, &swapped).0.len(), 1);
        let mut forged = good.clone();
        forged[3].1 = Uuid::nil();
        assert_eq!(check_feed(&log, &forged).0.len(), 1);
        assert_eq!(check_feed(&log, &good[..good.len() - 1]).0.len(), 1);
    }

    fn feed(log: &[Logged]) -> Vec<(i64, Uuid)> {
        log.iter().map(|event| (event.position, event.event_id)).collect()
    }
}
