//! C1: what was acknowledged is in the log once, what was refused is not, and nothing is there that nobody asked for.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{Logged, Violations};
use crate::faults::history::{Operation, Outcome, Person, Request};

/// Comes with each `user.registered`, in the same append.
const COMPANION: &str = "user.verification_requested";

/// Checks every operation, every event and every address.
pub fn check(history: &[Operation], log: &[Logged]) -> Violations {
    let mut by_cause: HashMap<Option<Uuid>, Vec<&Logged>> = HashMap::new();
    for event in log {
        by_cause.entry(event.cause).or_default().push(event);
    }
    let mut violations = registrations(history, &by_cause);
    let streams = streams(history, &by_cause);
    for operation in history {
        let events = by_cause.remove(&Some(operation.op_id)).unwrap_or_default();
        violations.extend(judge(operation, &events, streams.get(&operation.person).map(String::as_str)));
    }
    for event in by_cause.values().flatten() {
        violations.push(format!("nobody asked for {} at {}", event.event_type, event.position));
    }
    violations
}

fn judge(operation: &Operation, events: &[&Logged], stream: Option<&str>) -> Violations {
    let (id, causes) = (operation.op_id, operation.request.causes());
    let expected = match &operation.outcome {
        Outcome::Ok(_) if operation.request.repeats() => 1..=operation.attempts as usize,
        Outcome::Ok(_) => usize::from(!causes.is_empty())..=usize::from(!causes.is_empty()),
        Outcome::Fail(_) => 0..=0,
        Outcome::Info(reason) => return vec![format!("{id} was never resolved: {reason}")],
    };
    let count = |event_type: &str| events.iter().filter(|event| event.event_type == event_type).count();
    let mut violations = vec![];
    let found = events.len() - count(COMPANION);
    if !expected.contains(&found) {
        let outcome = &operation.outcome;
        violations.push(format!("{id} ({:?}) was answered {outcome:?} and wrote {found} events", operation.request));
    }
    if count(COMPANION) != count("user.registered") {
        violations.push(format!("{id} has {} {COMPANION}", count(COMPANION)));
    }
    for event in events {
        if event.event_type != COMPANION && !causes.contains(&event.event_type.as_str()) {
            violations.push(format!("{id} ({:?}) wrote {}", operation.request, event.event_type));
        }
        if stream != Some(event.stream.as_str()) {
            violations.push(format!("{id} of {:?} wrote to {}", operation.person, event.stream));
        }
    }
    violations
}

/// One account for each address for which a registration was accepted.
fn registrations(history: &[Operation], by_cause: &HashMap<Option<Uuid>, Vec<&Logged>>) -> Violations {
    let mut accounts: BTreeMap<Person, usize> = BTreeMap::new();
    for operation in history.iter().filter(|operation| operation.request == Request::Register) {
        let events = by_cause.get(&Some(operation.op_id)).map_or(&[][..], Vec::as_slice);
        let made = events.iter().filter(|event| event.event_type == "user.registered").count();
        *accounts.entry(operation.person).or_default() += made;
    }
    let wrong = accounts.iter().filter(|(_, count)| **count != 1);
    wrong.map(|(person, count)| format!("{person:?} has {count} accounts")).collect()
}

/// The stream of each person, as the registration began it.
fn streams(history: &[Operation], by_cause: &HashMap<Option<Uuid>, Vec<&Logged>>) -> HashMap<Person, String> {
    let begun = history.iter().flat_map(|operation| {
        let events = by_cause.get(&Some(operation.op_id)).map_or(&[][..], Vec::as_slice);
        let registered = events.iter().filter(|event| event.event_type == "user.registered");
        registered.map(|event| (operation.person, event.stream.clone()))
    });
    begun.collect()
}

#[cfg(test)]
mod tests {
    use super::{super::scene::Scene, *};

    #[test]
    fn a_run_without_faults_passes() {
        let Scene { history, log, .. } = Scene::busy();
        assert_eq!(check(&history, &log), Violations::new());
    }

    #[test]
    fn a_dropped_event_is_caught() {
        let Scene { history, mut log, .. } = Scene::busy();
        let dropped = log.remove(3);
        let violations = check(&history, &log);
        assert!(violations.iter().any(|violation| violation.contains(&dropped.cause.unwrap().to_string())));
    }

    #[test]
    fn an_event_that_was_written_twice_is_caught() {
        let Scene { history, mut log, .. } = Scene::busy();
        log.push(log[4].clone());
        assert!(check(&history, &log).iter().any(|violation| violation.contains("wrote 2 events")));
    }

    #[test]
    fn a_registration_that_was_written_in_part_is_caught() {
        let Scene { history, mut log, .. } = Scene::busy();
        let companion = log.iter().position(|event| event.event_type == COMPANION).unwrap();
        log.remove(companion);
        assert_eq!(check(&history, &log).len(), 1);
    }

    #[test]
    fn a_sign_in_may_have_been_done_by_each_of_its_attempts_and_no_more() {
        let mut scene = Scene::busy();
        scene.sign_in(Person(1), 2, 2);
        assert_eq!(check(&scene.history, &scene.log), Violations::new());
        scene.sign_in(Person(1), 2, 3);
        assert_eq!(check(&scene.history, &scene.log).len(), 1);
    }

    #[test]
    fn a_second_account_for_an_address_is_caught() {
        let mut scene = Scene::busy();
        scene.register(Person(0));
        let repeated = scene.log.last_mut().unwrap();
        (repeated.event_type, repeated.version) = ("user.registered".to_owned(), 1);
        repeated.stream = format!("user-{}", Uuid::from_u128(99));
        assert!(check(&scene.history, &scene.log).iter().any(|violation| violation.contains("2 accounts")));
    }

    #[test]
    fn a_refusal_that_was_done_all_the_same_is_caught() {
        let Scene { mut history, log, .. } = Scene::busy();
        history[4].outcome = Outcome::Fail(412);
        assert_eq!(check(&history, &log).len(), 1);
    }

    #[test]
    fn an_operation_that_nobody_knows_the_end_of_is_caught() {
        let Scene { mut history, log, .. } = Scene::busy();
        history[4].outcome = Outcome::Info("timed out".to_owned());
        assert!(check(&history, &log)[0].contains("never resolved"));
    }

    #[test]
    fn an_event_in_the_stream_of_somebody_else_is_caught() {
        let Scene { history, mut log, .. } = Scene::busy();
        let other = log.iter().find(|event| event.stream != log[4].stream).unwrap().stream.clone();
        log[4].stream = other;
        assert_eq!(check(&history, &log).len(), 1);
    }

    #[test]
    fn an_event_that_nobody_asked_for_is_caught() {
        let Scene { history, mut log, .. } = Scene::busy();
        log.push(Logged { cause: Some(Uuid::from_u128(7)), ..log[4].clone() });
        assert_eq!(check(&history, &log).len(), 1);
    }
}
