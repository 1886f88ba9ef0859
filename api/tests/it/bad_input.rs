//! What no client should send is refused with a problem that says what is wrong, never with a failure of ours.

use serde_json::json;

use crate::{
    app::{TestApp, registration},
    client::{Answer, exchange},
};

async fn post(app: &TestApp, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    app.request("POST", "/v1/auth/register").body(content_type, body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_json_is_refused() {
    let app = TestApp::start_without_projections(|_| ()).await;
    for body in [
        &b"{"[..],
        b"",
        b"{]",
        b"{\"email\":}",
        b"\xff\xfe",
        b"{\"email\":\"\xff\"}",
        b"{} {}",
        b"{\"a\":1e999}",
        b"\xef\xbb\xbf{}",
    ] {
        post(&app, "application/json", body).await.problem(400, "malformed_json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_a_wrong_form_are_pointed_at() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let deep = format!("{{\"email\":{}1{}}}", "[".repeat(64), "]".repeat(64));
    for (body, pointer, code) in [
        (r#"{"password":"x"}"#, "/email", "missing_field"),
        (r#"{"email":7,"password":"x"}"#, "/email", "wrong_type"),
        (r#"{"email":{"$gt":""},"password":"x"}"#, "/email", "wrong_type"),
        (r#"{"email":"a","password":"x","admin":true}"#, "/admin", "unknown_field"),
        (r#"{"email":"a","email":"b","password":"x"}"#, "/email", "duplicate_member"),
        (r#"{"email":"a\u0000","password":"x"}"#, "/email", "nul_character"),
        (r#"["a","x"]"#, "", "wrong_type"),
        (r#""text""#, "", "wrong_type"),
        (&deep, &format!("/email{}", "/0".repeat(63)), "too_deep"),
    ] {
        let problem = post(&app, "application/json", body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1), "{problem}");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_not_shown_in_problems() {
    let app = TestApp::start_without_projections(|_| ()).await;
    for body in
        [r#"{"email":"a","password":["s3cr3t"]}"#, r#"{"email":"s3cr3t","password":"s3cr3t"}"#, r#"{"email":s3cr3t}"#]
    {
        let answer = post(&app, "application/json", body).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("s3cr3t"), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_content_types_are_refused() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let body = registration("ada@example.org").to_string();
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "", "json"]
    {
        post(&app, content_type, body.clone()).await.problem(415, "unsupported_media_type");
    }
    let packed = app.request("POST", "/v1/auth/register").body("application/json", body.clone());
    packed.header("Content-Encoding", "gzip").send().await.problem(415, "unsupported_media_type");
    post(&app, "application/json; charset=utf-8", body).await.ok(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused_before_and_while_it_comes() {
    let app = TestApp::start_without_projections(|config| config.http.body_limit_bytes = 2048).await;
    let large = json!({"email": "x".repeat(4096)}).to_string();
    post(&app, "application/json", large.clone()).await.problem(413, "body_too_large");
    let mut chunked = b"POST /v1/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                        Transfer-Encoding: chunked\r\n\r\n"
        .to_vec();
    for chunk in large.as_bytes().chunks(512) {
        chunked.extend([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    }
    exchange(app.address, &chunked).await.problem(413, "body_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_headers_are_named() {
    let app = TestApp::start_without_projections(|_| ()).await;
    for value in [&b"a b"[..], b"\xff", b"\"open", "x".repeat(300).as_bytes()] {
        let request = app.request("POST", "/v1/auth/register").json(&registration("ada@example.org"));
        let problem = request.header("Idempotency-Key", value).send().await.problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["header"], "idempotency-key");
    }
    let request = app.request("POST", "/v1/auth/register").json(&registration("ada@example.org"));
    let request = request.header("Idempotency-Key", "a").header("Idempotency-Key", "b");
    request.send().await.problem(400, "invalid_request");
    let answer = app.get("/health/live").header("X-Request-Id", "<script>").header("traceparent", "x").send().await;
    assert!(uuid::Uuid::parse_str(answer.ok(200).header("x-request-id").unwrap()).is_ok());
    assert_eq!(app.head().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_are_problems_too() {
    let app = TestApp::start_without_projections(|_| ()).await;
    for path in ["/nothing", "/v1", "/v1/users/me/", "/v1/auth/register/x", "/%00", "/%ff", "//", "/v1/../docs"] {
        app.get(path).send().await.problem(404, "not_found");
    }
    let answer = app.request("PUT", "/v1/users/me").send().await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), Some("GET, PATCH, DELETE, HEAD, OPTIONS"));
    app.request("BREW", "/v1/auth/login").send().await.problem(405, "method_not_allowed");
    let answer = app.request("OPTIONS", "/v1/auth/login").send().await;
    assert_eq!((answer.status, answer.header("allow")), (204, Some("POST, OPTIONS")));
    let answer = app.request("HEAD", "/docs").send().await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

/// Thousands of mutations of a good request: whatever comes of them, it is no failure of ours.
#[tokio::test(flavor = "multi_thread")]
async fn no_mutation_of_a_request_makes_the_server_fail() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let good = app.request("POST", "/v1/auth/register").json(&registration("ada@example.org")).bytes();
    let body = good.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    for seed in 0..400_usize {
        let mut bytes = good.clone();
        let at = body + seed * 7919 % (good.len() - body);
        match seed % 4 {
            0 => bytes[at] = (seed % 256) as u8,
            1 => bytes[at] = b"{}[]\",:\\"[seed % 8],
            2 => bytes[at] ^= 0x80,
            _ => bytes.swap(at, body),
        }
        let answer = exchange(app.address, &bytes).await;
        assert!(answer.status < 500, "{answer:?} to {}", String::from_utf8_lossy(&bytes));
    }
}
