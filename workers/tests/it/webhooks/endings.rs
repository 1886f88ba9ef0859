//! Webhooks that are disabled or deleted, and deliveries that are old.

use bootstrap::Config;
use chrono::Utc;
use domain::{
    users::Locale,
    webhooks::{DeleteWebhook, DisableWebhook, Disablement, EnableWebhook, URL_PURPOSE},
};
use event_store::{SubjectKeys, subject_keys::SubjectKeyError};
use jobs::EnqueueOptions;
use test_support::HttpReply;
use uuid::Uuid;
use workers::webhooks::PruneDeliveries;

use super::scene::Scene;
use crate::installation::eventually;

async fn disabled(scene: &Scene, webhook: Uuid) -> Option<Disablement> {
    scene.webhook(webhook).await.endpoint().unwrap().disabled
}

async fn told(scene: &Scene, what: &str) {
    let mails = scene.installation.sink.wait_for_mails(2).await;
    let about = mails.iter().find(|mail| mail.subject().contains("switched off")).unwrap();
    assert!(about.text().contains(what), "{}", about.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_says_it_is_gone_is_not_asked_again() {
    let scene = Scene::set().await;
    scene.receiver.reply_always(Some(HttpReply::Status(410)));
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.installation.repeat_registration(scene.owner).await;
    scene.caught_up().await;
    scene.command(webhook, domain::webhooks::RequestWebhookTest { at: Utc::now() }).await;
    eventually("it is disabled", || async { disabled(&scene, webhook).await == Some(Disablement::Gone) }).await;
    scene.deliveries(1, "failed").await;
    assert_eq!(scene.count("webhook_deliveries WHERE failure = 'gone' AND attempts = 1").await, 1);
    told(&scene, "410").await;
    // What happens now is not even matched.
    scene.caught_up().await;
    scene.installation.repeat_registration(scene.owner).await;
    scene.caught_up().await;
    assert_eq!(scene.count("webhook_deliveries").await, 1);
    assert_eq!(scene.receiver.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_has_only_failed_for_days_is_disabled_and_has_another_chance_when_it_is_enabled() {
    let scene = Scene::set().await;
    scene.receiver.reply_always(Some(HttpReply::Status(500)));
    let webhook = scene.create(scene.wanting(&["user.registration_repeated"])).await;
    let _worker = scene.worker().await;
    scene.installation.repeat_registration(scene.owner).await;
    scene.attempts(1).await;
    scene.installation.run("UPDATE webhook_health SET failing_since = failing_since - interval '119 hours'").await;
    scene.time_passes().await;
    scene.attempts(2).await;
    assert_eq!(disabled(&scene, webhook).await, None);
    scene.installation.run("UPDATE webhook_health SET failing_since = failing_since - interval '2 hours'").await;
    scene.time_passes().await;
    eventually("it is disabled", || async { disabled(&scene, webhook).await == Some(Disablement::Failing) }).await;
    told_of_failing(&scene).await;
    scene.time_passes().await;
    scene.deliveries(1, "failed").await;
    assert_eq!(scene.count("webhook_deliveries WHERE failure = 'disabled' AND attempts = 3").await, 1);
    scene.command(webhook, EnableWebhook { at: Utc::now() }).await;
    scene.caught_up().await;
    assert_eq!(scene.count("webhook_health").await, 0);
}

async fn told_of_failing(scene: &Scene) {
    let switched_off = |mail: &test_support::ReceivedMail| mail.subject().contains("switched off");
    eventually("the owner is told", || async { scene.installation.sink.mails().iter().any(switched_off) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_to_be_sent_when_a_webhook_is_disabled_is_not() {
    let scene = Scene::set().await;
    scene.receiver.reply_next([HttpReply::Status(500)]);
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(1).await;
    scene.command(webhook, DisableWebhook { reason: Disablement::ByRequest, at: Utc::now() }).await;
    scene.time_passes().await;
    scene.deliveries(1, "failed").await;
    assert_eq!(scene.count("webhook_deliveries WHERE failure = 'disabled'").await, 1);
    assert_eq!(scene.receiver.received().len(), 1);
    assert!(scene.installation.sink.mails().iter().all(|mail| !mail.subject().contains("switched off")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_deleted_webhook_nothing_is_left_that_can_be_read() {
    let scene = Scene::set().await;
    scene.receiver.reply_next([HttpReply::Full(500, vec![], b"secret answer".to_vec())]);
    let (webhook, other) = (
        scene.create(scene.wanting(&["user.registered"])).await,
        scene.create(scene.wanting(&["user.registration_repeated"])).await,
    );
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(1).await;
    // Not before this test says so.
    let later = "jobs WHERE state = 'retrying' AND run_at > now() + interval '30 minutes'";
    eventually("the second attempt is put off", || async {
        scene.installation.run("UPDATE jobs SET run_at = now() + interval '1 hour' WHERE state = 'retrying'").await;
        scene.count(later).await == 1
    })
    .await;
    scene.installation.repeat_registration(scene.owner).await;
    scene.deliveries(1, "delivered").await;
    let url = scene.webhook(webhook).await.endpoint().unwrap().definition.url.clone();
    scene.command(webhook, DeleteWebhook { at: Utc::now() }).await;
    eventually("its deliveries are gone", || async { scene.count("webhook_deliveries").await == 1 }).await;
    assert_eq!(scene.count("webhook_attempts").await, 1);
    assert_eq!(scene.count(&format!("webhook_routes WHERE webhook_id = '{other}'")).await, 1);
    assert_eq!(scene.count("webhook_routes").await, 1);
    // Of a process that has nothing in its cache.
    let master_key = Config::development(scene.installation.database.url()).unwrap().secrets.master_key;
    let keys = SubjectKeys::new(scene.installation.database.pool(1), master_key.expose());
    eventually("nothing can be opened", || async {
        matches!(keys.open(webhook, URL_PURPOSE, &url).await, Err(SubjectKeyError::Erased))
    })
    .await;
    assert_eq!(scene.count(&format!("subject_keys WHERE subject_id = '{webhook}' AND wrapped_key IS NULL")).await, 1);
    // Its job finds nothing to do.
    scene.time_passes().await;
    eventually("no job waits", || async { scene.count("jobs WHERE state = 'retrying'").await == 0 }).await;
    assert_eq!(scene.receiver.received().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_deliveries_are_forgotten_and_those_under_way_are_not() {
    let scene = Scene::set().await;
    let _worker = scene.worker().await;
    scene
        .installation
        .run(
            "INSERT INTO webhook_deliveries (id, webhook_id, event_id, event_type, position, state, created_at) \
             SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'user.registered', 1, \
               CASE n % 2 WHEN 0 THEN 'delivered' ELSE 'pending' END, now() - n * interval '1 hour' \
             FROM generate_series(1, 3000) n",
        )
        .await;
    scene
        .installation
        .run(
            "INSERT INTO webhook_attempts (delivery_id, attempt, at, duration_ms, outcome) \
             SELECT id, 1, now(), 1, 'delivered' FROM webhook_deliveries",
        )
        .await;
    let mut conn = scene.installation.database.connect().await;
    jobs::enqueue(&mut conn, &PruneDeliveries {}, &EnqueueOptions::default()).await.unwrap();
    // Thirty days, and twice that for what is to be sent still.
    eventually("the old ones are gone", || async {
        scene.count("webhook_deliveries WHERE state = 'delivered'").await == 359
            && scene.count("webhook_deliveries WHERE state = 'pending'").await == 720
    })
    .await;
    assert_eq!(scene.count("webhook_attempts").await, 359 + 720);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retention_counts_from_the_end_and_what_is_to_be_sent_stays_for_two_weeks() {
    let scene = Scene::set().await;
    let _worker = scene.worker_with(|config, _| config.webhooks.retention_days = 1).await;
    let made = "INSERT INTO webhook_deliveries \
                (id, webhook_id, event_id, event_type, position, state, created_at, finished_at) \
                SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), type, 1, state, \
                  now() - days * interval '1 day', now() - hours * interval '1 hour' FROM (VALUES \
                  ('kept', 'delivered', 5, 1), ('gone', 'delivered', 5, 30), ('gone', 'failed', 2, NULL), \
                  ('kept', 'pending', 13, NULL), ('gone', 'pending', 15, NULL)) AS v (type, state, days, hours)";
    scene.installation.run(made).await;
    let mut conn = scene.installation.database.connect().await;
    jobs::enqueue(&mut conn, &PruneDeliveries {}, &EnqueueOptions::default()).await.unwrap();
    eventually("the old ones are gone", || async { scene.count("webhook_deliveries").await == 2 }).await;
    assert_eq!(scene.count("webhook_deliveries WHERE event_type = 'kept'").await, 2);
}
