//! A live subscriber: connects to either api, keeps its copy, loses its connection now and then, resumes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bootstrap::Shutdown;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use uuid::Uuid;

use super::{
    check::subscribers::{Item, Line, Replica, Topic, Transcript},
    cluster::Apis,
    history::Person,
    load::Load,
};
use crate::live::Live;

/// Between two looks at whether it should stop; the messages themselves are not waited for any longer than they take.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const RECONNECT_PAUSE: Duration = Duration::from_millis(100);

/// What a subscriber has seen so far. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Seen(Arc<Mutex<(Transcript, Replica)>>);

impl Seen {
    fn new(subscriber: String, topic: Topic) -> Self {
        let transcript = Transcript { subscriber, topic, lines: vec![] };
        Self(Arc::new(Mutex::new((transcript, Replica::new(topic)))))
    }

    pub(super) fn transcript(&self) -> Transcript {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    pub(super) fn replica(&self) -> Replica {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    fn note(&self, line: Line) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What is wrong is found again when the transcript is checked.
        drop(seen.1.take(&line));
        seen.0.lines.push(line);
    }
}

pub(super) struct Subscriber {
    load: Arc<Load>,
    apis: Apis,
    person: Person,
    topic: Topic,
    random: StdRng,
    turn: usize,
    epoch: Option<String>,
    seen: Seen,
}

impl Subscriber {
    /// `person` must have signed in.
    pub(super) fn new(load: &Arc<Load>, apis: Apis, person: Person, topic: Topic, seed: u64) -> Self {
        let name = format!("{topic:?} of {person:?}");
        let random = StdRng::seed_from_u64(seed);
        Self { load: Arc::clone(load), apis, person, topic, random, turn: 0, epoch: None, seen: Seen::new(name, topic) }
    }

    pub(super) fn seen(&self) -> Seen {
        self.seen.clone()
    }

    pub(super) async fn run(mut self, stop: Shutdown) {
        while !stop.is_requested() {
            self.turn += 1;
            if self.follow(&stop).await.is_err() {
                stop.sleep(RECONNECT_PAUSE).await;
            }
            self.seen.note(Line::Ended);
        }
    }

    /// One connection, until it breaks, or is dropped after some messages, or the run ends.
    async fn follow(&mut self, stop: &Shutdown) -> anyhow::Result<()> {
        let token = self.load.account(self.person).expect("the person has signed in").token;
        let mut live = Live::connect(self.apis.pick(self.turn), &token).await?;
        let after = self.seen.replica().position().filter(|_| self.epoch.is_some());
        self.seen.note(Line::Asked { after });
        let topic = match self.topic {
            Topic::Me(_) => "users/me",
            Topic::All => "users",
        };
        live.subscribe(topic, after.zip(self.epoch.as_deref())).await?;
        let mut left = self.random.random_range(5..50);
        while left > 0 && !stop.is_requested() {
            let Some(message) = live.next(LOOK_EVERY).await? else { continue };
            left -= 1;
            self.take(&message)?;
        }
        Ok(())
    }

    fn take(&mut self, message: &Value) -> anyhow::Result<()> {
        let line = match message["t"].as_str() {
            Some("snap") => Line::Snapshot {
                items: message["items"].as_array().expect("items").iter().map(item).collect(),
                position: number(&message["pos"]),
                last: message["last"] == true,
            },
            Some("subbed") => {
                self.epoch = message["epoch"].as_str().map(str::to_owned);
                Line::Subscribed { resumed: message["mode"] == "resumed", position: number(&message["pos"]) }
            }
            Some("chg") => Line::Changed {
                previous: number(&message["prev"]),
                position: number(&message["pos"]),
                item: item(message),
                removed: message["op"] == "remove",
            },
            Some("reset") => {
                if message["why"] == "epoch" {
                    self.epoch = None;
                }
                anyhow::bail!("reset: {message}");
            }
            _ => anyhow::bail!("unexpected: {message}"),
        };
        self.seen.note(line);
        Ok(())
    }
}

/// Positions travel as strings.
fn number(value: &Value) -> i64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no position"))
}

fn item(value: &Value) -> Item {
    let key = value["key"].as_str().and_then(|key| Uuid::parse_str(key).ok());
    Item {
        key: key.unwrap_or_else(|| panic!("no key in {value}")),
        version: value["version"].as_i64().unwrap_or_else(|| panic!("no version in {value}")),
        name: value["data"]["display_name"].as_str().map(str::to_owned),
    }
}
