//! Workers that are killed in the middle of a step: real processes, and SIGKILL.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use bootstrap::{Shutdown, Tasks};
use chrono::{TimeDelta, Utc};
use domain::{Aggregate, users::UserId};
use event_store::{EventStore, Execution, Head, StreamId, log};
use orders::domain::{Basket, Currency, Item, Method, Order, PlaceOrder, Sku};
use test_support::{SmtpSink, TestDatabase};
use tests::wait;
use uuid::Uuid;

use crate::{
    provider::{Fault, Provider},
    shop::{database, variables},
};

/// Longer than a killed process keeps its leases.
const PATIENCE: Duration = Duration::from_secs(60);

struct Installation {
    database: TestDatabase,
    sink: SmtpSink,
    provider: Provider,
    store: EventStore,
}

/// `orders run --role worker`, killed with this value at the latest.
struct WorkerProcess(Child);

impl Installation {
    async fn new() -> Self {
        let (database, sink, provider) = (database().await, SmtpSink::start().await, Provider::open().await);
        let (tasks, pool) = (Tasks::new(Shutdown::new()), database.pool(2));
        let store = EventStore::open(database.url(), pool, Head::new(), &tasks, Default::default());
        Self { database, sink, provider, store }
    }

    fn worker(&self) -> WorkerProcess {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
        for name in ["AMQP_URL", "REDIS_URL", "RUST_LOG", "TIDEMARK_CONFIG"] {
            command.env_remove(name);
        }
        command.args(["run", "--role", "worker"]).current_dir(std::env::temp_dir());
        command.envs(variables(&self.database, &self.sink, &self.provider));
        // The answer to a charge is waited for until the kill.
        command.env("TIDEMARK_JOBS__LEASE_SECONDS", "5").env("TIDEMARK_ORDERS__CARD_TIMEOUT_SECONDS", "60");
        WorkerProcess(command.stdout(Stdio::null()).spawn().unwrap())
    }

    /// Places an order as the API does, for somebody who has no account and so gets no mail.
    async fn order(&self) -> String {
        let item = Item { sku: Sku::parse("tea").unwrap(), quantity: 2, unit_price: 450 };
        let (id, at) = (Uuid::now_v7(), Utc::now());
        let command = PlaceOrder {
            customer: UserId::from_uuid(Uuid::now_v7()),
            basket: Basket::of(vec![item], Currency::parse("EUR").unwrap()).unwrap(),
            method: Method::Card,
            pay_by: at + TimeDelta::minutes(15),
            at,
        };
        let stream = StreamId::new(Order::CATEGORY, id);
        self.store.execute(&stream, command, Execution::new(Uuid::now_v7())).await.unwrap();
        id.to_string()
    }

    async fn ends(&self, order: &str, with: &str) -> Vec<String> {
        let stream = StreamId::new(Order::CATEGORY, order.parse().unwrap());
        wait::until(with, PATIENCE, async || {
            let events = log::stream(&mut self.database.connect().await, stream.as_str(), 0, 100).await.unwrap();
            let types: Vec<String> = events.into_iter().map(|event| event.event_type).collect();
            types.last().is_some_and(|last| last == with).then_some(types)
        })
        .await
    }
}

impl WorkerProcess {
    /// SIGKILL: nothing of it gets to say goodbye.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The money is taken, and the worker dies before it can write that down.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_between_charge_and_record_charges_nobody_twice() {
    let installation = Installation::new().await;
    installation.provider.will([Fault::HangBooked]);
    let order = installation.order().await;
    let first = installation.worker();
    let charged = || installation.provider.charged(&order);
    wait::until("the charge", PATIENCE, async || (!charged().is_empty()).then_some(())).await;
    first.kill();
    assert_eq!(installation.ends(&order, "order.payment_requested").await.len(), 2, "nothing of it is written down");

    let _second = installation.worker();
    let expected = ["order.placed", "order.payment_requested", "order.paid", "order.confirmed"];
    assert_eq!(installation.ends(&order, "order.confirmed").await, expected);
    assert_eq!(charged(), [900]);
    assert_eq!(installation.provider.requests(), 2, "the second asked under the same key");
}

/// Killed again and again while orders are being paid, wherever each of them stands.
#[tokio::test(flavor = "multi_thread")]
async fn workers_that_are_killed_at_any_moment_finish_every_order_in_the_end() {
    let installation = Installation::new().await;
    let mut orders = vec![];
    for _ in 0..12 {
        orders.push(installation.order().await);
    }
    // Each life takes one more of the steps.
    for requests in [1, 4, 8] {
        let worker = installation.worker();
        let asked = async || (installation.provider.requests() >= requests).then_some(());
        wait::until("requests", PATIENCE, asked).await;
        worker.kill();
    }
    let _last = installation.worker();
    for order in &orders {
        let expected = ["order.placed", "order.payment_requested", "order.paid", "order.confirmed"];
        assert_eq!(installation.ends(order, "order.confirmed").await, expected, "{order}");
        assert_eq!(installation.provider.charged(order), [900], "{order}");
    }
}
