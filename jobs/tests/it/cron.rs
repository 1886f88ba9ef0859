//! Cron: one run per tick over all workers, and what happens to ticks that nobody saw.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jobs::{CatchUp, Crons, Schedule};

use crate::{
    probe::{Act, Probe},
    world::{World, eventually},
};

fn every_second(catch_up: CatchUp) -> Crons {
    let schedule = Schedule::every(Duration::from_secs(1)).unwrap();
    Crons::new().with("tick", schedule, catch_up, |_| Probe(Act::Complete))
}

fn hourly(catch_up: CatchUp) -> Crons {
    Crons::new().with("hourly", Schedule::cron("0 * * * *").unwrap(), catch_up, |_| Probe(Act::Complete))
}

#[tokio::test(flavor = "multi_thread")]
async fn three_workers_run_each_tick_exactly_once() {
    let world = World::create().await;
    let start = || world.start_crons(world.config(), every_second(CatchUp::Skip));
    let workers = [start(), start(), start()];
    let ticks = "SELECT count(DISTINCT key) AS count FROM jobs";
    assert!(eventually(async || world.count(ticks).await >= 4).await);
    for worker in &workers {
        worker.drain().await;
    }
    assert_eq!(world.count(ticks).await, world.count("SELECT count(*) FROM jobs").await, "no tick twice");
    let span = "SELECT (1 + extract(epoch FROM max(t) - min(t)))::bigint AS count
        FROM (SELECT substr(key, 11)::timestamptz AS t FROM jobs WHERE key LIKE 'cron:tick:%') AS ticks";
    assert_eq!(world.count(span).await, world.count(ticks).await, "no tick left out");
    let runs = "SELECT count(*) FROM runs WHERE phase = 'started'";
    let taken = "SELECT count(*) FROM jobs WHERE attempt > 0";
    assert_eq!(world.count(runs).await, world.count(taken).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn missed_ticks_are_caught_up_as_the_entry_says() {
    for (catch_up, expected) in [(CatchUp::Skip, 0), (CatchUp::Latest, 1), (CatchUp::All { at_most: 3 }, 3)] {
        let world = World::create().await;
        let (last, fresh) = missed_hours();
        world.execute(&format!("INSERT INTO job_crons VALUES ('hourly', '{last}')")).await;
        let _worker = world.start_crons(world.config(), hourly(catch_up));
        let seen = "SELECT count(*) FROM job_crons WHERE last_tick > now() - interval '65 minutes'";
        assert!(eventually(async || world.count(seen).await == 1).await);
        let jobs = world.count("SELECT count(*) FROM jobs").await;
        // In the first minute of an hour its tick is on time, and not one of the missed.
        assert_eq!(jobs, if fresh { expected.max(1) + i64::from(expected > 1) } else { expected }, "{catch_up:?}");
    }
}

/// A last tick some hours ago, and whether the hour has just begun.
fn missed_hours() -> (DateTime<Utc>, bool) {
    let now = Utc::now();
    (now - TimeDelta::hours(10), now.timestamp() % 3_600 < 60)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_entry_starts_with_the_next_tick() {
    let world = World::create().await;
    let _worker = world.start_crons(world.config(), hourly(CatchUp::All { at_most: 100 }));
    assert!(eventually(async || world.count("SELECT count(*) FROM job_crons").await == 1).await);
    assert_eq!(world.count("SELECT count(*) FROM jobs").await, 0);
}
