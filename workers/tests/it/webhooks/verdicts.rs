//! When a webhook is disabled for failing, and when that would be too soon.

use chrono::Utc;
use domain::{
    users::Locale,
    webhooks::{ChangeWebhook, DisableWebhook, Disablement, EnableWebhook, RotateWebhookSecret},
};
use test_support::HttpReply;
use uuid::Uuid;

use super::scene::{Scene, secret};

async fn disabled(scene: &Scene, webhook: Uuid) -> Option<Disablement> {
    scene.webhook(webhook).await.endpoint().unwrap().disabled
}

/// The webhook has only failed for six days.
async fn has_failed_for_days(scene: &Scene, webhook: Uuid, failures: i32) {
    let statement = format!(
        "INSERT INTO webhook_health VALUES ('{webhook}', now() - interval '6 days', {failures}) \
         ON CONFLICT (webhook_id) DO UPDATE SET failing_since = excluded.failing_since, failures = excluded.failures"
    );
    scene.installation.run(&statement).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_has_failed_twice_in_days_is_not_disabled() {
    let scene = Scene::set().await;
    scene.receiver.reply_always(Some(HttpReply::Status(500)));
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.caught_up().await;
    has_failed_for_days(&scene, webhook, 1).await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(1).await;
    assert_eq!((scene.count("webhook_health WHERE failures = 2").await, disabled(&scene, webhook).await), (1, None));
    scene.time_passes().await;
    scene.attempts(2).await;
    assert_eq!(disabled(&scene, webhook).await, Some(Disablement::Failing));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_before_a_webhook_was_changed_or_enabled_does_not_count() {
    let scene = Scene::set().await;
    scene.receiver.reply_always(Some(HttpReply::Status(500)));
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.caught_up().await;
    has_failed_for_days(&scene, webhook, 9).await;
    let definition = scene.definition(webhook, scene.wanting(&["user.*"])).await;
    scene.command(webhook, ChangeWebhook { definition, at: Utc::now() }).await;
    scene.caught_up().await;
    assert_eq!(scene.count("webhook_health").await, 0);
    let at = Utc::now();
    scene.command(webhook, DisableWebhook { reason: Disablement::ByRequest, at }).await;
    scene.command(webhook, EnableWebhook { at }).await;
    scene.caught_up().await;
    // As when the reactions have not come as far.
    has_failed_for_days(&scene, webhook, 9).await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(1).await;
    assert_eq!((scene.count("webhook_health WHERE failures = 1").await, disabled(&scene, webhook).await), (1, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verdict_is_void_where_the_webhook_was_changed_meanwhile() {
    let scene = Scene::set().await;
    scene.receiver.reply_always(Some(HttpReply::Hang));
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.caught_up().await;
    has_failed_for_days(&scene, webhook, 9).await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.receiver.wait_for(1).await;
    let rotated = scene.seal_secret(webhook, &secret(2)).await;
    let long_ago = Utc::now() - chrono::TimeDelta::days(20);
    scene.command(webhook, RotateWebhookSecret { secret: rotated, at: long_ago }).await;
    scene.attempts(1).await;
    assert_eq!(disabled(&scene, webhook).await, None);
    scene.deliveries(1, "pending").await;
    scene.time_passes().await;
    scene.attempts(2).await;
    assert_eq!(disabled(&scene, webhook).await, Some(Disablement::Failing));
}
