//! Accounts: what a storm of sign-ins leaves of everything else, how fast sessions are refreshed and tokens checked.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context as _;
use api::auth::Tokens;
use bootstrap::config::SecretKey;
use domain::users::UserId;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use url::Url;
use uuid::Uuid;

use crate::{
    application::{Application, PASSWORD, Wiring},
    http::Client,
    report::Report,
};

const SCENARIO: &str = "identity";
/// Readers and as many writers, each on a connection of their own.
const USERS: usize = 8;
const STORM: usize = 200;
const WARM_UP: Duration = Duration::from_secs(1);
/// What the product uses: a hash takes about 230 ms.
const PASSWORD_COST: u32 = 12;
const TOKEN_CHECKS: usize = 2_000;

pub(crate) async fn run(report: &mut Report, seconds: u64) -> anyhow::Result<()> {
    tokens(report).await?;
    let application = Application::start_with(Wiring::Embedded, PASSWORD_COST).await?;
    let mut people = vec![];
    for number in 0..USERS {
        people.push(application.person(number).await?);
    }
    refreshes(report, &application, seconds).await?;
    storm(report, &application, &people, seconds).await?;
    application.stop().await
}

/// A signature is checked once per token and process; after that the token is looked up.
async fn tokens(report: &mut Report) -> anyhow::Result<()> {
    let tokens = Tokens::new(&SecretKey::generate(), &Url::parse("https://bench.example")?)?;
    let issue =
        || tokens.issue(UserId::from_uuid(Uuid::now_v7()), Uuid::now_v7(), Default::default()).map(|(token, _)| token);
    let issued = (0..TOKEN_CHECKS).map(|_| issue()).collect::<Result<Vec<_>, _>>()?;
    for (name, target) in [("token check, first time", "<= 60"), ("token check, remembered", "<= 5")] {
        let started = Instant::now();
        for token in &issued {
            tokens.verify(token).await?;
        }
        let micros = started.elapsed().as_secs_f64() * 1e6 / TOKEN_CHECKS as f64;
        report.add_with_target(SCENARIO, name, micros, "us", Some(target));
    }
    Ok(())
}

/// Reads and commands alone, then beside sign-ins with addresses that nobody has: a hash is computed for each. Whoever is sent
/// away comes back when told to. Last of all, since what waits for a hash then waits on.
async fn storm(report: &mut Report, application: &Application, people: &[String], seconds: u64) -> anyhow::Result<()> {
    let alone = work(application, people, seconds).await?;
    report.add(SCENARIO, "reads, nobody signs in", alone.0, "requests/s");
    report.add(SCENARIO, "commands, nobody signs in", alone.1, "requests/s");
    let stop = Arc::new(AtomicBool::new(false));
    let evaluated = Arc::new(AtomicU64::new(0));
    let mut guessers = JoinSet::new();
    for number in 0..STORM {
        let client = Client::connect(application.address).await?;
        guessers.spawn(guess(client, number, stop.clone(), evaluated.clone()));
    }
    let stormed = work(application, people, seconds).await?;
    stop.store(true, Ordering::Relaxed);
    guessers.abort_all();
    while let Some(guesser) = guessers.join_next().await {
        guesser.unwrap_or(Ok(()))?;
    }
    for (what, alone, stormed) in [("reads", alone.0, stormed.0), ("commands", alone.1, stormed.1)] {
        report.add(SCENARIO, format!("{what}, {STORM} sign in all the time"), stormed, "requests/s");
        report.add_with_target(SCENARIO, format!("{what} left by the storm"), stormed / alone, "x", Some(">= 0.7"));
    }
    let rate = evaluated.load(Ordering::Relaxed) as f64 / (WARM_UP.as_secs() + seconds) as f64;
    report.add(SCENARIO, "passwords looked at meanwhile", rate, "passwords/s");
    Ok(())
}

/// Reads and commands a second.
async fn work(application: &Application, people: &[String], seconds: u64) -> anyhow::Result<(f64, f64)> {
    let begin = Instant::now() + WARM_UP;
    let end = begin + Duration::from_secs(seconds);
    let (mut readers, mut writers) = (JoinSet::new(), JoinSet::new());
    for token in people {
        readers.spawn(repeat(Client::connect(application.address).await?, "GET", token.clone(), begin, end));
        writers.spawn(repeat(Client::connect(application.address).await?, "PATCH", token.clone(), begin, end));
    }
    let total = |counts: Vec<anyhow::Result<u64>>| counts.into_iter().sum::<anyhow::Result<u64>>();
    let (reads, writes) = (total(readers.join_all().await)?, total(writers.join_all().await)?);
    Ok((reads as f64 / seconds as f64, writes as f64 / seconds as f64))
}

/// Reads or changes one's own profile over and over; returns how often between `begin` and `end`.
async fn repeat(
    mut client: Client,
    method: &'static str,
    token: String,
    begin: Instant,
    end: Instant,
) -> anyhow::Result<u64> {
    let headers = format!("authorization: Bearer {token}\r\n");
    let mut count = 0;
    for number in 0usize.. {
        let started = Instant::now();
        if started >= end {
            break;
        }
        let body = match method {
            "PATCH" => json!({ "display_name": format!("Person {number}") }).to_string(),
            _ => String::new(),
        };
        client.send(method, "/v1/users/me", &headers, &body).await?.json(200)?;
        count += u64::from(started >= begin);
    }
    Ok(count)
}

/// Signs in with one unknown address after the other; counts the passwords that were looked at.
async fn guess(
    mut client: Client,
    number: usize,
    stop: Arc<AtomicBool>,
    evaluated: Arc<AtomicU64>,
) -> anyhow::Result<()> {
    for attempt in 0usize.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let email = format!("nobody-{number}-{attempt}@example.org");
        let body = json!({ "email": email, "password": "not the right password" }).to_string();
        let answer = client.send("POST", "/v1/auth/login", "", &body).await?;
        match answer.status {
            401 => drop(evaluated.fetch_add(1, Ordering::Relaxed)),
            // Sent away, and told when to come back.
            _ => tokio::time::sleep(answer.retry_after.unwrap_or(WARM_UP)).await,
        }
    }
    Ok(())
}

/// Each session's refresh token is exchanged over and over.
async fn refreshes(report: &mut Report, application: &Application, seconds: u64) -> anyhow::Result<()> {
    let mut signed_in = vec![];
    for number in 0..USERS * 2 {
        let mut client = Client::connect(application.address).await?;
        let credentials =
            json!({ "email": format!("person-{}@example.org", number % USERS), "password": PASSWORD }).to_string();
        let session = client.send("POST", "/v1/auth/login", "", &credentials).await?.json(200)?;
        signed_in.push((client, session));
    }
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    let sessions: JoinSet<_> = signed_in.into_iter().map(|(client, session)| refresh(client, session, end)).collect();
    let counts = sessions.join_all().await.into_iter().sum::<anyhow::Result<u64>>()?;
    let rate = counts as f64 / began.elapsed().as_secs_f64();
    report.add_with_target(SCENARIO, "sessions refreshed", rate, "refreshes/s", Some(">= 2000"));
    Ok(())
}

async fn refresh(mut client: Client, mut session: Value, end: Instant) -> anyhow::Result<u64> {
    let mut count = 0;
    while Instant::now() < end {
        let token = session["refresh_token"].as_str().context("no refresh token")?;
        let body = json!({ "refresh_token": token }).to_string();
        session = client.send("POST", "/v1/auth/refresh", "", &body).await?.json(200)?;
        count += 1;
    }
    Ok(count)
}
