//! Servers that refuse, point elsewhere, hang, never end, or want to be left alone.

use std::time::Duration;

use bootstrap::{BreakerSettings, health::State};
use chrono::{TimeDelta, Utc};
use domain::users::Locale;
use test_support::HttpReply;
use workers::webhooks::WEBHOOK_QUEUE;

use super::scene::{Scene, Wanted};
use crate::installation::eventually;

async fn attempts_as(scene: &Scene, condition: &str) -> i64 {
    scene.count(&format!("webhook_attempts WHERE {condition}")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_taken_is_sent_again_under_the_same_id() {
    let scene = Scene::set().await;
    let moved = vec![("location", scene.receiver.url())];
    scene.receiver.reply_next([
        HttpReply::Full(500, vec![], b"no room".to_vec()),
        HttpReply::Full(302, moved, vec![]),
        HttpReply::Close,
    ]);
    scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    for made in 1..=3 {
        scene.attempts(made).await;
        scene.deliveries(1, "pending").await;
        scene.time_passes().await;
    }
    scene.deliveries(1, "delivered").await;
    let received = scene.receiver.received();
    assert_eq!(received.len(), 4, "and nothing was sent to where it pointed");
    assert!(received.iter().all(|request| request.body == received[0].body));
    assert_eq!(attempts_as(&scene, "attempt = 1 AND outcome = 'refused' AND status = 500").await, 1);
    assert_eq!(attempts_as(&scene, "attempt = 1 AND response LIKE 's1.%'").await, 1, "the answer is sealed");
    assert_eq!(attempts_as(&scene, "attempt = 2 AND outcome = 'redirected' AND status = 302").await, 1);
    assert_eq!(attempts_as(&scene, "attempt = 3 AND outcome = 'broken_off' AND status IS NULL").await, 1);
    assert_eq!(scene.count("webhook_health").await, 0, "it has succeeded since");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_for_a_pause_gets_it_and_a_short_one_shortens_nothing() {
    let scene = Scene::set().await;
    let pause = |seconds: &str| HttpReply::Full(503, vec![("retry-after", seconds.to_owned())], vec![]);
    scene.receiver.reply_next([pause("3600"), pause("999999999"), pause("0")]);
    scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    for (made, minutes) in [(1, 60), (2, 24 * 60), (3, 30)] {
        scene.attempts(made).await;
        eventually("it waits", || async { scene.installation.jobs_of(WEBHOOK_QUEUE).await[0].state == "retrying" })
            .await;
        let wait = scene.installation.jobs_of(WEBHOOK_QUEUE).await[0].run_at - Utc::now();
        let about = TimeDelta::minutes(minutes);
        // Up to a tenth more, so that not all come back at once; the step of thirty minutes may be less, too.
        let least = if minutes == 30 { about * 9 / 10 } else { about };
        assert!(wait > least - TimeDelta::minutes(1) && wait < about * 11 / 10, "{wait} after {made}");
        scene.time_passes().await;
    }
    scene.deliveries(1, "delivered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_last_attempt_a_delivery_has_failed() {
    let scene = Scene::set().await;
    scene.receiver.reply_always(Some(HttpReply::Status(400)));
    scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    eventually("it has been tried as often as it is", || async {
        scene.installation.retry_waiting_jobs_of(WEBHOOK_QUEUE).await;
        scene.count("webhook_attempts").await == 10
    })
    .await;
    scene.deliveries(1, "failed").await;
    assert_eq!(scene.count("webhook_deliveries WHERE attempts = 10 AND failure = 'refused'").await, 1);
    assert_eq!(scene.count("jobs WHERE kind = 'webhooks.deliver' AND state = 'discarded'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_servers_are_given_up_and_long_answers_are_not_read() {
    let scene = Scene::set().await;
    scene.receiver.reply_next([HttpReply::Hang, HttpReply::Endless]);
    scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(1).await;
    scene.time_passes().await;
    scene.deliveries(1, "delivered").await;
    assert_eq!(attempts_as(&scene, "outcome = 'timed_out' AND duration_ms BETWEEN 900 AND 5000").await, 1);
    // 2 KiB, sealed.
    assert_eq!(attempts_as(&scene, "outcome = 'delivered' AND length(response) BETWEEN 2048 AND 3000").await, 1);
    eventually("the connection has ended", || async {
        let before = scene.receiver.written();
        tokio::time::sleep(Duration::from_millis(100)).await;
        scene.receiver.written() == before
    })
    .await;
    assert!(scene.receiver.written() < 64 << 20, "{}", scene.receiver.written());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_fails_again_and_again_is_left_alone_and_that_costs_no_attempts() {
    let scene = Scene::set().await;
    scene.receiver.reply_always(Some(HttpReply::Status(500)));
    scene.create(scene.wanting(&["user.registered"])).await;
    let worker = scene
        .worker_with(|config, options| {
            config.webhooks.concurrency = 1;
            options.deliveries.breaker = BreakerSettings { failures: 2, cool_down: Duration::from_secs(2) };
            for (queue, concurrency) in &mut options.jobs.queues {
                if queue == WEBHOOK_QUEUE {
                    *concurrency = 1;
                }
            }
        })
        .await;
    assert_eq!(worker.health_of("webhooks").await, Some(State::Up));
    for number in 0..6 {
        scene.installation.register(&format!("user{number}@example.com"), None, Locale::En).await;
    }
    let left_alone = || async { worker.health_of("webhooks").await == Some(State::Degraded) };
    eventually("it is left alone", left_alone).await;
    eventually("the others wait", || async {
        scene.count("jobs WHERE kind = 'webhooks.deliver' AND state = 'scheduled' AND attempt = 0").await >= 3
    })
    .await;
    assert!(scene.receiver.received().len() <= 3);
    scene.receiver.reply_always(None);
    eventually("all are delivered", || async {
        scene.installation.retry_waiting_jobs_of(WEBHOOK_QUEUE).await;
        scene.count("webhook_deliveries WHERE state = 'delivered'").await == 6
    })
    .await;
    eventually("it is not left alone", || async { worker.health_of("webhooks").await == Some(State::Up) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_or_speaks_no_tls_is_not_reached() {
    let scene = Scene::set().await;
    let no_tls = scene.receiver.url().replace("http://", "https://");
    for url in [no_tls, "http://127.0.0.1:1/hook".to_owned()] {
        scene.create(Wanted { url, ..scene.wanting(&["user.registered"]) }).await;
    }
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(2).await;
    assert_eq!(attempts_as(&scene, "outcome = 'unreachable' AND status IS NULL").await, 1);
    // It waits for a greeting that never comes.
    assert_eq!(attempts_as(&scene, "outcome = 'timed_out' AND status IS NULL").await, 1);
    assert!(scene.receiver.received().is_empty());
}
