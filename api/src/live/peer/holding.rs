//! The token that a connection counts as long as, its user's rights, and what ends or narrows it when they change.

use std::sync::Arc;

use domain::{collections::Shape, roles::RoleName};

use super::{Peer, State};
use crate::{
    auth::{AccessToken, LatestRoles},
    live::{
        protocol::{Closing, ResetReason},
        source::{AccountState, Standing},
        topic::{Rights, Verdict},
    },
};

impl Peer {
    /// The connection counts as long as this token from now on, be it that nobody knows yet whether it does: what is found
    /// out meanwhile is not missed.
    pub(crate) fn hold(&self, token: AccessToken) {
        self.lock().token = Some(token);
    }

    /// Some tokens have become void. The connection ends here if its own is one of them.
    pub(crate) fn withdraw(&self, (closing, reason): (Closing, &'static str), is_void: impl Fn(&AccessToken) -> bool) {
        let mut state = self.lock();
        if state.token.as_ref().is_some_and(is_void) {
            state.close(closing, reason);
            drop(state);
            self.ready.notify_one();
        }
    }

    /// Another era has begun: the connection ends here if its user has not signed in since.
    pub(crate) fn begin_era(&self, era: u32) {
        let mut state = self.lock();
        if state.rights.as_ref().is_some_and(|rights| rights.era < era) {
            state.close(Closing::Unauthenticated, "the access token is not valid");
            drop(state);
            self.ready.notify_one();
        }
    }

    /// Signs the user in, or keeps what is known already but for the generation and the era of a renewed token.
    pub(crate) fn enter(&self, rights: Rights) {
        let (mut state, generation, era) = (self.lock(), rights.generation, rights.era);
        let known = state.rights.get_or_insert(rights);
        known.generation = known.generation.max(generation);
        known.era = known.era.max(era);
        state.permit(&self.roles.latest());
    }

    /// What roles permit has changed. Subscriptions that are not open to the user any more end here.
    pub(crate) fn permit_anew(&self) {
        let mut state = self.lock();
        if state.permit(&self.roles.latest()) {
            drop(state);
            self.ready.notify_one();
        }
    }

    /// A collection has changed, or was deleted. The subscription goes on if it shows the same records by the new rules.
    pub(crate) fn redefine(&self, serial: u64, shape: Option<&Arc<Shape>>) {
        let mut state = self.lock();
        let Some(rights) = state.rights.clone() else { return };
        let Some(at) = state.find(serial) else { return };
        let verdict = state.subscriptions[at].topic.redefine(shape, &rights);
        if state.keep_to(at, verdict) {
            return;
        }
        drop(state);
        self.ready.notify_one();
    }

    /// The user's record has changed. The connection, or subscriptions that are not open to the user any more, end here.
    pub(crate) fn judge(&self, standing: &Standing) {
        let mut state = self.lock();
        if state.take(standing, &self.roles.latest()) {
            drop(state);
            self.ready.notify_one();
        }
    }
}

impl State {
    /// True when something is to be said about it.
    fn take(&mut self, standing: &Standing, known: &LatestRoles) -> bool {
        let version = standing.version;
        let is_news = self.rights.as_ref().is_some_and(|rights| rights.version < version);
        match &standing.account {
            AccountState::Gone => self.close(Closing::Forbidden, "this account is gone"),
            AccountState::Suspended if is_news => self.close(Closing::Forbidden, "this account is suspended"),
            AccountState::Active { generation, .. } if is_news && self.is_behind(*generation) => {
                self.close(Closing::Unauthenticated, "the access token is not valid");
            }
            AccountState::Active { roles, second_factor, .. } if is_news => {
                return self.take_roles(version, roles, *second_factor, known);
            }
            AccountState::Suspended | AccountState::Active { .. } => return false,
        }
        true
    }

    /// Whether the connection's token is of an earlier generation.
    fn is_behind(&self, generation: u32) -> bool {
        self.rights.as_ref().is_some_and(|rights| rights.generation < generation)
    }

    fn take_roles(&mut self, version: i64, roles: &[RoleName], second_factor: bool, known: &LatestRoles) -> bool {
        let Some(rights) = &mut self.rights else { return false };
        rights.version = version;
        rights.second_factor = second_factor;
        roles.clone_into(&mut rights.roles);
        self.permit(known)
    }

    /// Works out what the user's roles permit. True when something is to be said about it.
    fn permit(&mut self, known: &LatestRoles) -> bool {
        let Some(rights) = &mut self.rights else { return false };
        rights.permissions = known.permissions_of(&rights.roles, rights.second_factor);
        let rights = rights.clone();
        let verdicts: Vec<_> =
            self.subscriptions.iter().map(|open| (open.serial, open.topic.verdict(&rights))).collect();
        let mut is_to_be_said = false;
        for (serial, verdict) in verdicts {
            if let Some(at) = self.find(serial) {
                is_to_be_said |= !self.keep_to(at, verdict);
            }
        }
        is_to_be_said
    }

    /// Ends a subscription that cannot go on as it is; true when it can.
    fn keep_to(&mut self, at: usize, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Same => return true,
            // What the client has may not be what it may have: it begins anew.
            Verdict::Other => self.reset(at, ResetReason::Epoch),
            Verdict::Closed => self.reset(at, ResetReason::Revoked),
        }
        false
    }
}
