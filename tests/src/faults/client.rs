//! A client of a run: what it does at random, and how it asks again until it knows what came of it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::Shutdown;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Builder;

use super::{
    history::{Answer, Operation, Outcome, Person, Request, Seen},
    load::{Account, Load},
};
use crate::http::{Call, Reply};

/// How long a client waits for one answer: a password takes its time on a busy machine.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);
/// How long it goes on asking for the outcome of one operation.
const RESOLVE_PATIENCE: Duration = Duration::from_secs(90);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(800);
/// Each client begins an operation this often, unless the one before is not finished.
const PACE: Duration = Duration::from_millis(120);

/// What a client is there for. Few deal with passwords: each takes a core for a quarter of a second.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Registers, and signs in.
    Newcomer,
    /// Changes and reads.
    Resident,
}

/// One client: asks one thing at a time, of either api.
#[derive(Debug)]
pub(super) struct Client {
    load: Arc<Load>,
    kind: Kind,
    random: StdRng,
    turn: usize,
}

impl Client {
    pub(super) fn new(load: &Arc<Load>, kind: Kind, seed: u64, number: usize) -> Self {
        let random = StdRng::seed_from_u64(seed ^ (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Self { load: Arc::clone(load), kind, random, turn: number }
    }

    /// Does one thing after the other until it is asked to stop.
    pub(super) async fn run(mut self, stop: Shutdown) {
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_requested() {
            pace.tick().await;
            self.act().await;
        }
    }

    async fn act(&mut self) {
        let Some(account) = self.load.somebody(|count| self.random.random_range(0..count)) else {
            return self.join().await;
        };
        match self.kind {
            Kind::Newcomer => self.come(account.person).await,
            Kind::Resident => self.live(&account).await,
        }
    }

    async fn come(&mut self, person: Person) {
        match self.random.random_range(0..10) {
            0..4 => self.join().await,
            4..6 => self.compete().await,
            6 => self.register(person).await,
            7 => self.register_badly(person).await,
            8 => self.sign_in(person).await,
            _ => self.sign_in_badly(person).await,
        }
    }

    async fn live(&mut self, account: &Account) {
        match self.random.random_range(0..20) {
            0 => self.rename_badly(account).await,
            1..6 => self.rename(account, true).await,
            6..14 => self.rename(account, false).await,
            _ => self.read(account).await,
        }
    }

    /// Registers somebody new and signs them in, while there is room.
    pub(super) async fn join(&mut self) {
        let Some(person) = self.load.newcomer() else { return };
        self.register(person).await;
        self.sign_in(person).await;
    }

    /// Two clients want the same address at the same time.
    async fn compete(&mut self) {
        let Some(person) = self.load.newcomer() else { return };
        let mut other = Self {
            load: Arc::clone(&self.load),
            kind: self.kind,
            random: StdRng::seed_from_u64(self.random.random()),
            turn: self.turn + 1,
        };
        tokio::join!(self.register(person), other.register(person));
        self.sign_in(person).await;
    }

    async fn register(&mut self, person: Person) {
        let body = json!({
            "email": person.email(), "password": person.password(), "display_name": person.first_name(), "locale": "en",
        });
        self.resolve(person, Request::Register, Call::post("/v1/auth/register", body)).await;
    }

    async fn register_badly(&mut self, person: Person) {
        let body = json!({"email": person.email(), "password": "short"});
        self.resolve(person, Request::RegisterBadly, Call::post("/v1/auth/register", body)).await;
    }

    async fn sign_in(&mut self, person: Person) {
        let body = json!({"email": person.email(), "password": person.password()});
        let reply = self.resolve(person, Request::SignIn, Call::post("/v1/auth/login", body)).await;
        let answer = reply.filter(|reply| reply.status == 200).map(|reply| reply.json());
        let Some(token) = answer.and_then(|answer| answer["access_token"].as_str().map(str::to_owned)) else { return };
        self.load.signed_in(person, token);
    }

    async fn sign_in_badly(&mut self, person: Person) {
        let body = json!({"email": person.email(), "password": "not the secret of anybody"});
        self.resolve(person, Request::SignInBadly, Call::post("/v1/auth/login", body)).await;
    }

    async fn rename(&mut self, account: &Account, only_if_unchanged: bool) {
        let name = format!("{} {:08x}", account.person.first_name(), self.random.random::<u32>());
        let mut call = Call::patch("/v1/users/me", json!({"display_name": name})).token(&account.token);
        let expected = account.seen.filter(|_| only_if_unchanged).map(|seen| seen.version);
        if let Some(version) = expected {
            call = call.header("if-match", format!("\"v{version}\""));
        }
        let reply = self.resolve(account.person, Request::Rename { name, expected }, call).await;
        self.remember(account.person, reply.as_ref());
    }

    async fn rename_badly(&mut self, account: &Account) {
        let call = Call::patch("/v1/users/me", json!({"display_name": ""})).token(&account.token);
        self.resolve(account.person, Request::RenameBadly, call).await;
    }

    async fn read(&mut self, account: &Account) {
        let mut call = Call::get("/v1/users/me").token(&account.token);
        if let Some(seen) = account.seen {
            call = call.header("tidemark-after", seen.position);
        }
        let reply = self.resolve(account.person, Request::Read { seen: account.seen }, call).await;
        self.remember(account.person, reply.as_ref());
    }

    fn remember(&self, person: Person, reply: Option<&Reply>) {
        let Some(reply) = reply.filter(|reply| reply.status == 200) else { return };
        let (Some(version), Some(position)) = (reply.version(), reply.position()) else { return };
        self.load.has_seen(person, Seen { version, position });
    }

    /// Asks until it is known what came of it, and writes that down. Another api is asked each time.
    async fn resolve(&mut self, person: Person, request: Request, call: Call) -> Option<Reply> {
        let op_id = Builder::from_random_bytes(self.random.random()).into_uuid();
        let call = call.header("idempotency-key", op_id).header("x-request-id", op_id);
        let (invoke, began, mut pause, mut attempts) = (self.load.now(), Instant::now(), FIRST_PAUSE, 0);
        let (outcome, reply) = loop {
            attempts += 1;
            self.turn += 1;
            let sent = call.send(self.load.apis.pick(self.turn), ANSWER_PATIENCE).await;
            let outcome = match &sent {
                Ok(reply) => judge(reply),
                Err(error) => Outcome::Info(error.to_string()),
            };
            if !matches!(outcome, Outcome::Info(_)) || began.elapsed() > RESOLVE_PATIENCE {
                break (outcome, sent.ok());
            }
            let jitter = 0.5 + f64::from(self.random.next_u32()) / f64::from(u32::MAX) / 2.0;
            tokio::time::sleep(pause.mul_f64(jitter)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        };
        let complete = self.load.now();
        self.load.record(Operation { op_id, person, request, invoke, complete, outcome, attempts });
        reply
    }
}

/// Server errors and answers that ask to come back tell nothing of the outcome.
fn judge(reply: &Reply) -> Outcome {
    match reply.status {
        200..300 => Outcome::Ok(Answer {
            version: reply.version(),
            position: reply.position(),
            name: reply.json()["display_name"].as_str().map(str::to_owned),
        }),
        409 if reply.problem().as_deref() == Some("idempotency_in_flight") => Outcome::Info("in flight".to_owned()),
        408 | 429 | 500.. => Outcome::Info(format!("{} {:?}", reply.status, reply.problem())),
        status => Outcome::Fail(status),
    }
}
