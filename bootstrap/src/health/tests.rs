//! How checks add up, and that probes cannot hammer what is being checked.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn registry_of(checks: &[(&str, Impact, Outcome)]) -> Registry {
    let registry = Registry::new(Shutdown::new());
    for (name, impact, outcome) in checks.iter().cloned() {
        registry.register(name, impact, move || std::future::ready(outcome.clone()));
    }
    registry
}

#[tokio::test]
async fn a_process_without_checks_is_up() {
    let report = registry_of(&[]).report().await;
    assert_eq!((report.status, report.http_status()), (State::Up, 200));
}

#[tokio::test]
async fn a_partial_check_that_is_down_degrades_the_process() {
    let registry = registry_of(&[
        ("database", Impact::Critical, Outcome::up()),
        ("redis", Impact::Partial, Outcome::down("no connection to Redis")),
    ]);
    let report = registry.report().await;
    assert_eq!((report.status, report.http_status()), (State::Degraded, 200));
    let mut json = serde_json::to_value(&report).unwrap();
    for check in ["database", "redis"] {
        assert!(json["checks"][check]["latency_ms"].take().as_f64().unwrap() >= 0.0);
    }
    assert_eq!(
        json,
        serde_json::json!({"status": "degraded", "version": env!("CARGO_PKG_VERSION"), "checks": {
            "database": {"state": "up", "latency_ms": null},
            "redis": {"state": "down", "latency_ms": null, "detail": "no connection to Redis"},
        }})
    );
}

#[tokio::test]
async fn a_critical_check_that_is_down_takes_the_process_down() {
    let registry = registry_of(&[
        ("database", Impact::Critical, Outcome::down("no connection to PostgreSQL")),
        ("disk", Impact::Partial, Outcome::degraded("900 MiB free")),
    ]);
    let report = registry.report().await;
    assert_eq!((report.status, report.http_status()), (State::Down, 503));
}

#[tokio::test]
async fn a_check_that_hangs_is_down_after_its_time_out() {
    let registry = Registry::new(Shutdown::new());
    registry.register("database", Impact::Critical, std::future::pending);
    let report = registry.report().await;
    assert_eq!(report.checks["database"].detail.as_deref(), Some("no answer within 2 s"));
    assert_eq!(report.status, State::Down);
}

#[tokio::test]
async fn a_check_that_panics_is_down_and_leaves_the_others_alone() {
    let registry = registry_of(&[("redis", Impact::Partial, Outcome::up())]);
    registry.register("broken", Impact::Partial, || async { panic!("a seeded bug") });
    let report = registry.report().await;
    assert_eq!(report.checks["broken"].detail.as_deref(), Some("the check panicked"));
    assert_eq!((report.checks["redis"].state, report.status), (State::Up, State::Degraded));
}

#[tokio::test]
async fn probes_within_a_second_share_one_run() {
    let (registry, runs) = (Registry::new(Shutdown::new()), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&runs);
    registry.register("counted", Impact::Critical, move || {
        counted.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Outcome::up())
    });
    let started = Instant::now();
    futures::future::join_all((0..200).map(|_| registry.report())).await;
    let allowed = 1 + started.elapsed().as_secs() as usize;
    assert!(runs.load(Ordering::SeqCst) <= allowed, "{} runs", runs.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_stopping_process_is_not_ready_even_from_the_cache() {
    let shutdown = Shutdown::new();
    let registry = Registry::new(shutdown.clone());
    assert_eq!(registry.report().await.http_status(), 200);
    shutdown.request();
    let report = registry.report().await;
    assert_eq!(report.http_status(), 503);
    assert_eq!(report.checks["process"].detail.as_deref(), Some("the process is stopping"));
}

#[tokio::test]
async fn the_disk_of_the_working_directory_can_be_judged() {
    let registry = Registry::new(Shutdown::new());
    disk_space(&registry, ".");
    let report = registry.report().await;
    assert_ne!(report.checks["disk"].detail.as_deref(), Some("free space is unknown"));
}
