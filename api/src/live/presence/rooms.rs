//! Who is in which room, as far as this process knows: in memory, as a read model that can be followed like others.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    ops::Bound,
};

use projections::{Change, Op};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use super::{room::part_of, word::Member};

/// Members of a room. Each is told of all others.
pub(crate) const MOST_MEMBERS: usize = 256;
/// Rooms that anybody is in.
pub(crate) const MOST_ROOMS: usize = 10_000;
/// Members of other processes that are known; of more nothing is.
const MOST_FOREIGN: usize = 100_000;
/// Members that have left, as far back as can be told what was missed.
const MOST_GONE: usize = 4096;

/// The room has no place for another one, or there are too many rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

#[derive(Debug, Default)]
pub(super) struct Rooms {
    members: HashMap<Uuid, Placed>,
    /// Keys of members, by the rooms' parts.
    rooms: HashMap<Uuid, BTreeSet<Uuid>>,
    gone: VecDeque<Gone>,
    /// Counts what has happened.
    position: i64,
    /// Who has left up to here is not known any more.
    forgotten: i64,
    /// Grows when somebody asks for what is not known any more.
    generation: u32,
    foreign: usize,
}

#[derive(Debug)]
struct Placed {
    member: Member,
    is_foreign: bool,
    position: i64,
}

/// A member who has left.
#[derive(Clone, Debug)]
struct Gone {
    member: Member,
    position: i64,
}

/// A member as of a position, or that it has left.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) position: i64,
    pub(super) member: Member,
    pub(super) is_gone: bool,
}

impl Rooms {
    pub(super) fn position(&self) -> i64 {
        self.position
    }

    /// Members of all rooms.
    pub(super) fn count(&self) -> usize {
        self.members.len()
    }

    pub(super) fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether there is a place in a room.
    pub(super) fn admit(&self, part: Uuid) -> Result<(), Full> {
        match self.rooms.get(&part) {
            Some(members) if members.len() >= MOST_MEMBERS => Err(Full),
            None if self.rooms.len() >= MOST_ROOMS => Err(Full),
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn get(&self, key: Uuid) -> Option<&Member> {
        self.members.get(&key).map(|placed| &placed.member)
    }

    /// Those of this process.
    pub(super) fn own(&self) -> impl Iterator<Item = &Member> {
        self.members.values().filter(|placed| !placed.is_foreign).map(|placed| &placed.member)
    }

    /// Somebody has come, or has changed; `None` when that is known already.
    pub(super) fn put(&mut self, member: Member, is_foreign: bool) -> Option<Change> {
        let before = self.members.get(&member.key);
        if before.is_some_and(|before| before.member.version >= member.version) {
            return None;
        }
        if before.is_none() && is_foreign {
            if self.foreign >= MOST_FOREIGN {
                return None;
            }
            self.foreign += 1;
        }
        self.position += 1;
        let before = before.and_then(|before| columns(&before.member));
        let change = self.change(&member, Op::Upsert, before);
        self.rooms.entry(part_of(&member.room)).or_default().insert(member.key);
        let position = self.position;
        self.members.insert(member.key, Placed { member, is_foreign, position });
        Some(change)
    }

    /// Somebody has left.
    pub(super) fn remove(&mut self, key: Uuid) -> Option<Change> {
        let Placed { mut member, is_foreign, .. } = self.members.remove(&key)?;
        self.foreign -= usize::from(is_foreign);
        let part = part_of(&member.room);
        if let Some(members) = self.rooms.get_mut(&part) {
            members.remove(&key);
            if members.is_empty() {
                self.rooms.remove(&part);
            }
        }
        self.position += 1;
        let before = columns(&member);
        member.version += 1;
        let change = self.change(&member, Op::Remove, before);
        if self.gone.len() == MOST_GONE {
            self.forgotten = self.gone.pop_front().map_or(self.forgotten, |gone| gone.position);
        }
        self.gone.push_back(Gone { member, position: self.position });
        Some(change)
    }

    /// Members of a room in the order of their keys, behind one of them.
    pub(super) fn page(&self, part: Uuid, after: Option<Uuid>, limit: usize) -> Vec<Row> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let keys = self.rooms.get(&part).into_iter().flat_map(|members| members.range((from, Bound::Unbounded)));
        keys.filter_map(|key| self.members.get(key)).take(limit).map(Placed::row).collect()
    }

    /// What has happened in some rooms beyond a position, in order. Where that is not known any more, everybody begins
    /// anew.
    pub(super) fn changed(&mut self, parts: &[Uuid], after: i64, limit: usize) -> Vec<Row> {
        if after < self.forgotten {
            self.generation += 1;
            return vec![];
        }
        let rooms = parts.iter().filter_map(|part| self.rooms.get(part)).flatten();
        let there = rooms.filter_map(|key| self.members.get(key)).filter(|placed| placed.position > after);
        let is_meant = |gone: &&Gone| gone.position > after && parts.contains(&part_of(&gone.member.room));
        let gone = self.gone.iter().filter(is_meant);
        let gone = gone.map(|gone| Row { position: gone.position, member: gone.member.clone(), is_gone: true });
        let mut rows: Vec<Row> = there.map(Placed::row).chain(gone).collect();
        rows.sort_unstable_by_key(|row| row.position);
        rows.truncate(limit);
        rows
    }

    fn change(&self, member: &Member, op: Op, before: Option<Box<RawValue>>) -> Change {
        let row = match op {
            Op::Upsert => columns(member),
            Op::Remove => None,
        };
        let (key, position, version) = (member.key.to_string(), self.position, member.version);
        Change { topic: super::NAME.into(), key, position, version, op, row, before: Some(before) }
    }
}

impl Placed {
    fn row(&self) -> Row {
        Row { position: self.position, member: self.member.clone(), is_gone: false }
    }
}

/// Of a member as it is told.
fn columns(member: &Member) -> Option<Box<RawValue>> {
    // Holds nothing that could fail to be serialised.
    to_raw_value(member).ok()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;

    fn member(key: u128, room: &str, version: i64) -> Member {
        let (key, user_id) = (Uuid::from_u128(key), Uuid::from_u128(1));
        let joined_at = DateTime::UNIX_EPOCH;
        Member { key, room: room.to_owned(), user_id, joined_at, version, state: json!(version) }
    }

    fn keys(rows: &[Row]) -> Vec<(u128, i64, bool)> {
        rows.iter().map(|row| (row.member.key.as_u128(), row.member.version, row.is_gone)).collect()
    }

    #[test]
    fn who_comes_changes_and_goes_is_told_once_each() {
        let mut rooms = Rooms::default();
        assert!(rooms.put(member(7, "a", 1), false).is_some_and(|change| change.row.is_some()));
        assert!(rooms.put(member(7, "a", 1), false).is_none());
        let changed = rooms.put(member(7, "a", 2), false).unwrap();
        assert_eq!((changed.position, changed.version), (2, 2));
        let gone = rooms.remove(Uuid::from_u128(7)).unwrap();
        assert_eq!((gone.op, gone.version, gone.row.is_none()), (Op::Remove, 3, true));
        assert!(rooms.remove(Uuid::from_u128(7)).is_none() && rooms.rooms.is_empty());
    }

    #[test]
    fn a_room_is_read_in_pages_and_from_a_position_on() {
        let mut rooms = Rooms::default();
        for key in 1..=5 {
            rooms.put(member(key, "a", 1), false);
            rooms.put(member(10 + key, "b", 1), true);
        }
        let part = part_of("a");
        assert_eq!(keys(&rooms.page(part, None, 2)), [(1, 1, false), (2, 1, false)]);
        assert_eq!(keys(&rooms.page(part, Some(Uuid::from_u128(3)), 9)), [(4, 1, false), (5, 1, false)]);
        let position = rooms.position();
        rooms.put(member(2, "a", 2), false);
        rooms.remove(Uuid::from_u128(4));
        rooms.remove(Uuid::from_u128(11));
        assert_eq!(keys(&rooms.changed(&[part], position, 9)), [(2, 2, false), (4, 2, true)]);
        assert_eq!(rooms.own().count(), 4);
    }

    #[test]
    fn rooms_and_their_members_have_an_end() {
        let mut rooms = Rooms::default();
        for key in 0..MOST_MEMBERS as u128 {
            assert_eq!(rooms.admit(part_of("a")), Ok(()));
            rooms.put(member(key, "a", 1), false);
        }
        assert_eq!((rooms.admit(part_of("a")), rooms.admit(part_of("b"))), (Err(Full), Ok(())));
        for number in 1..MOST_ROOMS as u128 {
            rooms.put(member(1000 + number, &format!("room {number}"), 1), true);
        }
        assert_eq!((rooms.admit(part_of("room 7")), rooms.admit(part_of("another"))), (Ok(()), Err(Full)));
    }

    #[test]
    fn what_is_forgotten_begins_everybody_anew() {
        let mut rooms = Rooms::default();
        for key in 0..=MOST_GONE as u128 {
            rooms.put(member(key, "a", 1), false);
            rooms.remove(Uuid::from_u128(key));
        }
        assert_eq!(rooms.changed(&[part_of("a")], 2, 9999).len(), MOST_GONE);
        assert_eq!(rooms.generation(), 0);
        assert!(rooms.changed(&[part_of("a")], 1, 9999).is_empty());
        assert_eq!(rooms.generation(), 1);
    }
}
