//! Who gets in where: every route of the table, for everybody there is.

use api::routes::{Access, ENDPOINTS, Endpoint};

use crate::{
    app::{TestApp, eventually},
    client::{Answer, Request},
};

/// The other user whose objects nobody but an administrator may reach.
fn target(endpoint: &Endpoint, stranger: uuid::Uuid) -> String {
    endpoint.path.replace("{id}", &stranger.to_string())
}

/// A request that is right but for who sends it.
fn request(app: &TestApp, endpoint: &Endpoint, stranger: uuid::Uuid) -> Request {
    let request = app.request(endpoint.method.as_str(), &target(endpoint, stranger));
    match (endpoint.method.as_str(), endpoint.path) {
        ("GET", _) => request,
        ("PATCH", "/v1/users/me") => request.body("application/merge-patch+json", "{}"),
        ("POST", "/v1/auth/register" | "/v1/auth/login") => request.body("application/json", "{}"),
        (method, path) => panic!("{method} {path} needs a case here"),
    }
}

fn is_refused(answer: &Answer) -> bool {
    matches!(answer.status, 401 | 403) && answer.json()["code"] != "invalid_credentials"
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_the_table_says_and_nobody_else() {
    let app = TestApp::start().await;
    let (admin, member) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    let stranger = app.person("stranger@example.org").await.id;
    app.get("/v1/users/me").token(&member.token).header("Tidemark-After", "4").send().await.ok(200);
    for endpoint in ENDPOINTS {
        let anonymous = request(&app, endpoint, stranger).send().await;
        let as_member = request(&app, endpoint, stranger).token(&member.token).send().await;
        let as_admin = request(&app, endpoint, stranger).token(&admin.token).send().await;
        let broken = request(&app, endpoint, stranger).token("broken").send().await;
        let refused = [&anonymous, &broken, &as_member, &as_admin].map(is_refused);
        let expected = match endpoint.access {
            Access::Public => [false, false, false, false],
            Access::SignedIn => [true, true, false, false],
            Access::Admin => [true, true, true, false],
        };
        assert_eq!(refused, expected, "{} {}", endpoint.method, endpoint.path);
        match endpoint.access {
            Access::Public => {}
            Access::SignedIn | Access::Admin => {
                anonymous.problem(401, "unauthenticated");
                assert_eq!(anonymous.header("www-authenticate"), Some("Bearer"));
                broken.problem(401, "invalid_token");
            }
        }
        if endpoint.access == Access::Admin {
            as_member.problem(403, "forbidden");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_felt_without_a_new_token() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    app.get("/v1/users").token(&ada.token).send().await.problem(403, "forbidden");
    app.grant_admin(ada.id).await;
    eventually("the role", async || {
        let answer = app.get("/v1/users").token(&ada.token).send().await;
        (answer.status == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_counts_in_its_header_only() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let refused = [
        app.get(&format!("/v1/users/me?access_token={}", ada.token)),
        app.get("/v1/users/me").header("Cookie", format!("access_token={}", ada.token)),
        app.get("/v1/users/me").header("Authorization", &ada.token),
        app.get("/v1/users/me").header("Authorization", format!("Basic {}", ada.token)),
        app.get("/v1/users/me").token(&ada.token).token("other"),
        app.get("/v1/users/me").header("Authorization", b"Bearer \xff\xfe"),
    ];
    for request in refused {
        assert_eq!(request.send().await.status, 401);
    }
    app.get("/v1/users/me")
        .header("authorization", format!("bearer  {}", ada.token))
        .header("Tidemark-After", "1")
        .send()
        .await
        .ok(200);
}

/// Known to nobody: signed by us, for somebody whom the log does not have.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_somebody_who_is_not_there_is_refused() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let config = &app.context.config;
    let tokens = api::auth::Tokens::new(&config.secrets.token_key, &config.http.public_url).unwrap();
    let nobody = domain::users::UserId::from_uuid(uuid::Uuid::now_v7());
    let (token, _) = tokens.issue(nobody, uuid::Uuid::now_v7(), 0).unwrap();
    app.get("/v1/users/me").token(&token).send().await.problem(401, "unauthenticated");
}
