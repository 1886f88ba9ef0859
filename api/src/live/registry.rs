//! Who wants to hear of which records of one projection, and how far the hub has come.

use std::{collections::HashMap, sync::Arc, time::Instant};

use uuid::Uuid;

use super::{
    Rendered,
    peer::Peer,
    source::{Mark, Scope, Standing},
};
use crate::auth::AccessToken;

/// Who is told, and how far everything is. Behind the hub's lock; the lock of a peer is taken inside it.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// Subscriptions to all records, by their serials.
    all: HashMap<u64, Arc<Peer>>,
    /// Subscriptions to single records.
    single: HashMap<Uuid, Vec<(u64, Arc<Peer>)>>,
    /// Connections of the users whose records these are, by user.
    people: HashMap<Uuid, Vec<Arc<Peer>>>,
    place: Option<Place>,
}

/// How far a hub has come in an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) epoch: Arc<str>,
    /// Everything up to here has been routed, in every lane.
    applied: Vec<i64>,
    /// Everything up to here is routed, or will be to those who are registered by now. Who comes later finds it in the
    /// read model.
    pub(crate) claimed: i64,
}

impl Place {
    pub(crate) fn at(mark: Mark, lanes: usize) -> Self {
        Self { epoch: mark.epoch, applied: vec![mark.position; lanes], claimed: mark.position }
    }

    /// Everything up to here has been routed, whatever the lane.
    pub(crate) fn applied(&self) -> i64 {
        self.applied.iter().copied().min().unwrap_or(0)
    }

    /// Lanes that the projection does not have are never behind.
    pub(crate) fn of_lane(&self, lane: usize) -> i64 {
        self.applied.get(lane).copied().unwrap_or(i64::MAX)
    }

    pub(crate) fn advance(&mut self, lane: usize, position: i64) {
        if let Some(applied) = self.applied.get_mut(lane) {
            *applied = position.max(*applied);
        }
    }

    /// The whole projection was read up to here.
    pub(crate) fn advance_all(&mut self, position: i64) {
        for lane in &mut self.applied {
            *lane = position.max(*lane);
        }
    }
}

impl Registry {
    pub(crate) fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    pub(crate) fn place_mut(&mut self) -> Option<&mut Place> {
        self.place.as_mut()
    }

    /// Begins anew somewhere, or forgets where it was.
    pub(crate) fn move_to(&mut self, place: Option<Place>) {
        self.place = place;
    }

    /// Whether anybody is there to whom changes matter.
    pub(crate) fn is_watched(&self) -> bool {
        !(self.all.is_empty() && self.single.is_empty() && self.people.is_empty())
    }

    pub(crate) fn wants(&self, key: Uuid) -> bool {
        !self.all.is_empty() || self.single.contains_key(&key)
    }

    pub(crate) fn add(&mut self, scope: Scope, serial: u64, peer: Arc<Peer>) {
        match scope {
            Scope::All => drop(self.all.insert(serial, peer)),
            Scope::One(key) => self.single.entry(key).or_default().push((serial, peer)),
        }
    }

    pub(crate) fn remove(&mut self, scope: Scope, serial: u64) {
        match scope {
            Scope::All => drop(self.all.remove(&serial)),
            Scope::One(key) => prune(&mut self.single, key, |(other, _)| *other != serial),
        }
    }

    pub(crate) fn add_person(&mut self, user_id: Uuid, peer: Arc<Peer>) {
        self.people.entry(user_id).or_default().push(peer);
    }

    /// Takes back one [`Self::add_person`]: who renews a token is there twice for a moment.
    pub(crate) fn remove_person(&mut self, user_id: Uuid, peer: &Arc<Peer>) {
        let mut removed = false;
        prune(&mut self.people, user_id, |other| {
            let is_first = !removed && Arc::ptr_eq(other, peer);
            removed |= is_first;
            !is_first
        });
    }

    pub(crate) fn knows(&self, user_id: Uuid) -> bool {
        self.people.contains_key(&user_id)
    }

    pub(crate) fn is_attended(&self) -> bool {
        !self.people.is_empty()
    }

    /// Tells all connections that roles permit something else from now on.
    pub(crate) fn permit_anew(&self) {
        self.people.values().flatten().for_each(|peer| peer.permit_anew());
    }

    /// Tells the connections of a user what they may do from now on.
    pub(crate) fn judge(&self, user_id: Uuid, standing: &Standing) {
        for peer in self.people.get(&user_id).into_iter().flatten() {
            peer.judge(standing);
        }
    }

    /// Closes those connections of a user whose tokens have become void.
    pub(crate) fn withdraw(&self, user_id: Uuid, is_void: impl Fn(&AccessToken) -> bool) {
        self.people.get(&user_id).into_iter().flatten().for_each(|peer| peer.withdraw(&is_void));
    }

    /// Closes all connections that were signed in on before this era.
    pub(crate) fn begin_era(&self, era: u32) {
        self.people.values().flatten().for_each(|peer| peer.begin_era(era));
    }

    /// Hands a change to everybody who wants it; forgets the subscriptions that are over.
    pub(crate) fn route(&mut self, change: &Arc<Rendered>, upto: i64, since: Instant) {
        self.all.retain(|serial, peer| peer.offer(*serial, change, upto, since));
        if self.single.contains_key(&change.key) {
            prune(&mut self.single, change.key, |(serial, peer)| peer.offer(*serial, change, upto, since));
        }
    }

    /// Ends every subscription, for instance since positions mean something else now.
    pub(crate) fn take_all(&mut self) -> Vec<(u64, Arc<Peer>)> {
        let single = std::mem::take(&mut self.single).into_values().flatten();
        std::mem::take(&mut self.all).into_iter().chain(single).collect()
    }
}

fn prune<T>(map: &mut HashMap<Uuid, Vec<T>>, key: Uuid, keep: impl FnMut(&T) -> bool) {
    if let Some(entries) = map.get_mut(&key) {
        entries.retain(keep);
        if entries.is_empty() {
            map.remove(&key);
        }
    }
}
