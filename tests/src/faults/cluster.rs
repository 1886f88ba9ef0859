//! An installation of separate processes on real PostgreSQL, RabbitMQ, Redis and SMTP, with names of its own.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustix::process::Signal;
use test_support::{SmtpSink, TestDatabase};

use super::{
    leases,
    process::{Process, Role},
    programs::Programs,
};
use crate::{feed, http::Call, wait};

/// Processes of each role.
pub(super) const INSTANCES: usize = 2;

const PATIENCE: Duration = Duration::from_secs(60);

/// Where the api processes listen at this moment. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Apis(Arc<Mutex<BTreeMap<usize, SocketAddr>>>);

impl Apis {
    /// One of them; another one with every turn. A process that was killed keeps its address until it is replaced.
    pub(super) fn pick(&self, turn: usize) -> SocketAddr {
        let addresses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *addresses.values().nth(turn % addresses.len()).expect("the apis have been started")
    }

    fn set(&self, instance: usize, address: SocketAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(instance, address);
    }
}

pub(super) struct Cluster {
    pub(super) database: TestDatabase,
    pub(super) sink: SmtpSink,
    pub(super) prefix: String,
    programs: Programs,
    processes: BTreeMap<(Role, usize), Process>,
    apis: Apis,
}

impl Cluster {
    /// Starts all processes; the first projector and the first worker lead.
    pub(super) async fn start(programs: Programs) -> Self {
        let mut cluster = Self {
            database: TestDatabase::create().await,
            sink: SmtpSink::start().await,
            prefix: test_support::unique_prefix(),
            programs,
            processes: BTreeMap::new(),
            apis: Apis::default(),
        };
        for role in [Role::Projector, Role::Worker] {
            cluster.launch(role, 0).await;
        }
        let mut connection = cluster.database.connect().await;
        for lease in ["users/1/0", "relay/1/0", "reactions/1/0"] {
            leases::fence_beyond(&mut connection, lease, 0, PATIENCE).await.expect("somebody takes the lease");
        }
        for (role, instance) in [(Role::Api, 0), (Role::Api, 1), (Role::Projector, 1), (Role::Worker, 1)] {
            cluster.launch(role, instance).await;
        }
        cluster
    }

    pub(super) fn apis(&self) -> Apis {
        self.apis.clone()
    }

    /// Starts a process and waits until it is ready.
    pub(super) async fn launch(&mut self, role: Role, instance: usize) {
        let name = format!("{}-{instance}", role.program());
        let mut process = Process::start(&self.programs, role, &name, &self.settings());
        let admin = process.admin().await;
        if role == Role::Api {
            self.apis.set(instance, process.http().await);
        }
        let ready = Call::get("/health/live");
        wait::until(&name, PATIENCE, async || {
            let reply = ready.send(admin, Duration::from_secs(5)).await.ok()?;
            (reply.status == 200).then_some(())
        })
        .await;
        self.processes.insert((role, instance), process);
    }

    pub(super) async fn kill(&mut self, role: Role, instance: usize) {
        self.processes.remove(&(role, instance)).expect("the process was started").kill().await;
    }

    pub(super) fn pause(&self, role: Role, instance: usize) {
        self.processes[&(role, instance)].signal(Signal::STOP);
    }

    pub(super) fn resume(&self, role: Role, instance: usize) {
        self.processes[&(role, instance)].signal(Signal::CONT);
    }

    /// Processes that have ended by themselves, which none may.
    pub(super) fn ended(&mut self) -> Vec<(Role, usize)> {
        self.processes.iter_mut().filter_map(|(name, process)| process.has_ended().then_some(*name)).collect()
    }

    /// Asks all processes to stop, and returns those that did not do it well.
    pub(super) async fn stop(&mut self) -> Vec<(Role, usize)> {
        let stopping = std::mem::take(&mut self.processes).into_iter();
        let stopped = stopping.map(async |(name, process)| (name, process.stop().await));
        let stopped = futures::future::join_all(stopped).await;
        stopped.into_iter().filter(|(_, status)| !status.success()).map(|(name, _)| name).collect()
    }

    /// Removes what stays in the servers, and the programs and logs of the run.
    pub(super) async fn discard(self) {
        feed::remove_installation(&self.prefix).await;
        self.programs.discard();
    }

    pub(super) fn directory(&self) -> &std::path::Path {
        self.programs.directory()
    }

    fn settings(&self) -> Vec<(String, String)> {
        let many = "1000000";
        let settings = [
            ("DATABASE_URL", self.database.url().to_owned()),
            ("AMQP_URL", test_support::amqp_url()),
            ("REDIS_URL", test_support::redis_url()),
            ("SMTP_URL", self.sink.url()),
            ("TIDEMARK_AMQP_PREFIX", self.prefix.clone()),
            ("TIDEMARK_REDIS_PREFIX", self.prefix.clone()),
            ("TIDEMARK_HTTP__BIND", "127.0.0.1:0".to_owned()),
            // Both apis issue tokens in this name.
            ("TIDEMARK_HTTP__PUBLIC_URL", "http://127.0.0.1:8080".to_owned()),
            ("TIDEMARK_ADMIN__BIND", "127.0.0.1:0".to_owned()),
            ("TIDEMARK_DATABASE__POOL_SIZE", "8".to_owned()),
            ("TIDEMARK_JOBS__LEASE_SECONDS", "5".to_owned()),
            ("TIDEMARK_LIMITS__CREDENTIAL_REQUESTS", many.to_owned()),
            ("TIDEMARK_LIMITS__ANONYMOUS_REQUESTS", many.to_owned()),
            ("TIDEMARK_LIMITS__USER_REQUESTS", many.to_owned()),
            ("TIDEMARK_LIMITS__PASSWORD_HASHING", "2".to_owned()),
            ("TIDEMARK_LOG__FORMAT", "json".to_owned()),
        ];
        settings.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }
}
