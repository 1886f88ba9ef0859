//! C8: every subscriber ends with what it may see, missed nothing, went forward only, and saw nothing of others.

use std::collections::BTreeMap;

use uuid::Uuid;

pub use super::replica::{Item, Line, Replica, Topic};
use super::{Violations, fold::Fold};

/// All that one subscriber asked and was told, over all of its connections, in order.
#[derive(Clone, Debug)]
pub struct Transcript {
    pub subscriber: String,
    pub topic: Topic,
    pub lines: Vec<Line>,
}

/// Replays a transcript, and compares where it ends with the end of the log.
pub fn check(transcript: &Transcript, fold: &Fold) -> Violations {
    let mut replica = Replica::new(transcript.topic);
    let mut violations = vec![];
    for line in &transcript.lines {
        violations.extend(replica.take(line));
        let items = match line {
            Line::Snapshot { items, .. } => items.as_slice(),
            Line::Changed { item, removed: false, .. } => std::slice::from_ref(item),
            Line::Asked { .. } | Line::Subscribed { .. } | Line::Changed { .. } | Line::Ended => &[],
        };
        let untrue =
            items.iter().filter(|item| fold.at(item.key, item.version).is_none_or(|was| was.name != item.name));
        violations.extend(untrue.map(|item| format!("{item:?} was never so")));
    }
    let expected = expected(transcript.topic, fold);
    if replica.versions() != expected {
        violations.push(format!("ended with {:?} instead of {expected:?}", replica.versions()));
    }
    violations.into_iter().map(|violation| format!("{}: {violation}", transcript.subscriber)).collect()
}

/// What a subscriber has to end with.
pub fn expected(topic: Topic, fold: &Fold) -> BTreeMap<Uuid, i64> {
    let may_see = |user: Uuid| match topic {
        Topic::All => true,
        Topic::Me(own) => own == user,
    };
    let seen = fold.last().filter(|(user, _)| may_see(**user));
    seen.map(|(user, state)| (*user, state.row.version)).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::scene::{Scene, user},
        *,
    };
    use crate::faults::history::Person;

    /// A subscriber of everything: a snapshot after three events, a connection lost after the fifth, the rest.
    fn everything() -> (Fold, Transcript) {
        let scene = Scene::busy();
        let fold = Fold::of(&scene.history, &scene.log);
        let mut lines = vec![Line::Asked { after: None }];
        let items = scene.log[..3].iter().map(|event| item(&fold, event.user().unwrap(), 1)).collect();
        lines.push(Line::Snapshot { items, position: 3, last: true });
        lines.push(Line::Subscribed { resumed: false, position: 3 });
        for event in &scene.log[3..] {
            if event.position == 6 {
                lines.push(Line::Ended);
                lines.push(Line::Asked { after: Some(5) });
                lines.push(Line::Subscribed { resumed: true, position: 5 });
            }
            let item = item(&fold, event.user().unwrap(), event.version);
            lines.push(change(event.position, item));
        }
        (fold, Transcript { subscriber: "admin".to_owned(), topic: Topic::All, lines })
    }

    fn item(fold: &Fold, key: Uuid, version: i64) -> Item {
        Item { key, version, name: fold.at(key, version).unwrap().name.clone() }
    }

    fn change(position: i64, item: Item) -> Line {
        Line::Changed { previous: position - 1, position, item, removed: false }
    }

    #[test]
    fn a_run_without_faults_passes() {
        let (fold, transcript) = everything();
        assert_eq!(check(&transcript, &fold), Violations::new());
    }

    #[test]
    fn a_dropped_change_is_caught_by_its_successor() {
        let (fold, mut transcript) = everything();
        transcript.lines.remove(4);
        assert_eq!(check(&transcript, &fold).len(), 1);
    }

    #[test]
    fn a_last_change_that_never_came_is_caught() {
        let (fold, mut transcript) = everything();
        transcript.lines.pop();
        assert!(check(&transcript, &fold)[0].contains("ended with"));
    }

    #[test]
    fn a_change_that_came_twice_or_in_the_wrong_order_is_caught() {
        let (fold, good) = everything();
        let mut twice = good.clone();
        twice.lines.insert(5, twice.lines[4].clone());
        assert!(!check(&twice, &fold).is_empty());
        let mut swapped = good;
        swapped.lines.swap(3, 4);
        assert!(!check(&swapped, &fold).is_empty());
    }

    #[test]
    fn a_foreign_push_is_caught() {
        let (fold, _) = everything();
        let (own, other) = (user(Person(0)), user(Person(1)));
        let mine = vec![item(&fold, own, fold.0[&own].len() as i64)];
        let mut lines = vec![
            Line::Asked { after: None },
            Line::Snapshot { items: mine, position: 8, last: true },
            Line::Subscribed { resumed: false, position: 8 },
        ];
        let transcript =
            |lines: &[Line]| Transcript { subscriber: "me".to_owned(), topic: Topic::Me(own), lines: lines.to_vec() };
        assert_eq!(check(&transcript(&lines), &fold), Violations::new());
        lines.push(change(9, item(&fold, other, 3)));
        assert!(check(&transcript(&lines), &fold)[0].contains("none of the subscriber's business"));
    }

    #[test]
    fn a_stale_push_and_a_stale_snapshot_are_caught() {
        let (fold, good) = everything();
        let mut pushed = good.clone();
        pushed.lines.push(change(10, item(&fold, user(Person(0)), 1)));
        assert!(check(&pushed, &fold)[0].contains("went back"));
        let mut snapshot = good;
        let items = vec![item(&fold, user(Person(0)), 1)];
        snapshot.lines.extend([Line::Ended, Line::Asked { after: None }]);
        snapshot.lines.push(Line::Snapshot { items, position: 10, last: true });
        assert!(check(&snapshot, &fold)[0].contains("went back"));
    }

    #[test]
    fn a_resume_that_skips_is_caught() {
        let (fold, mut transcript) = everything();
        let resumed = transcript.lines.iter_mut().find(|line| matches!(line, Line::Subscribed { resumed: true, .. }));
        *resumed.unwrap() = Line::Subscribed { resumed: true, position: 6 };
        assert_eq!(check(&transcript, &fold).len(), 1);
    }

    #[test]
    fn a_record_that_never_was_is_caught() {
        let (fold, mut transcript) = everything();
        let Some(Line::Changed { item, .. }) = transcript.lines.last_mut() else { panic!("the last line is a change") };
        item.name = Some("somebody else".to_owned());
        assert!(check(&transcript, &fold)[0].contains("was never so"));
    }
}
