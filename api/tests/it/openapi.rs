//! The OpenAPI document and the pages made of it.

use std::collections::BTreeSet;

use api::routes::{Access, ENDPOINTS};
use serde_json::{Value, json};

use crate::{
    app::{PASSWORD, TestApp, registration},
    client::Answer,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_in_the_document_and_nothing_else() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let document = app.get("/v1/openapi.json").send().await.ok(200).json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let documented: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    let served: BTreeSet<_> =
        ENDPOINTS.iter().map(|endpoint| (endpoint.method.to_string(), endpoint.path.to_owned())).collect();
    assert_eq!(documented, served);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_named_secured_and_tells_its_problems() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let document = app.get("/v1/openapi.json").send().await.ok(200).json();
    let mut names = BTreeSet::new();
    for endpoint in ENDPOINTS {
        let operation = &document["paths"][endpoint.path][endpoint.method.as_str().to_lowercase()];
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{operation}");
        assert!(names.insert(operation["operationId"].to_string()), "{operation}");
        let expected = match (endpoint.access, endpoint.api_keys) {
            (Access::Public, _) => Value::Null,
            (_, false) => json!([{"access_token": []}]),
            (_, true) => json!([{"access_token": []}, {"api_key": []}]),
        };
        assert_eq!(operation["security"], expected, "{operation}");
        let mut expected: Vec<&str> = vec![];
        match endpoint.access {
            Access::Public => {}
            Access::SignedIn => expected.push("401"),
            Access::Permission { .. } => expected.extend(["401", "403"]),
        }
        if endpoint.class.is_some() {
            expected.extend(["400", "429", "500", "503"]);
        }
        if !operation["requestBody"].is_null() {
            expected.extend(["408", "413", "415", "422"]);
        }
        for status in expected {
            let problem = &operation["responses"][status]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(problem, "#/components/schemas/Problem", "{status} of {operation}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_in_the_document_leads_somewhere() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let document = app.get("/v1/openapi.json").send().await.ok(200).json();
    let mut references = vec![];
    collect_references(&document, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect(&reference);
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is answered has exactly the members that the document promises.
#[track_caller]
pub(crate) fn assert_documented(document: &Value, method: &str, path: &str, answer: &Answer) {
    let described = &document["paths"][path][method]["responses"][answer.status.to_string()];
    assert!(!described.is_null(), "{method} {path}: {} is not in the document", answer.status);
    let content_type = answer.header("content-type").unwrap();
    let schema = &described["content"][content_type]["schema"];
    assert!(schema["$ref"].is_string(), "{method} {path} {content_type}: {described}");
    let parts = parts(document, schema);
    let promised: BTreeSet<_> =
        parts.iter().flat_map(|part| part["properties"].as_object().unwrap().keys().cloned()).collect();
    let sent: BTreeSet<_> = answer.json().as_object().unwrap().keys().cloned().collect();
    assert!(sent.is_subset(&promised), "{sent:?} {promised:?}");
    for required in parts.iter().filter_map(|part| part["required"].as_array()).flatten() {
        assert!(sent.contains(required.as_str().unwrap()), "{required} in {sent:?}");
    }
}

/// The schemas of objects that a schema is made of.
fn parts<'d>(document: &'d Value, schema: &'d Value) -> Vec<&'d Value> {
    let schema = schema["$ref"].as_str().map_or(schema, |name| document.pointer(&name[1..]).unwrap());
    match schema["allOf"].as_array() {
        Some(all) => all.iter().flat_map(|part| parts(document, part)).collect(),
        None => vec![schema],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_as_the_document_says() {
    let app = TestApp::start().await;
    let document = app.get("/v1/openapi.json").send().await.ok(200).json();
    let admin = app.admin("ada@example.org").await;
    let check = |method: &str, path: &str, answer: Answer| assert_documented(&document, method, path, &answer);
    let post = |path: &'static str, body: &Value| app.request("POST", path).json(body).send();
    check("post", "/v1/auth/register", post("/v1/auth/register", &registration("eve@example.org")).await);
    check("post", "/v1/auth/register", post("/v1/auth/register", &json!({})).await);
    check(
        "post",
        "/v1/auth/login",
        post("/v1/auth/login", &json!({"email": "ada@example.org", "password": PASSWORD})).await,
    );
    check("post", "/v1/auth/login", post("/v1/auth/login", &json!({"email": "a", "password": "b"})).await);
    let login = post("/v1/auth/login", &json!({"email": "eve@example.org", "password": PASSWORD})).await.json();
    let refresh = post("/v1/auth/refresh", &json!({"refresh_token": login["refresh_token"]})).await;
    check("post", "/v1/auth/refresh", refresh);
    check("post", "/v1/auth/refresh", post("/v1/auth/refresh", &json!({"refresh_token": "tmr_"})).await);
    check("post", "/v1/auth/refresh", post("/v1/auth/refresh", &json!({})).await);
    check("get", "/v1/auth/sessions", app.get("/v1/auth/sessions").token(&admin.token).send().await);
    let unknown = format!("/v1/auth/sessions/{}", uuid::Uuid::now_v7());
    let end = app.request("DELETE", &unknown).token(&admin.token);
    check("delete", "/v1/auth/sessions/{id}", end.send().await);
    let get = |path: &str| app.get(path).token(&admin.token).header("Tidemark-After", "3").send();
    check("get", "/v1/users/me", get("/v1/users/me").await);
    check("get", "/v1/users", get("/v1/users").await);
    check("get", "/v1/users/{id}", get(&format!("/v1/users/{}", admin.id)).await);
    check("get", "/v1/users/{id}", get("/v1/users/nobody").await);
    let patch = app.request("PATCH", "/v1/users/me").token(&admin.token);
    check("patch", "/v1/users/me", patch.json(&json!({"locale": "en"})).send().await);
    check("get", "/health", app.get("/health").send().await);
    check("get", "/health/live", app.get("/health/live").send().await);
    check("get", "/.well-known/jwks.json", app.get("/.well-known/jwks.json").send().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_code_of_a_problem_is_listed_once() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let document = app.get("/v1/openapi.json").send().await.ok(200).json();
    let codes: Vec<_> =
        document["x-problems"].as_array().unwrap().iter().map(|kind| kind["code"].to_string()).collect();
    assert!(codes.len() > 20);
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_come_from_our_own_origin_alone() {
    let app = TestApp::start_without_projections(|_| ()).await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/docs.js", "text/javascript; charset=utf-8"),
        ("/docs/docs.css", "text/css; charset=utf-8"),
    ] {
        let answer = app.get(path).send().await;
        assert_eq!(answer.ok(200).header("content-type"), Some(content_type));
        let text = String::from_utf8(answer.body).unwrap();
        for foreign in ["http://", "https://", "src=\"//", "innerHTML", "eval(", "style=\"", "onclick"] {
            assert!(!text.contains(foreign), "{foreign} in {path}");
        }
        let local =
            text.split(['"', '`']).filter(|part| part.starts_with('/') && !part.starts_with("//") && part.len() > 1);
        for link in local.filter(|link| !link.contains(['<', ' ', '\n', '$'])) {
            app.get(link).send().await.ok(200);
        }
    }
}
