//! Who wants to hear of which records of one projection, and how far the hub has come.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Instant,
};

use uuid::Uuid;

use super::{
    audience::{Audience, Fingerprint},
    peer::Peer,
    protocol::Closing,
    source::{Change, Extent, Mark, Scope, Standing},
    told::Told,
    topic::Topic,
};
use crate::auth::AccessToken;

/// Who is told, and how far everything is. Behind the hub's lock; the lock of a peer is taken inside it.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// Subscriptions, by what they are about and who sees the same of it.
    groups: HashMap<Scope, HashMap<Fingerprint, Group>>,
    /// Connections of the users whose records these are, by user.
    people: HashMap<Uuid, Vec<Arc<Peer>>>,
    place: Option<Place>,
    /// Parts are being read of which only those are looked at that were wanted when that began.
    is_reading: bool,
}

/// Subscriptions that are told the same.
#[derive(Debug)]
struct Group {
    audience: Arc<Audience>,
    /// By their serials.
    members: HashMap<u64, Arc<Peer>>,
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

    /// Where somebody who comes now has to begin; `None` while that is not known.
    pub(crate) fn floor(&self) -> Option<&Place> {
        self.place.as_ref().filter(|_| !self.is_reading)
    }

    pub(crate) fn set_reading(&mut self, is_reading: bool) {
        self.is_reading = is_reading;
    }

    /// Whether anybody is there to whom changes matter.
    pub(crate) fn is_watched(&self) -> bool {
        !(self.groups.is_empty() && self.people.is_empty())
    }

    pub(crate) fn wants(&self, change: &Change) -> bool {
        scopes(change.key, change.part).any(|scope| self.groups.contains_key(&scope))
    }

    /// What has to be looked through for changes.
    pub(crate) fn extent(&self) -> Extent {
        if !self.people.is_empty() {
            return Extent::All;
        }
        let parts: Option<HashSet<Uuid>> =
            self.groups.values().flat_map(HashMap::values).map(|group| group.audience.part).collect();
        parts.map_or(Extent::All, |parts| Extent::Parts(parts.into_iter().collect()))
    }

    pub(crate) fn add(&mut self, topic: &Topic, serial: u64, peer: Arc<Peer>) {
        let groups = self.groups.entry(topic.scope).or_default();
        let group = groups
            .entry(topic.audience.fingerprint)
            .or_insert_with(|| Group { audience: Arc::clone(&topic.audience), members: HashMap::new() });
        group.members.insert(serial, peer);
    }

    pub(crate) fn remove(&mut self, scope: Scope, audience: &Fingerprint, serial: u64) {
        let Some(groups) = self.groups.get_mut(&scope) else { return };
        if let Some(group) = groups.get_mut(audience) {
            group.members.remove(&serial);
            if group.members.is_empty() {
                groups.remove(audience);
            }
        }
        if groups.is_empty() {
            self.groups.remove(&scope);
        }
    }

    /// Who looks at a part.
    pub(crate) fn watchers(&self, part: Uuid) -> Vec<(u64, Arc<Peer>)> {
        let groups = self.groups.values().flat_map(HashMap::values);
        let of_part = groups.filter(|group| group.audience.part == Some(part));
        of_part.flat_map(|group| &group.members).map(|(serial, peer)| (*serial, Arc::clone(peer))).collect()
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
    pub(crate) fn withdraw(&self, user_id: Uuid, why: (Closing, &'static str), is_void: impl Fn(&AccessToken) -> bool) {
        self.people.get(&user_id).into_iter().flatten().for_each(|peer| peer.withdraw(why, &is_void));
    }

    /// Closes all connections that were signed in on before this era.
    pub(crate) fn begin_era(&self, era: u32) {
        self.people.values().flatten().for_each(|peer| peer.begin_era(era));
    }

    /// Hands a change to everybody who wants it and whom it concerns; forgets the subscriptions that are over.
    pub(crate) fn route(&mut self, told: &Told, upto: i64, since: Instant) {
        for scope in scopes(told.key, told.part) {
            for group in self.groups.get_mut(&scope).into_iter().flat_map(HashMap::values_mut) {
                if let Some(change) = told.to(&group.audience) {
                    group.members.retain(|serial, peer| peer.offer(*serial, change, upto, since));
                }
            }
        }
    }

    /// Ends every subscription, for instance since positions mean something else now.
    pub(crate) fn take_all(&mut self) -> Vec<(u64, Arc<Peer>)> {
        let groups = std::mem::take(&mut self.groups).into_values().flat_map(HashMap::into_values);
        groups.flat_map(|group| group.members).collect()
    }
}

/// The scopes that a record is in.
fn scopes(key: Uuid, part: Option<Uuid>) -> impl Iterator<Item = Scope> {
    [Some(Scope::All), part.map(Scope::Part), Some(Scope::One(key))].into_iter().flatten()
}

fn prune<T>(map: &mut HashMap<Uuid, Vec<T>>, key: Uuid, keep: impl FnMut(&T) -> bool) {
    if let Some(entries) = map.get_mut(&key) {
        entries.retain(keep);
        if entries.is_empty() {
            map.remove(&key);
        }
    }
}
