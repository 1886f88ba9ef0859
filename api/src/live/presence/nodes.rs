//! What other processes have told of who is there, and whether something of it was missed.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::word::Member;

/// How often a process is asked again who is there.
const ASK_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Nodes(HashMap<Uuid, Node>);

#[derive(Debug)]
struct Node {
    /// What was heard last; `None` until all is known.
    number: Option<u64>,
    heard: Instant,
    asked: Option<Instant>,
    members: HashSet<Uuid>,
    /// The parts of an answer that have come.
    collected: Vec<Member>,
}

/// What a message is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It continues what is known.
    Next,
    /// It says nothing new, or what has been asked for.
    Nothing,
    /// Something was missed: the process is to be asked.
    Gap,
}

/// What an answer makes of the members of a process.
#[derive(Debug, PartialEq)]
pub(super) struct All {
    pub(super) there: Vec<Member>,
    pub(super) gone: Vec<Uuid>,
}

impl Nodes {
    /// Somebody has come to a process, has changed there, or has gone.
    pub(super) fn change(&mut self, node: Uuid, number: u64, key: Uuid, is_there: bool, now: Instant) -> Heard {
        let known = self.node(node, now);
        match known.number {
            Some(before) if number == before + 1 => {
                known.number = Some(number);
                if is_there {
                    known.members.insert(key)
                } else {
                    known.members.remove(&key)
                };
                Heard::Next
            }
            Some(before) if number <= before => Heard::Nothing,
            Some(_) | None => known.gap(now),
        }
    }

    /// A process says that it is there.
    pub(super) fn alive(&mut self, node: Uuid, number: u64, now: Instant) -> Heard {
        let known = self.node(node, now);
        if known.number == Some(number) { Heard::Nothing } else { known.gap(now) }
    }

    /// A process tells all its members, in parts. Returns them with the last one.
    pub(super) fn collect(
        &mut self,
        node: Uuid,
        number: u64,
        (is_first, is_last): (bool, bool),
        members: Vec<Member>,
        now: Instant,
    ) -> Option<All> {
        let known = self.node(node, now);
        if is_first {
            known.collected.clear();
        }
        known.collected.extend(members);
        if !is_last {
            return None;
        }
        let there = std::mem::take(&mut known.collected);
        let keys: HashSet<Uuid> = there.iter().map(|member| member.key).collect();
        let gone = known.members.difference(&keys).copied().collect();
        (known.number, known.members) = (Some(number), keys);
        Some(All { there, gone })
    }

    /// Processes that have said nothing for so long.
    pub(super) fn silent(&self, now: Instant, limit: Duration) -> Vec<Uuid> {
        let silent = self.0.iter().filter(|(_, node)| now.saturating_duration_since(node.heard) >= limit);
        silent.map(|(id, _)| *id).collect()
    }

    /// Forgets a process; returns its members.
    pub(super) fn forget(&mut self, node: Uuid) -> Vec<Uuid> {
        self.0.remove(&node).map(|node| node.members.into_iter().collect()).unwrap_or_default()
    }

    fn node(&mut self, node: Uuid, now: Instant) -> &mut Node {
        let known = self.0.entry(node).or_insert_with(|| Node {
            number: None,
            heard: now,
            asked: None,
            members: HashSet::new(),
            collected: vec![],
        });
        known.heard = now;
        known
    }
}

impl Node {
    fn gap(&mut self, now: Instant) -> Heard {
        let was_asked = self.asked.is_some_and(|asked| now.saturating_duration_since(asked) < ASK_EVERY);
        if was_asked {
            return Heard::Nothing;
        }
        self.asked = Some(now);
        Heard::Gap
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const NODE: Uuid = Uuid::from_u128(1);

    fn key(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn member(number: u128) -> Member {
        let (key, user_id, joined_at) = (key(number), Uuid::nil(), DateTime::UNIX_EPOCH);
        Member { key, room: "lobby".to_owned(), user_id, joined_at, version: 1, state: serde_json::Value::Null }
    }

    #[test]
    fn what_continues_is_taken_and_a_gap_is_asked_for_once_a_second() {
        let (mut nodes, now) = (Nodes::default(), Instant::now());
        assert_eq!(nodes.change(NODE, 5, key(7), true, now), Heard::Gap, "nothing is known of it");
        assert_eq!(nodes.change(NODE, 6, key(8), true, now), Heard::Nothing, "it was asked");
        assert_eq!(nodes.alive(NODE, 6, now + ASK_EVERY), Heard::Gap, "it has not answered");
        assert!(nodes.collect(NODE, 6, (true, false), vec![member(7)], now).is_none());
        let all = nodes.collect(NODE, 6, (false, true), vec![member(8)], now).unwrap();
        assert_eq!(all, All { there: vec![member(7), member(8)], gone: vec![] });
        assert_eq!(nodes.alive(NODE, 6, now), Heard::Nothing);
        assert_eq!(nodes.change(NODE, 7, key(7), false, now), Heard::Next);
        assert_eq!(nodes.change(NODE, 7, key(7), false, now), Heard::Nothing, "known");
        assert_eq!(nodes.alive(NODE, 8, now + 9 * ASK_EVERY), Heard::Gap);
    }

    #[test]
    fn an_answer_takes_the_place_of_what_was_known() {
        let (mut nodes, now) = (Nodes::default(), Instant::now());
        nodes.collect(NODE, 1, (true, true), vec![member(7), member(8)], now);
        // Broken off, and begun again.
        nodes.collect(NODE, 2, (true, false), vec![member(9)], now);
        let all = nodes.collect(NODE, 3, (true, true), vec![member(8)], now).unwrap();
        assert_eq!(all, All { there: vec![member(8)], gone: vec![key(7)] });
        assert_eq!(nodes.forget(NODE), [key(8)]);
    }

    #[test]
    fn who_says_nothing_for_long_is_silent() {
        let (mut nodes, now) = (Nodes::default(), Instant::now());
        nodes.alive(NODE, 0, now);
        let limit = Duration::from_secs(30);
        assert!(nodes.silent(now + limit / 2, limit).is_empty());
        assert_eq!(nodes.silent(now + limit, limit), [NODE]);
    }
}
