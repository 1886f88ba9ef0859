//! C4: what was acknowledged before something else began comes before it in the log, and answers tell where.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Logged, Violations};
use crate::faults::history::Operation;

/// Checks the order of the operations on each stream, and the positions and versions that were answered.
pub fn check(history: &[Operation], log: &[Logged]) -> Violations {
    // The first one: what else it wrote comes with it, or later.
    let mut events: HashMap<Uuid, &Logged> = HashMap::new();
    for event in log {
        if let Some(cause) = event.cause {
            events.entry(cause).or_insert(event);
        }
    }
    let mut streams: HashMap<&str, Vec<(&Operation, &Logged)>> = HashMap::new();
    let mut violations = vec![];
    for operation in history {
        let (Some(event), Some(answer)) = (events.get(&operation.op_id), operation.answer()) else { continue };
        streams.entry(&event.stream).or_default().push((operation, event));
        if answer.position.is_some_and(|position| position != event.position) {
            violations.push(format!("{} is at {} and was answered {answer:?}", operation.op_id, event.position));
        }
        // A repeat is answered with what the account is by then.
        if answer.version.is_some_and(|version| version < event.version) {
            violations.push(format!("{} made version {} and was answered {answer:?}", operation.op_id, event.version));
        }
    }
    violations.extend(streams.into_values().flat_map(order));
    violations
}

fn order(mut operations: Vec<(&Operation, &Logged)>) -> Violations {
    operations.sort_by_key(|(operation, _)| operation.invoke);
    let mut completed: Vec<(&Operation, &Logged)> = operations.clone();
    completed.sort_by_key(|(operation, _)| operation.complete);
    let (mut earlier, mut highest) = (completed.into_iter().peekable(), None::<(&Operation, &Logged)>);
    let mut violations = vec![];
    for (operation, event) in operations {
        while let Some(done) = earlier.next_if(|(done, _)| done.complete < operation.invoke) {
            highest = highest.filter(|(_, high)| high.position > done.1.position).or(Some(done));
        }
        if let Some((before, high)) = highest.filter(|(_, high)| high.position > event.position) {
            violations.push(format!(
                "{} was acknowledged before {} began, and is at {} after {}",
                before.op_id, operation.op_id, high.position, event.position
            ));
        }
    }
    violations
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
    fn two_acknowledged_changes_that_changed_places_are_caught() {
        let Scene { history, mut log, .. } = Scene::busy();
        let (first, second) = renames_of_one_stream(&log);
        let (one, other) = (log[first].cause, log[second].cause);
        (log[first].cause, log[second].cause) = (other, one);
        let history: Vec<_> = history.into_iter().map(without_position).collect();
        assert_eq!(check(&history, &log).len(), 1);
    }

    #[test]
    fn changes_that_overlapped_may_come_in_any_order() {
        let Scene { mut history, mut log, .. } = Scene::busy();
        let (first, second) = renames_of_one_stream(&log);
        let (one, other) = (log[first].cause, log[second].cause);
        let begun = history.iter().find(|operation| Some(operation.op_id) == one).unwrap().invoke;
        history.iter_mut().find(|operation| Some(operation.op_id) == other).unwrap().invoke = begun;
        (log[first].cause, log[second].cause) = (other, one);
        let history: Vec<_> = history.into_iter().map(without_position).collect();
        assert_eq!(check(&history, &log), Violations::new());
    }

    #[test]
    fn a_wrong_position_in_an_answer_is_caught() {
        let Scene { history, mut log, .. } = Scene::busy();
        log[5].cause = log[4].cause.take();
        assert!(!check(&history, &log).is_empty());
    }

    fn renames_of_one_stream(log: &[Logged]) -> (usize, usize) {
        let is_rename = |event: &Logged| event.event_type == "user.profile_changed";
        let first = log.iter().position(is_rename).unwrap();
        let second = log.iter().rposition(|event| is_rename(event) && event.stream == log[first].stream).unwrap();
        assert_ne!(first, second);
        (first, second)
    }

    fn without_position(mut operation: Operation) -> Operation {
        if let crate::faults::history::Outcome::Ok(answer) = &mut operation.outcome {
            (answer.position, answer.version) = (None, None);
        }
        operation
    }
}
