//! C5: the read model is the fold of the log, a rebuild makes the same, and a read shows what its caller has written.

use std::collections::BTreeMap;

use projections::users::UserRow;
use uuid::Uuid;

use super::{Violations, fold::Fold};
use crate::faults::history::{Operation, Request};

/// Compares the read model row by row with the fold.
pub fn check(fold: &Fold, rows: &[UserRow]) -> Violations {
    let expected: BTreeMap<Uuid, &UserRow> = fold.last().map(|(user, state)| (*user, &state.row)).collect();
    differences("the fold", &expected, &by_id(rows))
}

/// Compares two builds of the read model.
pub fn check_rebuild(before: &[UserRow], rebuilt: &[UserRow]) -> Violations {
    differences("the former build", &by_id(before), &by_id(rebuilt))
}

/// Checks what was read over HTTP: never older than the caller's own writes, and always a state that was.
pub fn check_reads(history: &[Operation], fold: &Fold) -> Violations {
    let mut violations = vec![];
    for operation in history {
        let (Request::Read { seen }, Some(answer)) = (&operation.request, operation.answer()) else { continue };
        let id = operation.op_id;
        if let Some(seen) = seen {
            if answer.version < Some(seen.version) {
                violations.push(format!("{id} read {:?} after version {}", answer.version, seen.version));
            }
            if answer.position < Some(seen.position) {
                violations.push(format!("{id} read {:?} after position {}", answer.position, seen.position));
            }
        }
        let state = fold.user_of(operation.person).and_then(|user| fold.at(user, answer.version?));
        match state {
            Some(state) if state.name == answer.name => {}
            Some(_) | None => violations.push(format!("{id} read {answer:?}, which was never so")),
        }
    }
    violations
}

fn by_id(rows: &[UserRow]) -> BTreeMap<Uuid, &UserRow> {
    rows.iter().map(|row| (row.id, row)).collect()
}

fn differences(what: &str, expected: &BTreeMap<Uuid, &UserRow>, found: &BTreeMap<Uuid, &UserRow>) -> Violations {
    let mut violations = vec![];
    for (id, row) in expected {
        match found.get(id) {
            None => violations.push(format!("{id} is missing")),
            Some(other) if other != row => {
                violations.push(format!("{id} is {}, and {} in {what}", shown(other), shown(row)));
            }
            Some(_) => {}
        }
    }
    let unknown = found.keys().filter(|id| !expected.contains_key(id));
    violations.extend(unknown.map(|id| format!("{id} is not in {what}")));
    violations
}

/// Without the sealed fields, which nobody can read.
fn shown(row: &UserRow) -> String {
    let UserRow { version, position, locale, roles, updated_at, .. } = row;
    format!("version {version} at {position} ({locale}, {roles:?}, {updated_at})")
}

#[cfg(test)]
mod tests {
    use super::{super::scene::Scene, *};
    use crate::faults::history::{Answer, Outcome, Person, Seen};

    #[test]
    fn a_run_without_faults_passes() {
        let (scene, fold, rows) = run();
        assert_eq!(check(&fold, &rows), Violations::new());
        assert_eq!(check_rebuild(&rows, &rows), Violations::new());
        assert_eq!(check_reads(&scene.history, &fold), Violations::new());
    }

    #[test]
    fn a_dropped_change_is_caught() {
        let (scene, fold, mut rows) = run();
        let row = rows.iter_mut().find(|row| row.version > 1).unwrap();
        *row = fold.at(row.id, row.version - 1).unwrap().row.clone();
        assert_eq!(check(&fold, &rows).len(), 1, "{:?}", scene.log);
    }

    #[test]
    fn a_change_that_was_applied_twice_is_caught() {
        let (_, fold, mut rows) = run();
        rows[0].version += 1;
        assert_eq!(check(&fold, &rows).len(), 1);
    }

    #[test]
    fn a_missing_row_and_one_too_many_are_caught() {
        let (_, fold, mut rows) = run();
        rows[0].id = Uuid::from_u128(99);
        assert_eq!(check(&fold, &rows).len(), 2);
    }

    #[test]
    fn swapped_rows_are_caught() {
        let (_, fold, mut rows) = run();
        let (one, other) = (rows[0].email.clone(), rows[1].email.clone());
        (rows[0].email, rows[1].email) = (other, one);
        assert_eq!(check(&fold, &rows).len(), 2);
    }

    #[test]
    fn a_rebuild_that_differs_is_caught() {
        let (_, _, rows) = run();
        let mut rebuilt = rows.clone();
        rebuilt[0].display_name = None;
        assert_eq!(check_rebuild(&rows, &rebuilt).len(), 1);
    }

    #[test]
    fn a_stale_read_is_caught() {
        let (mut scene, fold, _) = run();
        let seen = Seen { version: 2, position: 9 };
        let stale = Answer { version: Some(1), position: Some(9), name: Some(Person(0).first_name()) };
        scene.ask(Person(0), Request::Read { seen: Some(seen) }, Outcome::Ok(stale));
        assert_eq!(check_reads(&scene.history, &fold).len(), 1);
    }

    #[test]
    fn a_read_of_what_never_was_is_caught() {
        let (mut scene, fold, _) = run();
        let torn = Answer { version: Some(1), position: Some(9), name: Some("a later name".to_owned()) };
        scene.ask(Person(0), Request::Read { seen: None }, Outcome::Ok(torn));
        assert_eq!(check_reads(&scene.history, &fold).len(), 1);
    }

    fn run() -> (Scene, Fold, Vec<UserRow>) {
        let scene = Scene::busy();
        let fold = Fold::of(&scene.history, &scene.log);
        let rows = fold.last().map(|(_, state)| state.row.clone()).collect();
        (scene, fold, rows)
    }
}
