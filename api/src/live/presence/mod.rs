//! Who is there: members of rooms, each a connection that has joined, known to every process. Nothing is stored; what a
//! process knew is gone with it, and the others notice.

mod nodes;
mod room;
mod rooms;
mod source;
mod word;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::gauge;
use bootstrap::Shutdown;
use chrono::{DateTime, Utc};
use messaging::{Bus, InProcessBus, Received};
use projections::{Batch, Change};
use serde_json::Value;
use tokio::time::MissedTickBehavior;
use tracing::error;
use uuid::Uuid;

use super::{hub::BusEnded, metrics, source::Mark};
use nodes::{All, Heard, Nodes};
pub(crate) use room::RoomName;
pub(crate) use rooms::Full;
use rooms::Rooms;
pub(crate) use source::Members;
use word::{Member, Message, Word};

/// As a hub calls what it follows.
pub(crate) const NAME: &str = "presence";
/// Of a member's state, as JSON.
pub(crate) const MOST_STATE_BYTES: usize = 1024;
/// How often a process says that it is there.
const ALIVE_EVERY: Duration = Duration::from_secs(5);
/// The members of a process that has said nothing for so long are gone.
const EXPIRES: Duration = Duration::from_secs(30);
/// Members told in one message: some 60 KiB at most.
const TOLD_AT_ONCE: usize = 50;

/// The rooms, as this process knows them.
pub(crate) struct Presence {
    /// This process, to the others.
    node: Uuid,
    bus: Arc<dyn Bus>,
    /// Changes of the rooms, for the hub of this process.
    changes: InProcessBus,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rooms: Rooms,
    nodes: Nodes,
    /// Of what was told of own members.
    number: u64,
}

/// A membership; ends when it is dropped.
pub(crate) struct Membership {
    presence: Arc<Presence>,
    key: Uuid,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.presence.leave(self.key);
    }
}

impl Membership {
    /// Changes what the member says of itself.
    pub(crate) fn change(&self, state: Value) {
        self.presence.change(self.key, state);
    }
}

impl Presence {
    pub(crate) fn new(bus: Arc<dyn Bus>) -> Arc<Self> {
        let (node, changes) = (Uuid::new_v4(), InProcessBus::new());
        Arc::new(Self { node, bus, changes, state: Mutex::default() })
    }

    /// The bus that a hub follows the rooms by.
    pub(crate) fn changes(&self) -> &InProcessBus {
        &self.changes
    }

    /// Puts somebody into a room.
    pub(crate) fn join(
        self: &Arc<Self>,
        room: &RoomName,
        user_id: Uuid,
        state: Value,
        now: DateTime<Utc>,
    ) -> Result<Membership, Full> {
        let key = Uuid::now_v7();
        let mut known = self.lock();
        known.rooms.admit(room.part())?;
        let room = room.as_str().to_owned();
        self.tell_here(&mut known, Member { key, room, user_id, joined_at: now, version: 1, state });
        Ok(Membership { presence: Arc::clone(self), key })
    }

    fn change(&self, key: Uuid, state: Value) {
        let mut known = self.lock();
        let Some(member) = known.rooms.get(key).cloned() else { return };
        let version = member.version + 1;
        self.tell_here(&mut known, Member { state, version, ..member });
    }

    fn leave(&self, key: Uuid) {
        let mut known = self.lock();
        if let Some(change) = known.rooms.remove(key) {
            self.publish(&known.rooms, vec![change]);
            self.tell(&mut known, Word::Gone { key });
        }
    }

    fn tell_here(&self, known: &mut State, member: Member) {
        if let Some(change) = known.rooms.put(member.clone(), false) {
            self.publish(&known.rooms, vec![change]);
            self.tell(known, Word::Here { member });
        }
    }

    /// Tells the other processes of a change. Under the lock, so that they hear it in order.
    fn tell(&self, known: &mut State, word: Word) {
        known.number += 1;
        self.say(known, word);
    }

    fn say(&self, known: &State, word: Word) {
        self.bus.publish_presence(Message { node: self.node, number: known.number, word }.encode());
    }

    /// Tells the hub of this process.
    fn publish(&self, rooms: &Rooms, changes: Vec<Change>) {
        let Some(first) = changes.first().map(|change| change.position) else { return };
        let batch = Batch::new(self.epoch(rooms), first - 1, rooms.position(), None, changes);
        match batch.to_notice(NAME, 0, 0) {
            Ok(notice) => self.changes.publish_change(notice),
            Err(error) => error!(%error, "who is there cannot be written"),
        }
    }

    /// Where the rooms are.
    fn mark(&self, rooms: &Rooms) -> Mark {
        Mark { epoch: self.epoch(rooms).into(), position: rooms.position() }
    }

    /// Another process has other positions, and so has this one once it cannot tell any more what was missed.
    fn epoch(&self, rooms: &Rooms) -> String {
        format!("{}-{}", self.node.simple(), rooms.generation())
    }

    /// Tells and hears who is there, until the process stops.
    pub(super) async fn follow(&self, shutdown: &Shutdown) -> Result<(), BusEnded> {
        let mut heard = self.bus.presence();
        let mut alive = tokio::time::interval(ALIVE_EVERY);
        alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.requested() => {
                    self.say(&self.lock(), Word::Bye {});
                    return Ok(());
                }
                received = heard.next() => match received {
                    Some(Received::Item(message)) => self.hear(&message),
                    Some(Received::Interrupted) => self.say(&self.lock(), Word::Who { whom: None }),
                    None => return Err(BusEnded),
                },
                _ = alive.tick() => self.tick(),
            }
        }
    }

    fn tick(&self) {
        let mut known = self.lock();
        self.say(&known, Word::Alive {});
        let silent = known.nodes.silent(Instant::now(), EXPIRES);
        for node in silent {
            self.forget(&mut known, node);
        }
        gauge!(metrics::PRESENT).set(u32::try_from(known.rooms.count()).unwrap_or(u32::MAX));
    }

    fn hear(&self, message: &[u8]) {
        let Some(Message { node, number, word }) = Message::decode(message) else { return };
        if node == self.node {
            return;
        }
        let mut known = self.lock();
        let now = Instant::now();
        match word {
            Word::Who { whom } if whom.is_none_or(|whom| whom == self.node) => self.tell_all(&known),
            Word::Who { .. } => {}
            Word::Bye {} => self.forget(&mut known, node),
            Word::All { first, last, members } => {
                if let Some(all) = known.nodes.collect(node, number, (first, last), members, now) {
                    self.replace(&mut known, all);
                }
            }
            Word::Alive {} => {
                let heard = known.nodes.alive(node, number, now);
                self.ask_after(&known, node, heard);
            }
            Word::Here { member } => {
                let heard = known.nodes.change(node, number, member.key, true, now);
                if self.ask_after(&known, node, heard) {
                    let change = known.rooms.put(member, true);
                    self.publish(&known.rooms, change.into_iter().collect());
                }
            }
            Word::Gone { key } => {
                let heard = known.nodes.change(node, number, key, false, now);
                if self.ask_after(&known, node, heard) {
                    let change = known.rooms.remove(key);
                    self.publish(&known.rooms, change.into_iter().collect());
                }
            }
        }
    }

    /// Asks a process of which something was missed. True when a message is to be taken in.
    fn ask_after(&self, known: &State, node: Uuid, heard: Heard) -> bool {
        match heard {
            Heard::Next => return true,
            Heard::Nothing => {}
            Heard::Gap => self.say(known, Word::Who { whom: Some(node) }),
        }
        false
    }

    /// Answers who is there, as of the number that was told last.
    fn tell_all(&self, known: &State) {
        let own: Vec<Member> = known.rooms.own().cloned().collect();
        let parts = own.len().div_ceil(TOLD_AT_ONCE).max(1);
        for part in 0..parts {
            let members: Vec<Member> = own.iter().skip(part * TOLD_AT_ONCE).take(TOLD_AT_ONCE).cloned().collect();
            self.say(known, Word::All { first: part == 0, last: part + 1 == parts, members });
        }
    }

    fn replace(&self, known: &mut State, All { there, gone }: All) {
        let gone: Vec<Change> = gone.into_iter().filter_map(|key| known.rooms.remove(key)).collect();
        let there = there.into_iter().filter_map(|member| known.rooms.put(member, true));
        let changes = gone.into_iter().chain(there).collect();
        self.publish(&known.rooms, changes);
    }

    fn forget(&self, known: &mut State, node: Uuid) {
        let members = known.nodes.forget(node);
        let gone = members.into_iter().filter_map(|key| known.rooms.remove(key)).collect();
        self.publish(&known.rooms, gone);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
