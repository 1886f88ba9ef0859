//! `GET /.well-known/security.txt`.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_a_vulnerability_learns_whom_to_tell() {
    let app = TestApp::start_without_projections(|config| {
        config.security_txt.contact = vec!["mailto:security@example.org".parse().unwrap()];
    })
    .await;
    let answer = app.get("/.well-known/security.txt").send().await;
    assert_eq!(answer.ok(200).header("content-type"), Some("text/plain; charset=utf-8"));
    let text = String::from_utf8(answer.body).unwrap();
    let field = |name: &str| {
        let mut values = text.lines().filter_map(|line| line.split_once(": ")).filter(|(field, _)| *field == name);
        values.next().map(|(_, value)| value.to_owned())
    };
    assert_eq!(field("Contact").as_deref(), Some("mailto:security@example.org"));
    let public_url = app.context.config.http.public_url.as_str();
    assert_eq!(field("Canonical"), Some(format!("{public_url}.well-known/security.txt")));
    let expires: DateTime<Utc> = field("Expires").unwrap().parse().unwrap();
    let lasts = expires - Utc::now();
    assert!(lasts > TimeDelta::days(30) && lasts < TimeDelta::days(365), "{expires}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_contact_there_is_none() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.get("/.well-known/security.txt").send().await.problem(404, "not_found");
}
