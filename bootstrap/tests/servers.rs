//! The built-in checks against real servers, and against ports where nobody listens.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use bootstrap::{
    Shutdown,
    config::Dsn,
    db, health,
    health::{Registry, State},
    process, redis_pool,
};

fn variable(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn database_url() -> String {
    variable("TIDEMARK_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
}

fn register_all(registry: &Registry, database: &str, redis: &str, amqp: &str) {
    health::database(registry, "database", db::pool(database, 1).unwrap());
    let redis = Dsn::parse(redis, &["redis"]).unwrap();
    health::redis(registry, redis_pool::pool(&redis, 1).unwrap());
    health::broker(registry, &Dsn::parse(amqp, &["amqp"]).unwrap());
}

#[tokio::test]
async fn running_servers_are_up() {
    process::install_crypto();
    let registry = Registry::new(Shutdown::new());
    let redis = variable("TIDEMARK_TEST_REDIS_URL", "redis://127.0.0.1:6379");
    let amqp = variable("TIDEMARK_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/%2f");
    register_all(&registry, &database_url(), &redis, &amqp);
    let report = registry.report().await;
    assert_eq!(report.status, State::Up, "{report:?}");
}

#[tokio::test]
async fn absent_servers_are_down_and_only_the_database_takes_the_process_with_it() {
    process::install_crypto();
    // A port that was free a moment ago; nothing listens on it.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let registry = Registry::new(Shutdown::new());
    let absent = |scheme: &str| format!("{scheme}://u:secret-word@127.0.0.1:{port}");
    register_all(&registry, &database_url(), &absent("redis"), &absent("amqp"));
    let report = registry.report().await;
    assert_eq!(
        (report.status, report.checks["redis"].state, report.checks["broker"].state),
        (State::Degraded, State::Down, State::Down)
    );

    let registry = Registry::new(Shutdown::new());
    register_all(&registry, &absent("postgres"), &absent("redis"), &absent("amqp"));
    let report = registry.report().await;
    assert_eq!(report.http_status(), 503);
    let shown = serde_json::to_string(&report).unwrap();
    assert!(!shown.contains("secret-word") && !shown.contains("127.0.0.1"), "{shown}");
}

#[tokio::test]
async fn a_busy_pool_is_degraded_rather_than_down() {
    let pool = db::pool(&database_url(), 1).unwrap();
    let registry = Registry::new(Shutdown::new());
    health::database(&registry, "database", pool.clone());
    let _held = pool.get().await.unwrap();
    let report = registry.report().await;
    assert_eq!(report.checks["database"].detail.as_deref(), Some("all connections are busy"));
    assert_eq!(report.http_status(), 200);
}
