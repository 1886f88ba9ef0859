//! Nothing is sent to addresses that are not public, however they are written.

use bootstrap::config::Environment;
use domain::users::Locale;

use super::scene::{Scene, Wanted};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_inside_are_not_called_by_name_or_by_number() {
    let scene = Scene::set().await;
    let hosts = ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "[64:ff9b::7f00:1]"];
    let others = ["http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://localhost/"];
    let urls = hosts.iter().map(|host| scene.receiver.url_of(host)).chain(others.map(str::to_owned));
    let mut made = 0;
    for url in urls {
        scene.create(Wanted { url, ..scene.wanting(&["user.registered"]) }).await;
        made += 1;
    }
    let _worker = scene.worker_with(|config, _| config.webhooks.allowed_networks.clear()).await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(made).await;
    assert_eq!(scene.count("webhook_attempts WHERE outcome = 'forbidden' AND status IS NULL").await, made);
    assert!(scene.receiver.received().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_operator_allows_is_called_and_nothing_beside_it() {
    let scene = Scene::set().await;
    scene.create(Wanted { url: scene.receiver.url_of("localhost"), ..scene.wanting(&["user.registered"]) }).await;
    scene.create(Wanted { url: scene.receiver.url_of("127.0.0.2"), ..scene.wanting(&["user.registered"]) }).await;
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.deliveries(1, "delivered").await;
    scene.attempts(2).await;
    assert_eq!(scene.count("webhook_attempts WHERE outcome = 'forbidden'").await, 1);
    assert_eq!(scene.receiver.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outside_development_only_https_is_spoken() {
    let scene = Scene::set().await;
    scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene
        .worker_with(|config, _| {
            config.keys_database_url = config.database.url.clone();
            config.environment = Environment::Production;
        })
        .await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(1).await;
    assert_eq!(scene.count("webhook_attempts WHERE outcome = 'forbidden'").await, 1);
    assert!(scene.receiver.received().is_empty());
}
