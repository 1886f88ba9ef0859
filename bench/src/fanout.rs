//! Many subscribers of one collection: how long the last of them waits for a change on an idle system, and whether so many changes
//! a second reach all of them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use futures::{SinkExt, StreamExt};
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    application::{Application, Wiring},
    http::Client,
    push::{Socket, subscribe},
    report::{Report, quantile_ms},
};

const SCENARIO: &str = "fanout";
const TOPIC: &str = "collections/ticks";
const RECORDS: &str = "/v1/collections/ticks/records";
/// Who make the changes, each on a connection of their own.
const WRITERS: usize = 32;
/// Those who wait on an idle system, and how often.
const IDLE_SUBSCRIBERS: usize = 200;
const IDLE_CHANGES: usize = 300;
/// Between two changes: the system is idle when each is made.
const PAUSE: Duration = Duration::from_millis(10);
/// Changes are made this much faster than is asked for: who answers a little late is not to blame for the figure.
const HASTE: f64 = 1.05;
/// For the last change to reach everybody after it was made.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much is made of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) seconds: u64,
    /// Changes a second.
    pub(crate) rate: usize,
    pub(crate) subscribers: usize,
}

pub(crate) async fn run(report: &mut Report, size: Size) -> anyhow::Result<()> {
    let application = Application::start(Wiring::Embedded).await?;
    let admin = application.admin().await?;
    define(&application, &admin).await?;
    idle(report, &application).await?;
    loaded(report, &application, size).await?;
    application.stop().await
}

/// Numbers the changes, and when each was made and came to everybody.
struct Course {
    begin: Instant,
    /// Nanoseconds after the beginning.
    made: Vec<AtomicU64>,
    last: Vec<AtomicU64>,
}

impl Course {
    fn new(changes: usize) -> Arc<Self> {
        let times = || std::iter::repeat_with(AtomicU64::default).take(changes).collect();
        Arc::new(Self { begin: Instant::now(), made: times(), last: times() })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn make(&self, number: usize) {
        self.made[number].store(self.now(), Ordering::Release);
    }

    /// Returns how long it took to here.
    fn arrive(&self, number: usize) -> Duration {
        let (now, made) = (self.now(), self.made[number].load(Ordering::Acquire));
        self.last[number].fetch_max(now, Ordering::Relaxed);
        Duration::from_nanos(now.saturating_sub(made))
    }

    /// How long each change took to the last of all subscribers.
    fn to_the_last(&self) -> Vec<Duration> {
        let taken = |(made, last): (&AtomicU64, &AtomicU64)| {
            Duration::from_nanos(last.load(Ordering::Relaxed).saturating_sub(made.load(Ordering::Relaxed)))
        };
        self.made.iter().zip(&self.last).map(taken).collect()
    }

    /// From the first change to the last arrival.
    fn length(&self) -> Duration {
        let made = self.made.iter().map(|made| made.load(Ordering::Relaxed)).min();
        let last = self.last.iter().map(|last| last.load(Ordering::Relaxed)).max();
        Duration::from_nanos(last.unwrap_or(0).saturating_sub(made.unwrap_or(0)))
    }
}

async fn define(application: &Application, admin: &str) -> anyhow::Result<()> {
    let definition = json!({
        "name": "ticks",
        "schema": {"type": "object", "properties": {"round": {"type": "integer"}, "number": {"type": "integer"}}},
        "rules": {"list": "true", "view": "true", "create": "true"},
    });
    let mut client = Client::connect(application.address).await?;
    let headers = format!("authorization: Bearer {admin}\r\n");
    client.send("POST", "/v1/collections", &headers, &definition.to_string()).await?.json(201)?;
    Ok(())
}

async fn idle(report: &mut Report, application: &Application) -> anyhow::Result<()> {
    let (course, followers) = follow(application, IDLE_SUBSCRIBERS, IDLE_CHANGES, 1).await?;
    let token = application.person(0).await?;
    let mut client = Client::connect(application.address).await?;
    for number in 0..IDLE_CHANGES {
        tokio::time::sleep(PAUSE).await;
        create(&mut client, &token, &course, 1, number).await?;
    }
    finish(followers).await?;
    // What was measured before the first tenth is warm-up.
    let mut last = course.to_the_last().split_off(IDLE_CHANGES / 10);
    let (median, tail) = (quantile_ms(&mut last, 0.5), quantile_ms(&mut last, 0.99));
    let name = format!("change to the last of {IDLE_SUBSCRIBERS} subscribers");
    report.add_with_target(SCENARIO, format!("{name}, p50"), median, "ms", Some("<= 6"));
    report.add(SCENARIO, format!("{name}, p99"), tail, "ms");
    Ok(())
}

async fn loaded(report: &mut Report, application: &Application, size: Size) -> anyhow::Result<()> {
    let Size { seconds, rate, subscribers } = size;
    let changes = rate * usize::try_from(seconds)?;
    let mut writers = vec![];
    for number in 0..WRITERS {
        writers.push((Client::connect(application.address).await?, application.person(number).await?));
    }
    let (course, followers) = follow(application, subscribers, changes, 2).await?;
    let (begin, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let pace = Duration::from_secs_f64(1.0 / (rate as f64 * HASTE));
    let writers = writers.into_iter().map(|(mut client, token)| {
        let (course, next) = (Arc::clone(&course), Arc::clone(&next));
        tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= changes {
                    return anyhow::Ok(());
                }
                let at = begin + pace.mul_f64(number as f64);
                tokio::time::sleep_until(at.into()).await;
                create(&mut client, &token, &course, 2, number).await?;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await??;
    }
    let mut latencies = finish(followers).await?;
    let reached = changes as f64 / course.length().as_secs_f64();
    let name = format!("{subscribers} subscribers");
    let target = format!(">= {rate}");
    report.add_with_target(SCENARIO, format!("changes that reach {name} each"), reached, "changes/s", Some(&target));
    report.add(SCENARIO, format!("messages to {name}"), reached * subscribers as f64, "messages/s");
    let mut last = course.to_the_last();
    for (what, latencies) in [("each", &mut latencies), ("the last", &mut last)] {
        report.add(SCENARIO, format!("change to {what} of {name}, p50"), quantile_ms(latencies, 0.5), "ms");
        report.add(SCENARIO, format!("change to {what} of {name}, p99"), quantile_ms(latencies, 0.99), "ms");
    }
    Ok(())
}

async fn create(client: &mut Client, token: &str, course: &Course, round: u32, number: usize) -> anyhow::Result<()> {
    let headers = format!("authorization: Bearer {token}\r\n");
    let body = json!({ "round": round, "number": number }).to_string();
    course.make(number);
    let answer = client.send("POST", RECORDS, &headers, &body).await?;
    ensure!(answer.status == 201, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    Ok(())
}

type Follower = tokio::task::JoinHandle<anyhow::Result<Vec<Duration>>>;

/// Subscribers who wait for so many changes of this round.
async fn follow(
    application: &Application,
    subscribers: usize,
    changes: usize,
    round: u32,
) -> anyhow::Result<(Arc<Course>, Vec<Follower>)> {
    let token = application.person(0).await?;
    let mut sockets = vec![];
    for _ in 0..subscribers {
        sockets.push(subscribe(application, &token, TOPIC).await?);
    }
    let course = Course::new(changes);
    let follow = |socket| tokio::spawn(receive(socket, Arc::clone(&course), changes, format!(r#""round":{round}"#)));
    let followers = sockets.into_iter().map(follow).collect();
    Ok((course, followers))
}

/// Everything that everybody has waited for. Fails where something is missing.
async fn finish(followers: Vec<Follower>) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = vec![];
    for follower in followers {
        latencies.extend(timeout(PATIENCE, follower).await.context("changes are missing")???);
    }
    Ok(latencies)
}

/// Reads until every change has come once. Messages are looked at, not parsed: the load generator shares the machine.
async fn receive(
    mut socket: Socket,
    course: Arc<Course>,
    changes: usize,
    round: String,
) -> anyhow::Result<Vec<Duration>> {
    let (mut latencies, mut seen) = (Vec::with_capacity(changes), vec![false; changes]);
    while latencies.len() < changes {
        let Message::Text(text) = socket.next().await.context("the server hung up")?? else { continue };
        if text.starts_with(r#"{"t":"ping""#) {
            socket.send(Message::text(r#"{"t":"pong"}"#)).await?;
        } else if text.starts_with(r#"{"t":"chg""#) {
            let Some(number) = number(&text).filter(|_| text.contains(&round)) else { continue };
            // Whoever repairs a gap may tell a change again.
            if !std::mem::replace(seen.get_mut(number).context("an unknown change")?, true) {
                latencies.push(course.arrive(number));
            }
        } else {
            bail!("{text}");
        }
    }
    Ok(latencies)
}

fn number(text: &str) -> Option<usize> {
    let rest = text.split_once(r#""number":"#)?.1;
    rest.split(|char: char| !char.is_ascii_digit()).next()?.parse().ok()
}
