//! What was sent before is sent again, and what was missed is sent at last.

use chrono::{TimeDelta, Utc};
use diesel::{QueryableByName, sql_query, sql_types::Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{
    users::Locale,
    webhooks::{DisableWebhook, Disablement, EnableWebhook, Replay, RequestWebhookReplay},
};
use test_support::HttpReply;
use uuid::Uuid;
use workers::webhooks::UPKEEP_QUEUE;

use super::scene::{Scene, is_signed_with, secret};
use crate::installation::eventually;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_delivery_is_sent_again_under_the_same_id() {
    let scene = Scene::set().await;
    scene.receiver.reply_next([HttpReply::Status(500)]);
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(1).await;
    scene.time_passes().await;
    scene.deliveries(1, "delivered").await;
    let mut conn = scene.installation.database.connect().await;
    let delivery: Row = sql_query("SELECT id FROM webhook_deliveries").get_result(&mut conn).await.unwrap();
    for what in [Replay::Delivery(delivery.id), Replay::Delivery(Uuid::now_v7())] {
        scene.command(webhook, RequestWebhookReplay { what, at: Utc::now() }).await;
    }
    scene.attempts(3).await;
    scene.deliveries(1, "delivered").await;
    let received = scene.receiver.received();
    assert_eq!(received.len(), 3);
    assert!(received.iter().all(|request| request.header("webhook-id") == received[0].header("webhook-id")));
    assert!(received.iter().all(|request| request.body == received[0].body && is_signed_with(request, &secret(1))));
    assert_eq!(scene.count("webhook_deliveries WHERE attempts = 3").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_since_a_time_are_sent_again_with_what_was_missed_and_nothing_of_before() {
    let scene = Scene::set().await;
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.installation.register("before@example.com", None, Locale::En).await;
    scene.deliveries(1, "delivered").await;
    let since = Utc::now();
    let told = scene.installation.register("told@example.com", None, Locale::En).await;
    scene.deliveries(2, "delivered").await;
    scene.command(webhook, DisableWebhook { reason: Disablement::ByRequest, at: Utc::now() }).await;
    let missed = scene.installation.register("missed@example.com", None, Locale::En).await;
    scene.command(webhook, EnableWebhook { at: Utc::now() }).await;
    scene.caught_up().await;
    assert_eq!(scene.count("webhook_deliveries").await, 2);

    scene.command(webhook, RequestWebhookReplay { what: Replay::Since(since), at: Utc::now() }).await;
    let received = scene.receiver.wait_for(4).await;
    scene.deliveries(3, "delivered").await;
    let mut again: Vec<_> =
        received[2..].iter().map(|request| request.header("webhook-id").unwrap().to_owned()).collect();
    again.sort();
    assert_eq!(again, [told, missed].map(|person| person.event_id.to_string()));
    // Nothing comes of one that asks for what is to come.
    let what = Replay::Since(Utc::now() + TimeDelta::minutes(1));
    scene.command(webhook, RequestWebhookReplay { what, at: Utc::now() }).await;
    scene.caught_up().await;
    eventually("no job is left", || async {
        scene.count("jobs WHERE kind = 'webhooks.replay' AND state <> 'completed'").await == 0
    })
    .await;
    assert_eq!(scene.receiver.received().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_again_waits_for_no_job_of_before_and_is_not_undone_by_one() {
    let scene = Scene::set().await;
    scene.receiver.reply_next([HttpReply::Hang]);
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    let since = Utc::now();
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.receiver.wait_for(1).await;
    // The first attempt has not ended.
    scene.command(webhook, RequestWebhookReplay { what: Replay::Since(since), at: Utc::now() }).await;
    scene.deliveries(1, "delivered").await;
    scene.attempts(2).await;
    scene.deliveries(1, "delivered").await;
    assert_eq!(scene.count("webhook_deliveries WHERE round = 2 AND attempts = 2 AND failure IS NULL").await, 1);
    scene.time_passes().await;
    eventually("its job ends by itself", || async {
        scene.count("jobs WHERE kind = 'webhooks.deliver' AND state = 'completed'").await == 2
    })
    .await;
    assert_eq!(scene.receiver.received().len(), 2);
    // One that waits for a job that is no more.
    scene.installation.run("UPDATE webhook_deliveries SET state = 'pending', finished_at = NULL").await;
    scene.command(webhook, RequestWebhookReplay { what: Replay::Since(since), at: Utc::now() }).await;
    scene.deliveries(1, "delivered").await;
    assert_eq!(scene.receiver.received().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replays_of_a_webhook_follow_one_another_behind_what_happens_and_end_with_it() {
    let scene = Scene::set().await;
    let webhook = scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    let since = Utc::now();
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.deliveries(1, "delivered").await;
    let backlog = format!(
        "INSERT INTO webhook_deliveries (id, webhook_id, event_id, event_type, position) \
         SELECT gen_random_uuid(), '{webhook}', gen_random_uuid(), 'waiting', 1 FROM generate_series(1, 5001)"
    );
    scene.installation.run(&backlog).await;
    for _ in 0..2 {
        scene.command(webhook, RequestWebhookReplay { what: Replay::Since(since), at: Utc::now() }).await;
    }
    let waiting = "jobs WHERE kind = 'webhooks.replay' AND state = 'scheduled'";
    eventually("both wait", || async { scene.count(waiting).await == 2 }).await;
    let replays = format!("jobs WHERE queue = '{UPKEEP_QUEUE}' AND kind = 'webhooks.replay'");
    assert_eq!(scene.count(&replays).await, 2, "and in nobody's way");
    scene.installation.run("DELETE FROM webhook_deliveries WHERE event_type = 'waiting'").await;
    // The second alone waits for the first.
    let second = "UPDATE jobs SET run_at = now() WHERE id = (SELECT max(id::text)::uuid FROM jobs WHERE kind = 'webhooks.replay')";
    scene.installation.run(second).await;
    eventually("it has looked", || async {
        scene.count(&format!("{waiting} AND run_at > now() AND take = 2")).await == 1
    })
    .await;
    assert_eq!(scene.count("webhook_deliveries WHERE round > 1").await, 0);
    let first = "UPDATE jobs SET run_at = now() WHERE id = (SELECT min(id::text)::uuid FROM jobs WHERE kind = 'webhooks.replay')";
    scene.installation.run(first).await;
    let again = "jobs WHERE kind = 'webhooks.deliver' AND priority < 0 AND state = 'completed'";
    eventually("it is sent again", || async { scene.count(again).await == 1 }).await;
    // As where the webhook is deleted while its events are looked at.
    scene.installation.run("DELETE FROM webhook_routes").await;
    eventually("the first has ended", || async {
        scene.count("jobs WHERE kind = 'webhooks.replay' AND finished_at IS NULL").await == 1
    })
    .await;
    let rest = "UPDATE jobs SET run_at = now() WHERE kind = 'webhooks.replay' AND state = 'scheduled'";
    scene.installation.run(rest).await;
    eventually("no replay is left", || async {
        scene.count("jobs WHERE kind = 'webhooks.replay' AND finished_at IS NULL").await == 0
    })
    .await;
    assert_eq!(scene.count("webhook_deliveries WHERE round = 2").await, 1);
    assert_eq!(scene.receiver.received().len(), 2);
}
