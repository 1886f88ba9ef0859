//! Commands over HTTP: signed-in people change their profiles, each on a connection of their own.

use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;

use crate::{
    application::{Application, Wiring},
    http::Client,
    report::{Report, quantile_ms},
};

const SCENARIO: &str = "command";
const CONNECTIONS: usize = 32;
const WARM_UP: Duration = Duration::from_secs(1);

pub(crate) async fn run(report: &mut Report, seconds: u64) -> anyhow::Result<()> {
    let application = Application::start(Wiring::Embedded).await?;
    let mut people = vec![];
    for number in 0..CONNECTIONS {
        people.push((Client::connect(application.address).await?, application.person(number).await?));
    }
    let begin = Instant::now() + WARM_UP;
    let end = begin + Duration::from_secs(seconds);
    let callers = people.into_iter().map(|(client, token)| tokio::spawn(change_profiles(client, token, begin, end)));
    let callers: Vec<_> = callers.collect();
    let mut latencies = vec![];
    for caller in callers {
        latencies.extend(caller.await??);
    }
    let rate = latencies.len() as f64 / seconds as f64;
    report.add(SCENARIO, format!("PATCH /v1/users/me, {CONNECTIONS} connections"), rate, "requests/s");
    report.add(SCENARIO, "PATCH /v1/users/me, p50", quantile_ms(&mut latencies, 0.5), "ms");
    report.add(SCENARIO, "PATCH /v1/users/me, p99", quantile_ms(&mut latencies, 0.99), "ms");
    application.stop().await
}

async fn change_profiles(
    mut client: Client,
    token: String,
    begin: Instant,
    end: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = vec![];
    for number in 0usize.. {
        let headers = format!("authorization: Bearer {token}\r\nidempotency-key: \"{}\"\r\n", Uuid::now_v7());
        let body = json!({ "display_name": format!("Person {number}") }).to_string();
        let started = Instant::now();
        if started >= end {
            break;
        }
        client.send("PATCH", "/v1/users/me", &headers, &body).await?.json(200)?;
        if started >= begin {
            latencies.push(started.elapsed());
        }
    }
    Ok(latencies)
}
