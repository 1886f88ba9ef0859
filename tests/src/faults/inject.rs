//! The faults of a run: processes stopped for longer than their leases, and processes killed.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bootstrap::db::Connection;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};

use super::{
    cluster::{Cluster, INSTANCES},
    leases::{fence_beyond, fence_of},
    process::Role,
};

/// What the first process of a role leads: leases of 5, 15 and 10 s, which are looked at three times in each.
const LEASES: [(Role, &str); 3] =
    [(Role::Projector, "users/1/0"), (Role::Projector, "relay/1/0"), (Role::Worker, "reactions/1/0")];
const TAKE_OVER_PATIENCE: Duration = Duration::from_secs(40);

pub(super) struct Injector {
    connection: Connection,
    random: StdRng,
    leader: BTreeMap<Role, usize>,
    /// What was done, and how long it took, for the report.
    pub(super) notes: Vec<String>,
    pub(super) violations: Vec<String>,
}

impl Injector {
    pub(super) fn new(connection: Connection, seed: u64) -> Self {
        let leader = BTreeMap::from([(Role::Projector, 0), (Role::Worker, 0)]);
        Self { connection, random: StdRng::seed_from_u64(seed), leader, notes: vec![], violations: vec![] }
    }

    /// Stops the projector and the worker that lead, until others have taken over everything that they led; then lets
    /// them go on, in the belief that nothing has happened.
    pub(super) async fn pause_leaders(&mut self, cluster: &Cluster) {
        let mut fences = vec![];
        for (_, lease) in LEASES {
            fences.push(fence_of(&mut self.connection, lease).await.unwrap_or(0));
        }
        for (role, instance) in &self.leader {
            cluster.pause(*role, *instance);
        }
        let paused = Instant::now();
        for ((role, lease), fence) in LEASES.into_iter().zip(fences) {
            if fence_beyond(&mut self.connection, lease, fence, TAKE_OVER_PATIENCE).await.is_none() {
                self.violations.push(format!("nobody took {lease} over from a {role:?} that was stopped"));
            }
            self.notes.push(format!("{lease} was taken over {} ms after the stop", paused.elapsed().as_millis()));
        }
        for (role, instance) in &mut self.leader {
            cluster.resume(*role, *instance);
            *instance = INSTANCES - 1 - *instance;
        }
    }

    /// Kills one process of each role, those that lead among them, in random order, and starts each again at once.
    pub(super) async fn kill_one_of_each(&mut self, cluster: &mut Cluster) {
        let mut roles = Role::ALL;
        roles.shuffle(&mut self.random);
        for role in roles {
            let instance = match self.leader.get_mut(&role) {
                Some(leader) => {
                    let killed = *leader;
                    *leader = INSTANCES - 1 - killed;
                    killed
                }
                None => self.random.random_range(0..INSTANCES),
            };
            let began = Instant::now();
            cluster.kill(role, instance).await;
            cluster.launch(role, instance).await;
            let took = began.elapsed().as_millis();
            self.notes.push(format!("{role:?} {instance} was killed, and there again after {took} ms"));
        }
    }
}
