//! Defining what roles permit.

use domain::roles::RoleName;
use serde_json::{Value, json};

use crate::{
    app::{Person, TestApp, eventually},
    cast::Cast,
    client::{Answer, Request},
};

fn define(app: &TestApp, admin: &Person, name: &str, permissions: &[&str]) -> Request {
    let body = json!({"name": name, "description": "Answers mails", "permissions": permissions});
    app.request("POST", "/v1/roles").token(&admin.token).json(&body)
}

fn change(app: &TestApp, person: &Person, name: &str, body: &Value) -> Request {
    app.request("PATCH", &format!("/v1/roles/{name}")).token(&person.token).json(body)
}

/// What happened to roles.
async fn events(app: &TestApp) -> Vec<String> {
    app.event_types().await.into_iter().filter(|name| name.starts_with("roles.")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_defined_changed_and_deleted() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let get = |path: &str| app.get(path).token(&admin.token).send();
    let defined = define(&app, &admin, "support", &["users:read:all", "audit:read:all", "users:read:all"]).send().await;
    assert_eq!(defined.ok(201).header("location"), Some("/v1/roles/support"));
    assert_eq!(
        defined.json(),
        json!({"name": "support", "description": "Answers mails", "permissions": ["audit:read:all", "users:read:all"],
               "built_in": false})
    );
    assert_eq!(defined.header("etag"), Some("\"v1\""));
    let listed = get("/v1/roles").await.ok(200).json();
    let names: Vec<_> = listed["items"].as_array().unwrap().iter().map(|role| role["name"].clone()).collect();
    assert_eq!(names, ["admin", "member", "support"]);

    let changed = change(&app, &admin, "support", &json!({"permissions": ["users:read:all"], "description": null}));
    let changed = changed.header("If-Match", "\"v1\"").send().await;
    assert_eq!(
        (&changed.ok(200).json()["permissions"], &changed.json()["description"]),
        (&json!(["users:read:all"]), &json!(""))
    );
    let late = change(&app, &admin, "support", &json!({"permissions": []})).header("If-Match", "\"v1\"").send().await;
    late.problem(412, "version_mismatch");
    assert_eq!(get("/v1/roles/support").await.ok(200).json(), changed.json());
    let cached = app.get("/v1/roles/support").token(&admin.token).header("If-None-Match", "\"v2\"").send().await;
    cached.ok(304);

    let delete = || app.request("DELETE", "/v1/roles/support").token(&admin.token);
    delete().send().await.ok(204);
    delete().send().await.problem(404, "not_found");
    get("/v1/roles/support").await.problem(404, "not_found");
    define(&app, &admin, "support", &[]).send().await.problem(409, "role_name_used");
    assert_eq!(events(&app).await, ["roles.defined", "roles.changed", "roles.deleted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn built_in_roles_stay_as_they_are() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    for name in ["admin", "member"] {
        define(&app, &admin, name, &[]).send().await.problem(409, "built_in_role");
        change(&app, &admin, name, &json!({"permissions": []})).send().await.problem(409, "built_in_role");
        let delete = app.request("DELETE", &format!("/v1/roles/{name}")).token(&admin.token).send().await;
        delete.problem(409, "built_in_role");
        let role = app.get(&format!("/v1/roles/{name}")).token(&admin.token).send().await.ok(200).json();
        assert_eq!(role["built_in"], json!(true));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_is_checked() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let body =
        json!({"name": "Support", "description": "a\nb", "permissions": ["users:read:all", "users:fly:all", "x"]});
    let answer = app.request("POST", "/v1/roles").token(&admin.token).json(&body).send().await;
    let problem = answer.problem(422, "validation_failed");
    let errors = problem["errors"].as_array().unwrap().iter();
    let errors: Vec<_> =
        errors.map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
    assert_eq!(
        errors,
        [
            ("/name", "malformed"),
            ("/description", "control_character"),
            ("/permissions/1", "unknown_permission"),
            ("/permissions/2", "malformed"),
        ]
    );
    define(&app, &admin, "support", &[]).send().await.ok(201);
    let removed = change(&app, &admin, "support", &json!({"permissions": null})).send().await;
    removed.problem(422, "validation_failed");
    for name in ["Support", "%00", "..%2f..", "unknown"] {
        change(&app, &admin, name, &json!({})).send().await.problem(404, "not_found");
    }
}

/// Whoever manages roles would make themselves an administrator.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_or_takes_more_than_they_have() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let cast = Cast::of(&app).await;
    let manager = cast.define("manager", &["roles:manage:all", "roles:read:all", "users:read:all"]).await;
    cast.define("eraser", &["users:erase:all"]).await;
    let (admin, mallory, eve) = (
        app.admin("ada@example.org").await,
        app.person("mallory@example.org").await,
        app.person("eve@example.org").await,
    );
    cast.grant(&mallory, manager).await;
    let may = |answer: &Answer| match answer.status {
        403 => answer.problem(403, "forbidden") == json!(null),
        _ => matches!(answer.status, 200..=299),
    };
    let role = |method: &str, person: &Person, role: &str| {
        app.request(method, &format!("/v1/users/{}/roles/{role}", person.id)).token(&mallory.token).send()
    };
    assert!(may(&define(&app, &mallory, "readers", &["users:read:all", "users:read:own"]).send().await));
    assert!(!may(&define(&app, &mallory, "erasers", &["users:erase:all"]).send().await));
    assert!(may(&change(&app, &mallory, "readers", &json!({"permissions": ["roles:read:all"]})).send().await));
    assert!(!may(&change(&app, &mallory, "readers", &json!({"permissions": ["users:export:all"]})).send().await));
    assert!(!may(&change(&app, &mallory, "eraser", &json!({"permissions": []})).send().await));
    let delete = app.request("DELETE", "/v1/roles/eraser").token(&mallory.token).send().await;
    assert!(!may(&delete));
    for (method, person, name, expected) in [
        ("PUT", &mallory, "admin", false),
        ("PUT", &eve, "admin", false),
        ("PUT", &mallory, "eraser", false),
        ("PUT", &eve, "readers", true),
        ("DELETE", &eve, "readers", true),
        ("DELETE", &admin, "admin", false),
    ] {
        assert_eq!(may(&role(method, person, name).await), expected, "{method} {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_answered_like_the_first_and_another_request_is_told_so() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let keyed = |request: Request| request.header("Idempotency-Key", "once").send();
    let first = keyed(define(&app, &admin, "support", &[])).await;
    let again = keyed(define(&app, &admin, "support", &[])).await;
    assert_eq!((first.ok(201).json(), first.header("etag")), (again.ok(201).json(), again.header("etag")));
    define(&app, &admin, "other", &[]).send().await.ok(201);
    let delete = |name: &str| app.request("DELETE", &format!("/v1/roles/{name}")).token(&admin.token);
    keyed(delete("support")).await.ok(204);
    keyed(delete("support")).await.ok(204);
    keyed(delete("other")).await.problem(422, "idempotency_mismatch");
    assert_eq!(events(&app).await, ["roles.defined", "roles.defined", "roles.deleted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_role_is_felt_without_a_new_token() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    let (admin, eve) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    cast.define("support", &["users:read:all"]).await;
    cast.grant(&eve, RoleName::parse("support").unwrap()).await;
    let status = async || app.get("/v1/users").token(&eve.token).send().await.status;
    assert_eq!(status().await, 200);
    change(&app, &admin, "support", &json!({"permissions": []})).send().await.ok(200);
    let felt = eventually("the change", async || (status().await == 403).then_some(()));
    tokio::time::timeout(std::time::Duration::from_secs(2), felt).await.expect("within two seconds");
}
