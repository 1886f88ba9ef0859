//! Random appends from many callers and two writers against a model: the order of positions must explain every answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use event_store::{
    Append, AppendError, Appended, ClaimChange, EventStore, Expected, Idempotency, RecordedEvent, StreamAppend,
    StreamId,
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;

use crate::{
    checked_log,
    scene::{Scene, count, event},
};

const STREAMS: u128 = 5;
const CALLERS: usize = 12;
const SCOPE: &str = "name";

#[derive(Clone, Copy, Debug)]
enum Expect {
    Any,
    /// What the callers last heard of the stream: often right.
    LastHeard,
    Exactly(i64),
}

#[derive(Clone, Copy, Debug)]
enum Claim {
    Take,
    Release,
    LetGo,
    /// To the next stream.
    Transfer,
}

#[derive(Clone, Debug)]
enum Op {
    New {
        parts: Vec<(u128, Expect, usize)>,
        claim: Option<(Claim, u8, u128)>,
        key: Option<u8>,
    },
    /// One of the commands so far, once more.
    Repeat(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let expect =
        prop_oneof![3 => Just(Expect::Any), 5 => Just(Expect::LastHeard), 2 => (0i64..6).prop_map(Expect::Exactly)];
    let parts = vec((0..STREAMS, expect, 1usize..4), 1..4);
    let kind = prop_oneof![3 => Just(Claim::Take), 1 => Just(Claim::Release), 1 => Just(Claim::LetGo), 1 => Just(Claim::Transfer)];
    let claim = prop::option::weighted(0.4, (kind, 0u8..3, 0..STREAMS));
    let new = (parts, claim, prop::option::weighted(0.3, 0u8..4));
    prop_oneof![5 => new.prop_map(|(parts, claim, key)| Op::New { parts, claim, key }), 1 => (0usize..64).prop_map(Op::Repeat)]
}

/// What all callers share.
#[derive(Default)]
struct Shared {
    heard: BTreeMap<u128, i64>,
    commands: Vec<Append>,
    answers: Vec<(Append, Result<Appended, AppendError>)>,
}

fn stream(number: u128) -> StreamId {
    StreamId::new("model", Uuid::from_u128(number + 1))
}

impl Shared {
    fn build(&mut self, op: &Op) -> Append {
        let (parts, claim, key) = match op {
            Op::Repeat(_) if self.commands.is_empty() => {
                return self.build(&Op::New { parts: vec![(0, Expect::Any, 1)], claim: None, key: None });
            }
            Op::Repeat(index) => return self.commands[index % self.commands.len()].clone(),
            Op::New { parts, claim, key } => (parts, claim, key),
        };
        let mut streams: BTreeMap<u128, StreamAppend> = BTreeMap::new();
        for (number, expect, events) in parts {
            let expected = match expect {
                Expect::Any => Expected::Any,
                Expect::LastHeard => Expected::Exactly(self.heard.get(number).copied().unwrap_or(0)),
                Expect::Exactly(version) => Expected::Exactly(*version),
            };
            let events = (0..*events).map(|_| event()).collect();
            streams.insert(*number, StreamAppend { stream: stream(*number), expected, events });
        }
        let first = streams.values().next().map(|part| part.stream.clone()).unwrap();
        let mut append = Append::to_stream(Uuid::now_v7(), first, Expected::Any, vec![]);
        append.streams = streams.into_values().collect();
        append.idempotency = key.map(|key| Idempotency::new([key; 32], [key; 32]));
        append.claims = claim.iter().map(|(kind, hash, owner)| change(*kind, *hash, *owner)).collect();
        self.commands.push(append.clone());
        append
    }
}

fn change(kind: Claim, hash: u8, owner: u128) -> ClaimChange {
    let (scope, key_hash) = (SCOPE, vec![hash]);
    match kind {
        Claim::Take => ClaimChange::Take { scope, key_hash, stream: stream(owner) },
        Claim::Release => ClaimChange::Release { scope, key_hash, stream: stream(owner) },
        Claim::LetGo => ClaimChange::LetGo { scope, key_hash, stream: stream(owner) },
        Claim::Transfer => {
            ClaimChange::Transfer { scope, key_hash, from: stream(owner), to: stream((owner + 1) % STREAMS) }
        }
    }
}

async fn drive(store: EventStore, ops: Vec<Op>, shared: Arc<Mutex<Shared>>) {
    for op in ops {
        let append = shared.lock().unwrap().build(&op);
        let result = store.append(append.clone()).await;
        let mut shared = shared.lock().unwrap();
        if let Ok(done) = &result {
            for (part, version) in append.streams.iter().zip(&done.versions) {
                let heard = shared.heard.entry(part.stream.id().as_u128() - 1).or_insert(0);
                *heard = (*version).max(*heard);
            }
        }
        shared.answers.push((append, result));
    }
}

/// Everything that was appended, as the answers tell it, in the order of positions: each must hold at its place.
fn explain(shared: &Shared, events: &[RecordedEvent]) -> BTreeMap<Vec<u8>, String> {
    let mut written: BTreeMap<i64, (&Append, &Appended)> = BTreeMap::new();
    for (append, result) in &shared.answers {
        let Ok(done) = result else { continue };
        let original = shared.commands.iter().find(|command| command.command_id == done.command_id).unwrap();
        if done.command_id != append.command_id {
            assert!(done.replay.is_some());
            assert_eq!(original.idempotency, append.idempotency);
        }
        let (_, first) = written.entry(done.first_position).or_insert((original, done));
        assert_eq!((first.command_id, &first.versions), (done.command_id, &done.versions), "answers differ");
    }
    let (mut versions, mut claims): (BTreeMap<&str, i64>, BTreeMap<Vec<u8>, String>) = Default::default();
    let mut position = 0;
    for (append, done) in written.values() {
        assert_eq!(done.first_position, position + 1, "something else was written between two appends");
        for (part, after) in append.streams.iter().zip(&done.versions) {
            let version = versions.entry(part.stream.as_str()).or_insert(0);
            assert!(part.expected == Expected::Any || part.expected == Expected::Exactly(*version));
            for expected in &part.events {
                (position, *version) = (position + 1, *version + 1);
                let event = &events[position as usize - 1];
                assert_eq!((event.event_id, event.stream_version), (expected.id, *version));
            }
            assert_eq!(version, after);
        }
        assert_eq!(done.last_position, position);
        append.claims.iter().for_each(|claim| apply(&mut claims, claim));
    }
    assert_eq!(position as usize, events.len(), "the log holds what nobody was told of");
    claims
}

fn apply(claims: &mut BTreeMap<Vec<u8>, String>, change: &ClaimChange) {
    let owner = claims.get(change.key_hash()).cloned();
    match change {
        ClaimChange::Take { key_hash, stream, .. } => {
            assert!(owner.is_none_or(|owner| owner == stream.as_str()), "taken from its owner");
            claims.insert(key_hash.clone(), stream.to_string());
        }
        ClaimChange::Release { key_hash, stream, .. } => {
            assert!(owner.is_none_or(|owner| owner == stream.as_str()), "released by another");
            claims.remove(key_hash);
        }
        ClaimChange::LetGo { key_hash, stream, .. } => {
            if owner.as_deref() == Some(stream.as_str()) {
                claims.remove(key_hash);
            }
        }
        ClaimChange::Transfer { key_hash, from, to, .. } => {
            assert_eq!(owner.as_deref(), Some(from.as_str()), "handed on by another");
            claims.insert(key_hash.clone(), to.to_string());
        }
        ClaimChange::Unheld { stream, .. } => {
            assert!(claims.values().all(|owner| owner != stream.as_str()), "still held");
        }
    }
}

async fn run(ops: Vec<Op>) {
    let scene = Scene::new().await;
    let stores = [scene.store.clone(), scene.another_store()];
    let shared = Arc::new(Mutex::new(Shared::default()));
    let callers = (0..CALLERS).map(|caller| {
        let ops = ops.iter().skip(caller).step_by(CALLERS).cloned().collect();
        tokio::spawn(drive(stores[caller % 2].clone(), ops, shared.clone()))
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let events = scene.events().await;
    checked_log::check(&events);
    let shared = std::mem::take(&mut *shared.lock().unwrap());
    assert_eq!(shared.answers.len(), ops.len(), "every append has an answer");
    let mut conn = scene.connect().await;
    for (hash, owner) in explain(&shared, &events) {
        let held = format!(
            "SELECT count(*) FROM claims WHERE scope = '{SCOPE}' AND key_hash = '\\x{:02x}' AND stream_id = '{owner}'",
            hash[0]
        );
        assert_eq!(count(&mut conn, &held).await, 1, "claim {hash:?} of {owner}");
    }
    let claims = explain(&shared, &events).len() as i64;
    assert_eq!(count(&mut conn, "SELECT count(*) FROM claims").await, claims);
    assert_eq!(count(&mut conn, "SELECT position AS count FROM log_head").await, events.len() as i64);
    for (_, result) in &shared.answers {
        use AppendError::{ClaimTaken, Conflict};
        assert!(matches!(result, Ok(_) | Err(Conflict { .. } | ClaimTaken { .. })), "{result:?}");
    }
}

#[test]
fn every_answer_is_explained_by_the_order_of_the_log() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let config = Config { cases: 8, failure_persistence: None, max_shrink_iters: 20, ..Config::default() };
    let ran = TestRunner::new(config).run(&vec(op(), 100..250), |ops| {
        runtime.block_on(run(ops));
        Ok(())
    });
    ran.unwrap();
}
