//! A whole run: start, load, faults, rest, judgement.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::{Shutdown, Tasks};
use domain::{
    Aggregate,
    users::{GrantRole, Role as UserRole, User},
};
use event_store::{EventStore, Execution, Head, Metadata, StreamId};
use messaging::InProcessBus;
use projections::rebuild::Rebuild;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{
    check::{self, fold::Fold, subscribers::Topic},
    cluster::Cluster,
    collect::{self, Watched},
    history::{Person, Request},
    inject::Injector,
    load::{Client, Kind, Load},
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

/// Carries a plan out and judges what came of it.
pub async fn run(plan: &Plan) -> Report {
    let began = Instant::now();
    let mut cluster = Cluster::start(&format!("{}-{}", plan.seed, std::process::id())).await;
    let mut report = Report { seed: plan.seed, ..Report::default() };
    report.note(format!("started after {} ms", began.elapsed().as_millis()));
    let mut connection = cluster.database.connect().await;
    let reader = Reader::start(cluster.database.connect().await);
    let feed = Feed::of(&cluster.prefix).await;

    let load = Load::new(cluster.apis(), plan.people);
    let (stop_load, stop_subscribers) = (Shutdown::new(), Shutdown::new());
    let (mut clients, mut following) = (JoinSet::new(), JoinSet::new());
    welcome(&load, plan, &cluster).await;
    let subscribers = subscribe(&load, plan, &cluster, &mut following, &stop_subscribers).await;
    (1..=plan.clients).for_each(|number| {
        let kind = if number <= NEWCOMERS { Kind::Newcomer } else { Kind::Resident };
        clients.spawn(Client::new(&load, kind, plan.seed, number).run(stop_load.clone()));
    });

    let loaded = Instant::now();
    let mut injector = Injector::new(cluster.database.connect().await, plan.seed);
    for _ in 0..plan.rounds {
        injector.pause_leaders(&cluster).await;
        injector.kill_one_of_each(&mut cluster).await;
    }
    stop_load.sleep(plan.duration.saturating_sub(loaded.elapsed())).await;
    stop_load.request();
    clients.join_all().await;
    report.note(format!("loaded for {} ms", loaded.elapsed().as_millis()));
    report.notes.append(&mut injector.notes);

    let resting = Instant::now();
    let mut watched = Watched { connection: &mut connection, reader: &reader, feed: &feed, subscribers: &subscribers };
    let busy = watched.rest(REST_PATIENCE).await;
    report.note(format!("at rest {} ms after the load", resting.elapsed().as_millis()));
    stop_subscribers.request();
    following.join_all().await;
    report.find("faults are survived", injector.violations);
    report.find("everything comes to rest", busy);

    judge(&mut report, &mut connection, &cluster, &load, &subscribers, &reader, &feed).await;
    let died = cluster.ended().into_iter().map(|name| format!("{name:?} ended by itself")).collect();
    report.find("processes go on", died);
    let unwell = cluster.stop().await.into_iter().map(|name| format!("{name:?} did not stop well")).collect();
    report.find("processes stop when asked", unwell);
    report.note(format!("took {} s", began.elapsed().as_secs()));
    drop((reader, feed));
    if report.is_clean() {
        cluster.discard().await;
    } else {
        report.logs = Some(cluster.directory().to_owned());
    }
    report
}

/// Registers the first people, and makes one of them an administrator as an operator would.
async fn welcome(load: &Arc<Load>, plan: &Plan, cluster: &Cluster) {
    let mut client = Client::new(load, Kind::Newcomer, plan.seed, 0);
    for _ in 0..FIRST_PEOPLE {
        client.join().await;
    }
    let (tasks, op_id) = (Tasks::new(Shutdown::new()), Uuid::now_v7());
    let store =
        EventStore::open(cluster.database.url(), cluster.database.pool(2), Head::new(), &tasks, Default::default());
    let admin = user_of(load, cluster, Person(0)).await;
    let metadata = Metadata { correlation_id: Some(op_id), ..Metadata::default() };
    let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
    let command = GrantRole { role: UserRole::Admin, at: chrono::DateTime::UNIX_EPOCH };
    store.execute(&StreamId::new(User::CATEGORY, admin), command, execution).await.expect("a role can be granted");
    load.note(op_id, Person(0), Request::MakeAdmin);
    tasks.shutdown().request();
}

/// Two administrators' views of everybody, and everybody's view of themselves.
async fn subscribe(
    load: &Arc<Load>,
    plan: &Plan,
    cluster: &Cluster,
    following: &mut JoinSet<()>,
    stop: &Shutdown,
) -> Vec<Seen> {
    let mut topics = vec![(Person(0), Topic::All), (Person(0), Topic::All)];
    for person in (0..FIRST_PEOPLE).map(Person) {
        topics.push((person, Topic::Me(user_of(load, cluster, person).await)));
    }
    let mut seen = vec![];
    for (number, (person, topic)) in topics.into_iter().enumerate() {
        let seed = plan.seed.wrapping_add(number as u64);
        let subscriber = Subscriber::new(load, cluster.apis(), person, topic, seed);
        seen.push(subscriber.seen());
        following.spawn(subscriber.run(stop.clone()));
    }
    seen
}

/// The id of somebody who has registered, as the log has it.
async fn user_of(load: &Load, cluster: &Cluster, person: Person) -> Uuid {
    let log = collect::log_of(&mut cluster.database.connect().await).await;
    Fold::of(&load.history(), &log).user_of(person).expect("the person has registered")
}

async fn judge(
    report: &mut Report,
    connection: &mut bootstrap::db::Connection,
    cluster: &Cluster,
    load: &Load,
    subscribers: &[Seen],
    reader: &Reader,
    feed: &Feed,
) {
    let (history, log) = (load.history(), collect::log_of(connection).await);
    let (rows, jobs) = (collect::read_model(connection).await, collect::jobs(connection).await);
    let fold = Fold::of(&history, &log);
    report.describe(&history);
    report.note(format!("{} events in {} streams", log.len(), fold.0.len()));
    report.find("C1 commands", check::commands::check(&history, &log));
    report.find("C2 streams", check::streams::check(&log));
    report.find("C3 order", check::order::check(&log, &reader.noted()));
    report.find("C4 causality", check::causality::check(&history, &log));
    report.find("C5 read model", check::read_models::check(&fold, &rows));
    report.find("C5 reads", check::read_models::check_reads(&history, &fold));
    report.find("C5 rebuild", rebuild(connection, cluster, &rows).await);
    report.find("C6 jobs", check::effects::check(&log, &jobs));
    let (violations, repeats) = check::effects::check_feed(&log, &feed.received());
    report.note(format!("{repeats} events came to the feed again"));
    report.find("C6 feed", violations);
    let (violations, repeats) = check::mails::check(&log, &fold, &jobs, &collect::mails(&cluster.sink));
    report.note(format!("{} mails, {repeats} of them again", cluster.sink.mails().len()));
    report.find("C7 mails", violations);
    let transcripts: Vec<_> = subscribers.iter().map(Seen::transcript).collect();
    let connections: usize = transcripts
        .iter()
        .flat_map(|seen| &seen.lines)
        .filter(|line| matches!(line, check::subscribers::Line::Asked { .. }))
        .count();
    let changes: usize = transcripts
        .iter()
        .flat_map(|seen| &seen.lines)
        .filter(|line| matches!(line, check::subscribers::Line::Changed { .. }))
        .count();
    report.note(format!("{} subscribers, {connections} connections, {changes} changes", transcripts.len()));
    let wrong = transcripts.iter().flat_map(|transcript| check::subscribers::check(transcript, &fold));
    report.find("C8 subscribers", wrong.collect());
}

/// Makes the read model again from the log, and compares.
async fn rebuild(
    connection: &mut bootstrap::db::Connection,
    cluster: &Cluster,
    before: &[projections::users::UserRow],
) -> check::Violations {
    let projection = projections::by_name("users").expect("there is such a projection");
    let rebuild = Rebuild::new(projection, cluster.database.url(), Arc::new(InProcessBus::new()));
    match rebuild.run(&Shutdown::new()).await {
        Ok(_) => check::read_models::check_rebuild(before, &collect::read_model(connection).await),
        Err(error) => vec![format!("the rebuild failed: {error}")],
    }
}
