//! An event is delivered once it has happened, signed, and as often as it takes.

use chrono::Utc;
use domain::{
    users::Locale,
    webhooks::{EnableWebhook, RequestWebhookTest, RotateWebhookSecret},
};
use serde_json::json;

use super::scene::{Scene, event_of, is_signed_with, secret, types};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_after_a_webhook_was_made_is_delivered_signed_and_nothing_of_before() {
    let scene = Scene::set().await;
    scene.create(scene.wanting(&["user.registered"])).await;
    let bob = scene.installation.register("bob@example.com", None, Locale::En).await;
    let _worker = scene.worker().await;
    scene.deliveries(1, "delivered").await;

    let request = scene.receiver.wait_for(1).await.remove(0);
    assert_eq!(request.line, "POST /hook?token=Url-t0ken HTTP/1.1");
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("webhook-id"), Some(bob.event_id.to_string().as_str()));
    let age = Utc::now().timestamp() - request.header("webhook-timestamp").unwrap().parse::<i64>().unwrap();
    assert!((0..20).contains(&age), "{age}");
    assert!(is_signed_with(&request, &secret(1)) && !is_signed_with(&request, &secret(2)));
    let event = event_of(&request);
    assert_eq!(
        json!([event["specversion"], event["id"], event["type"], event["subject"], event["sequence"]]),
        json!(["1.0", bob.event_id, "user.registered", format!("user-{}", bob.user_id), "0000000000000000003"])
    );
    assert!(event["source"].as_str().unwrap().starts_with("urn:tidemark:log:"), "{event}");
    assert!(event["data"]["email"].as_str().unwrap().starts_with("s1."), "personal data is sealed: {event}");
    let attempt = "webhook_attempts WHERE attempt = 1 AND status = 204 AND outcome = 'delivered' AND response IS NULL";
    assert_eq!((scene.receiver.received().len(), scene.count(attempt).await), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_secret_is_rotated_both_are_good() {
    let scene = Scene::set().await;
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    let rotated = scene.seal_secret(webhook, &secret(2)).await;
    scene.command(webhook, RotateWebhookSecret { secret: rotated, at: Utc::now() }).await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    let request = scene.receiver.wait_for(1).await.remove(0);
    assert!(is_signed_with(&request, &secret(1)) && is_signed_with(&request, &secret(2)));
    // The day is over.
    let again = scene.seal_secret(webhook, &secret(3)).await;
    let long_ago = Utc::now() - chrono::TimeDelta::hours(25);
    scene.command(webhook, RotateWebhookSecret { secret: again, at: long_ago }).await;
    scene.installation.register("eve@example.com", None, Locale::En).await;
    let request = scene.receiver.wait_for(2).await.remove(1);
    assert!(is_signed_with(&request, &secret(3)) && !is_signed_with(&request, &secret(2)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_goes_to_its_webhook_alone_whatever_that_selects() {
    let scene = Scene::set().await;
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    scene.create(scene.wanting(&["*"])).await;
    let at = Utc::now();
    let reason = domain::webhooks::Disablement::ByRequest;
    scene.command(webhook, domain::webhooks::DisableWebhook { reason, at }).await;
    scene.command(webhook, RequestWebhookTest { at }).await;
    let _worker = scene.worker().await;
    scene.deliveries(1, "delivered").await;
    assert_eq!(types(&scene.receiver.received()), ["webhook.test_requested"]);
    // Disabled it stays, and events of webhooks are sent to nobody.
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.deliveries(2, "delivered").await;
    scene.command(webhook, EnableWebhook { at }).await;
    scene.installation.register("eve@example.com", None, Locale::En).await;
    scene.deliveries(4, "delivered").await;
    let mut types = types(&scene.receiver.received());
    types.retain(|name| name != "user.registered");
    assert_eq!(types, ["webhook.test_requested"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_deliver_everything_and_make_one_delivery_of_each_event() {
    const KILLS: usize = 4;
    const PEOPLE: usize = 15;
    let scene = Scene::set().await;
    scene.create(scene.wanting(&["user.registered"])).await;
    for round in 0..KILLS {
        let worker = scene.worker().await;
        for number in 0..PEOPLE {
            scene.installation.register(&format!("user{round}x{number}@example.com"), None, Locale::En).await;
        }
        scene.receiver.wait_for(round * PEOPLE + 3).await;
        worker.kill();
    }
    let _workers = (scene.worker().await, scene.worker().await);
    let all = KILLS * PEOPLE;
    scene.deliveries(all as i64, "delivered").await;
    assert_eq!(scene.count("webhook_deliveries").await, all as i64);
    let received = scene.receiver.received();
    let ids: std::collections::HashSet<_> = received.iter().map(|request| request.header("webhook-id")).collect();
    assert_eq!(ids.len(), all);
    assert!(received.len() <= all + KILLS * 16, "only what was on its way is repeated: {}", received.len());
}
