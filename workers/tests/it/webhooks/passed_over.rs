//! Events of webhooks that the reactions never saw, as after a restore.

use chrono::Utc;
use domain::{
    users::Locale,
    webhooks::{ChangeWebhook, DeleteWebhook, DisableWebhook, Disablement},
};
use jobs::EnqueueOptions;
use workers::webhooks::RepairRoutes;

use super::scene::Scene;
use crate::installation::eventually;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_passed_over_is_put_right_up_to_where_the_reactions_are() {
    let scene = Scene::set().await;
    let changed = scene.create(scene.wanting(&["user.registration_repeated"])).await;
    let disabled = scene.create(scene.wanting(&["user.registered"])).await;
    let deleted = scene.create(scene.wanting(&["user.registered"])).await;
    let worker = scene.worker().await;
    scene.caught_up().await;
    worker.stop().await;
    // Nobody sees this.
    let definition = scene.definition(changed, scene.wanting(&["user.registered"])).await;
    scene.command(changed, ChangeWebhook { definition, at: Utc::now() }).await;
    scene.command(disabled, DisableWebhook { reason: Disablement::ByRequest, at: Utc::now() }).await;
    scene.command(deleted, DeleteWebhook { at: Utc::now() }).await;
    let created = scene.create(scene.wanting(&["user.registered"])).await;
    let passed = "UPDATE checkpoints SET position = log_head.position FROM log_head WHERE consumer = 'reactions'";
    scene.installation.run(passed).await;

    let mut conn = scene.installation.database.connect().await;
    jobs::enqueue(&mut conn, &RepairRoutes {}, &EnqueueOptions::default()).await.unwrap();
    let _worker = scene.worker().await;
    eventually("the routes are right", || async {
        // Its schedule may have brought one more.
        scene.count("jobs WHERE kind = 'webhooks.repair_routes' AND state = 'completed'").await >= 1
    })
    .await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.deliveries(2, "delivered").await;
    let to_them = format!("webhook_deliveries WHERE webhook_id IN ('{changed}', '{created}')");
    assert_eq!((scene.count(&to_them).await, scene.count("webhook_routes").await), (2, 3));
    let key = format!("subject_keys WHERE subject_id = '{deleted}' AND wrapped_key IS NULL");
    eventually("the key of what is deleted is gone", || async { scene.count(&key).await == 1 }).await;
}
