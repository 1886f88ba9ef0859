//! The program: its commands know of orders, and its schema goes both ways.

use std::process::{Command, Output};

use bootstrap::migrations;
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use test_support::TestDatabase;

use crate::shop::Shop;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    row: String,
}

fn program(database: &TestDatabase, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
    for name in ["AMQP_URL", "REDIS_URL", "RUST_LOG", "TIDEMARK_CONFIG"] {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(std::env::temp_dir()).env("DATABASE_URL", database.url());
    // The default port may be taken on the machine.
    command.env("TIDEMARK_ADMIN__BIND", "127.0.0.1:0").output().unwrap()
}

#[track_caller]
fn said(database: &TestDatabase, arguments: &[&str]) -> String {
    let output = program(database, arguments);
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn rows(database: &TestDatabase) -> Vec<Value> {
    let query = sql_query("SELECT to_jsonb(o)::text AS row FROM orders o ORDER BY id");
    let rows: Vec<Row> = query.load(&mut database.connect().await).await.unwrap();
    rows.iter().map(|row| serde_json::from_str(&row.row).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_does_not_start_on_a_database_that_lacks_its_migrations() {
    let database = TestDatabase::create().await;
    let output = program(&database, &["run", "--role", "worker"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("lacks 1 migration(s) of orders"), "{error}");
    let migrated = said(&database, &["migrate"]);
    assert_eq!(migrated, "log: up to date\nkeys: up to date\norders: applied 20261126900001\n");
    assert!(said(&database, &["migrate"]).contains("orders: up to date"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_is_wrong_is_told_before_anything_starts() {
    let database = crate::shop::database().await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
    command.args(["run", "--role", "worker"]).current_dir(std::env::temp_dir());
    command.env("DATABASE_URL", database.url()).env("TIDEMARK_ORDERS__CARD_URL", "https://pay.example");
    command.env("TIDEMARK_ADMIN__BIND", "127.0.0.1:0");
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("orders.card_api_key (TIDEMARK_ORDERS__CARD_API_KEY): is required"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_of_orders_goes_up_down_and_up_again() {
    let database = TestDatabase::create().await;
    let up = async || migrations::migrate_extension(database.url(), &orders::MIGRATIONS).await.unwrap();
    assert_eq!(up().await, ["20261126900001"]);
    assert_eq!(up().await, Vec::<String>::new());
    let down = async || migrations::revert_extension(database.url(), &orders::MIGRATIONS).await.unwrap();
    assert_eq!(down().await, ["20261126900001"]);
    assert_eq!(down().await, Vec::<String>::new());
    assert_eq!(up().await, ["20261126900001"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_read_model_is_listed_and_rebuilt_to_the_same_content() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    for payment in ["card", "invoice"] {
        let order = shop.order(&ada, payment).await;
        shop.becomes(&ada, &order, "confirmed").await;
    }
    let before = rows(&shop.database).await;
    assert_eq!(before.len(), 2);
    assert!(said(&shop.database, &["projections", "list"]).contains("orders"));
    let rebuilt = said(&shop.database, &["projections", "rebuild", "orders"]);
    assert!(rebuilt.contains("build 2 serves"), "{rebuilt}");
    assert_eq!(rows(&shop.database).await, before);
    let order = shop.order(&ada, "card").await;
    shop.becomes(&ada, &order, "confirmed").await;
    shop.close().await;
}
