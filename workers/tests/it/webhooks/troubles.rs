//! Trouble that is not of the server's making, and servers whose trouble is not to be that of others.

use std::time::Duration;

use bootstrap::BreakerSettings;
use chrono::{TimeDelta, Utc};
use domain::users::Locale;
use uuid::{NoContext, Timestamp, Uuid};
use workers::webhooks::WEBHOOK_QUEUE;

use super::scene::{Scene, Wanted};
use crate::installation::eventually;

const HIDE_KEYS: &str = "ALTER TABLE subject_keys RENAME TO hidden_keys";
const SHOW_KEYS: &str = "ALTER TABLE hidden_keys RENAME TO subject_keys";

async fn put_off(scene: &Scene, attempt: &str) {
    let job = format!("jobs WHERE kind = 'webhooks.deliver' AND state = 'scheduled' AND attempt = {attempt}");
    eventually("it is put off", || async { scene.count(&job).await == 1 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_of_our_own_costs_no_attempts_and_the_last_one_is_taken_up_again() {
    let scene = Scene::set().await;
    scene.create(scene.wanting(&["user.registered"])).await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.installation.run(HIDE_KEYS).await;
    let _worker = scene.worker().await;
    put_off(&scene, "0").await;
    scene.deliveries(1, "pending").await;
    scene.installation.run("UPDATE jobs SET attempt = max_attempts - 1 WHERE kind = 'webhooks.deliver'").await;
    scene.installation.retry_waiting_jobs_of(WEBHOOK_QUEUE).await;
    // If the worker were killed now, nothing would wait for ever.
    scene.deliveries(1, "failed").await;
    assert_eq!(scene.count("webhook_deliveries WHERE failure = 'abandoned'").await, 1);
    put_off(&scene, "max_attempts - 1").await;
    scene.installation.run(SHOW_KEYS).await;
    scene.installation.retry_waiting_jobs_of(WEBHOOK_QUEUE).await;
    scene.deliveries(1, "delivered").await;
    assert_eq!((scene.count("webhook_attempts").await, scene.receiver.received().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_of_our_own_that_does_not_end_ends_the_delivery() {
    let scene = Scene::set().await;
    scene.create(scene.wanting(&["user.registered"])).await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.installation.run(HIDE_KEYS).await;
    let _worker = scene.worker().await;
    put_off(&scene, "0").await;
    let week_ago = Utc::now() - TimeDelta::days(7);
    let id = Uuid::new_v7(Timestamp::from_unix(NoContext, week_ago.timestamp() as u64, 0));
    scene.installation.run(&format!("UPDATE jobs SET id = '{id}' WHERE kind = 'webhooks.deliver'")).await;
    scene.installation.retry_waiting_jobs_of(WEBHOOK_QUEUE).await;
    scene.deliveries(1, "failed").await;
    assert_eq!(scene.count("webhook_deliveries WHERE failure = 'abandoned'").await, 1);
    eventually("its job has ended", || async {
        scene.count("jobs WHERE kind = 'webhooks.deliver' AND state = 'cancelled'").await == 1
    })
    .await;
    scene.installation.run(SHOW_KEYS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_backlog_of_a_server_that_is_away_does_not_keep_others_waiting() {
    let scene = Scene::set().await;
    let away = scene.create(Wanted { url: "http://127.0.0.1:1/hook".to_owned(), ..scene.wanting(&["user.*"]) }).await;
    let fine = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene
        .worker_with(|_, options| {
            options.deliveries.breaker = BreakerSettings { failures: 1, cool_down: Duration::from_secs(2) };
            options.jobs.queues.iter_mut().filter(|(name, _)| name == WEBHOOK_QUEUE).for_each(|queue| queue.1 = 1);
        })
        .await;
    for number in 0..40 {
        scene.installation.register(&format!("user{number}@example.com"), None, Locale::En).await;
    }
    scene.deliveries(40, "delivered").await;
    assert_eq!(scene.count(&format!("webhook_deliveries WHERE webhook_id = '{fine}' AND attempts = 1")).await, 40);
    let of_it = format!("webhook_deliveries WHERE webhook_id = '{away}' AND state = 'pending'");
    assert_eq!(scene.count(&of_it).await, 40);
    // All but those that found out come again in half a minute at the soonest, and not at the same time.
    let put_off = "jobs WHERE kind = 'webhooks.deliver' AND state = 'scheduled' AND run_at > now() + interval '15 s'";
    eventually("the others wait", || async { scene.count(put_off).await >= 30 }).await;
    let seconds = format!("(SELECT DISTINCT date_trunc('second', run_at) FROM {put_off}) AS s");
    assert!(scene.count(&seconds).await > 5);
}
