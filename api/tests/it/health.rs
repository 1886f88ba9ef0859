//! Health on the public port.

use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_to_everybody_without_details_of_servers() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/health/live").send().await.ok(200).json()["status"], "up");
    for path in ["/health", "/health/ready"] {
        let answer = app.get(path).send().await;
        assert_eq!(answer.ok(200).json()["checks"]["database"]["state"], "up");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(!String::from_utf8_lossy(&answer.body).contains("postgres://"));
    }
}
