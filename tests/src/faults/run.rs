//! A whole run: start, load, faults, rest, judgement.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::{Shutdown, Tasks, db::Connection};
use domain::{
    Aggregate,
    roles::RoleName,
    users::{GrantRole, User},
};
use event_store::{EventStore, Execution, Head, Metadata, StreamId};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{
    check::{fold::Fold, subscribers::Topic},
    client::{Client, Kind},
    cluster::Cluster,
    collect::{self, Watched},
    history::{Person, Request},
    inject::Injector,
    judge,
    load::Load,
    programs::Programs,
    reader::Reader,
    report::Report,
    subscriber::{Seen, Subscriber},
};
use crate::feed::Feed;

/// How long everything may take to come to rest: a mail whose worker was killed in mid talk is tried again after 75 s.
const REST_PATIENCE: Duration = Duration::from_secs(150);
/// Those who are there before the load begins; the first one is made an administrator.
const FIRST_PEOPLE: usize = 4;
/// Clients that register others; the rest change and read.
const NEWCOMERS: usize = 2;

/// What a run does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Decides what clients do, when subscribers lose their connections, and which process is killed.
    pub seed: u64,
    pub clients: usize,
    /// People who register at most.
    pub people: usize,
    /// Rounds of faults: in each, leaders are stopped beyond their leases, and one process of each role is killed.
    pub rounds: usize,
    /// The load goes on at least this long.
    pub duration: Duration,
}

impl Plan {
    /// Small enough to be run with all other tests.
    pub fn short(seed: u64) -> Self {
        Self { seed, clients: 8, people: 40, rounds: 1, duration: Duration::from_secs(20) }
    }
}

/// An installation under load, and all who watch it.
pub(super) struct Run {
    pub(super) cluster: Cluster,
    pub(super) connection: Connection,
    pub(super) load: Arc<Load>,
    pub(super) reader: Reader,
    pub(super) feed: Feed,
    pub(super) subscribers: Vec<Seen>,
    pub(super) report: Report,
}

/// Carries a plan out and judges what came of it.
pub async fn run(plan: &Plan) -> Report {
    let name = format!("{}-{}", plan.seed, std::process::id());
    let programs = tokio::task::spawn_blocking(move || Programs::build(&name)).await.expect("the programs are built");
    let began = Instant::now();
    let mut run = Run::begin(plan, programs).await;
    run.report.note(format!("started after {} ms", began.elapsed().as_millis()));
    run.welcome(plan).await;
    let (mut following, stop_following) = (JoinSet::new(), Shutdown::new());
    run.subscribe(plan, &mut following, &stop_following).await;
    run.strain(plan).await;
    run.rest().await;
    stop_following.request();
    following.join_all().await;
    judge::judge(&mut run).await;
    run.report.note(format!("took {} s until it was judged", began.elapsed().as_secs()));
    run.end().await
}

impl Run {
    async fn begin(plan: &Plan, programs: Programs) -> Self {
        let cluster = Cluster::start(programs).await;
        Self {
            connection: cluster.database.connect().await,
            reader: Reader::start(cluster.database.connect().await),
            feed: Feed::of(&cluster.prefix).await,
            load: Load::new(cluster.apis(), plan.people),
            subscribers: vec![],
            report: Report { seed: plan.seed, ..Report::default() },
            cluster,
        }
    }

    /// Registers the first people, and makes one of them an administrator as an operator would.
    async fn welcome(&mut self, plan: &Plan) {
        let mut client = Client::new(&self.load, Kind::Newcomer, plan.seed, 0);
        for _ in 0..FIRST_PEOPLE {
            client.join().await;
        }
        let (tasks, op_id) = (Tasks::new(Shutdown::new()), Uuid::now_v7());
        let (url, pool) = (self.cluster.database.url(), self.cluster.database.pool(2));
        let store = EventStore::open(url, pool, Head::new(), &tasks, Default::default());
        let stream = StreamId::new(User::CATEGORY, self.user_of(Person(0)).await);
        let metadata = Metadata { correlation_id: Some(op_id), ..Metadata::default() };
        let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
        let command = GrantRole { role: RoleName::ADMIN, at: chrono::DateTime::UNIX_EPOCH };
        store.execute(&stream, command, execution).await.expect("a role can be granted");
        self.load.note(op_id, Person(0), Request::MakeAdmin);
        tasks.shutdown().request();
    }

    /// Two administrators' views of everybody, and the first people's views of themselves.
    async fn subscribe(&mut self, plan: &Plan, following: &mut JoinSet<()>, stop: &Shutdown) {
        let mut topics = vec![(Person(0), Topic::All), (Person(0), Topic::All)];
        for person in (0..FIRST_PEOPLE).map(Person) {
            topics.push((person, Topic::Me(self.user_of(person).await)));
        }
        for (number, (person, topic)) in topics.into_iter().enumerate() {
            let seed = plan.seed.wrapping_add(number as u64);
            let subscriber = Subscriber::new(&self.load, self.cluster.apis(), person, topic, seed);
            self.subscribers.push(subscriber.seen());
            following.spawn(subscriber.run(stop.clone()));
        }
    }

    /// Load and faults at the same time.
    async fn strain(&mut self, plan: &Plan) {
        let (mut clients, stop, began) = (JoinSet::new(), Shutdown::new(), Instant::now());
        for number in 1..=plan.clients {
            let kind = if number <= NEWCOMERS { Kind::Newcomer } else { Kind::Resident };
            clients.spawn(Client::new(&self.load, kind, plan.seed, number).run(stop.clone()));
        }
        let mut injector = Injector::new(self.cluster.database.connect().await, plan.seed);
        for _ in 0..plan.rounds {
            injector.pause_leaders(&self.cluster).await;
            injector.kill_one_of_each(&mut self.cluster).await;
        }
        stop.sleep(plan.duration.saturating_sub(began.elapsed())).await;
        stop.request();
        clients.join_all().await;
        self.report.note(format!("under load for {} ms", began.elapsed().as_millis()));
        self.report.notes.append(&mut injector.notes);
        self.report.find("leaders are replaced", injector.violations);
    }

    async fn rest(&mut self) {
        let began = Instant::now();
        let Self { connection, reader, feed, subscribers, .. } = self;
        let busy = Watched { connection, reader, feed, subscribers }.rest(REST_PATIENCE).await;
        self.report.note(format!("at rest {} ms later", began.elapsed().as_millis()));
        self.report.find("everything comes to rest", busy);
    }

    /// Stops all processes, and keeps their logs when there is something to be found in them.
    async fn end(mut self) -> Report {
        let died = self.cluster.ended().into_iter().map(|name| format!("{name:?} ended by itself")).collect();
        self.report.find("processes go on", died);
        let unwell = self.cluster.stop().await.into_iter().map(|name| format!("{name:?} did not stop well")).collect();
        self.report.find("processes stop when asked", unwell);
        drop((self.reader, self.feed));
        if self.report.is_clean() {
            self.cluster.discard().await;
        } else {
            self.report.logs = Some(self.cluster.directory().to_owned());
        }
        self.report
    }

    /// The id of somebody who has registered, as the log has it.
    async fn user_of(&mut self, person: Person) -> Uuid {
        let log = collect::log_of(&mut self.connection).await;
        Fold::of(&self.load.history(), &log).user_of(person).expect("the person has registered")
    }
}
