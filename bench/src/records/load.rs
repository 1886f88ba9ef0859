//! People who create, read and list records, each on a connection of their own; all on one thread that does nothing else, as
//! pgbench has it, so that the server's threads are the server's.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use domain::collections::CollectionId;
use futures::future::try_join_all;
use rand::RngExt;
use serde_json::json;
use tokio::runtime::Builder;
use uuid::Uuid;

use crate::http::Client;

const WARM_UP: Duration = Duration::from_secs(2);
const RECORDS: &str = "/v1/collections/items/records";

/// What they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Create,
    Get,
    List,
}

pub(super) struct Load {
    pub(super) address: SocketAddr,
    /// Their access tokens.
    pub(super) people: Vec<String>,
    pub(super) ids: Vec<Uuid>,
    pub(super) time: Duration,
    pub(super) collection: CollectionId,
}

impl Load {
    /// Requests per second.
    pub(super) async fn drive(&self, kind: Kind) -> anyhow::Result<f64> {
        ensure!(!self.ids.is_empty(), "collection {} has no records", self.collection.as_uuid());
        let (address, people, ids) = (self.address, self.people.clone(), Arc::new(self.ids.clone()));
        let begin = Instant::now() + WARM_UP;
        let end = begin + self.time;
        let requests = move || {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let people = people.into_iter().map(|token| {
                let ids = Arc::clone(&ids);
                runtime
                    .spawn(async move { person(Client::connect(address).await?, token, kind, ids, begin, end).await })
            });
            let people: Vec<_> = people.collect();
            let answered = runtime.block_on(try_join_all(people))?;
            answered.into_iter().sum::<anyhow::Result<usize>>()
        };
        let answered = tokio::task::spawn_blocking(requests).await??;
        Ok(answered as f64 / self.time.as_secs_f64())
    }
}

/// How many requests were answered.
async fn person(
    mut client: Client,
    token: String,
    kind: Kind,
    ids: Arc<Vec<Uuid>>,
    begin: Instant,
    end: Instant,
) -> anyhow::Result<usize> {
    let (mut count, authorization) = (0, format!("authorization: Bearer {token}\r\n"));
    loop {
        let number: usize = rand::rng().random_range(0..1_000_000);
        let (method, target, headers, body) = match kind {
            Kind::Create => {
                let headers = format!("{authorization}idempotency-key: \"{}\"\r\n", Uuid::now_v7());
                let body = json!({
                    "title": format!("Title {number}"), "body": "x".repeat(120), "status": format!("state{}", number % 400),
                    "rank": number % 100_000,
                });
                ("POST", RECORDS.to_owned(), headers, body.to_string())
            }
            Kind::Get => {
                let id = ids.get(number % ids.len()).context("no id")?;
                ("GET", format!("{RECORDS}/{id}"), authorization.clone(), String::new())
            }
            Kind::List => {
                let filter = format!("record.status%20%3D%3D%20%22state{}%22", number % 400);
                ("GET", format!("{RECORDS}?limit=20&filter={filter}"), authorization.clone(), String::new())
            }
        };
        if Instant::now() >= end {
            return Ok(count);
        }
        let answer = client.send(method, &target, &headers, &body).await?;
        let expected = if kind == Kind::Create { 201 } else { 200 };
        ensure!(answer.status == expected, "{method}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        if Instant::now() >= begin {
            count += 1;
        }
    }
}
