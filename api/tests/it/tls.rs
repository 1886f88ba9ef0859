//! TLS in the process: HTTP/1.1, HTTP/2 and WebSockets over it, and certificates that change while it runs.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use bootstrap::{Config, config::Tls};
use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use rustix::process::{Signal, getpid, kill_process};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore, SupportedProtocolVersion,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
        version::{TLS12, TLS13},
    },
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    app::{REGISTRATION, TestApp, eventually, registration},
    client::{Answer, next_answer, read_answer},
};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../bootstrap/tests/fixtures").join(name)
}

fn with_tls(config: &mut Config, certificate: PathBuf, key: PathBuf) {
    config.http.tls = Some(Tls { certificate, key });
    config.http.public_url = "https://localhost".parse().unwrap();
}

async fn start() -> TestApp {
    TestApp::start_with(|config| with_tls(config, fixture("server.pem"), fixture("server.key"))).await
}

/// A connection on which the protocols are offered in this order.
async fn connect(
    app: &TestApp,
    version: &'static SupportedProtocolVersion,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for trusted in ["ca.pem", "renewed.pem"] {
        roots.add(CertificateDer::from_pem_file(fixture(trusted)).unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = config.with_protocol_versions(&[version]).unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(app.address).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// What the server shows to somebody who comes now.
async fn shown_certificate(app: &TestApp) -> CertificateDer<'static> {
    let stream = connect(app, &TLS13, &[]).await.unwrap();
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

async fn connect_h2(app: &TestApp) -> h2::client::SendRequest<Bytes> {
    let stream = connect(app, &TLS13, &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    client.ready().await.unwrap()
}

async fn send_h2(client: &mut h2::client::SendRequest<Bytes>, method: &str, path: &str, body: &Value) -> Answer {
    let request = http::Request::builder().method(method).uri(format!("https://localhost{path}"));
    let request = request.header("content-type", "application/json").body(()).unwrap();
    let (response, mut sending) = client.send_request(request, body.is_null()).unwrap();
    if !body.is_null() {
        sending.send_data(body.to_string().into(), true).unwrap();
    }
    let (head, mut receiving) = response.await.unwrap().into_parts();
    let mut body = vec![];
    while let Some(chunk) = receiving.data().await {
        let chunk = match chunk {
            // The answer is whole, and the server wants no more of the request (RFC 9113, 8.1).
            Err(error) if error.reason() == Some(h2::Reason::NO_ERROR) => break,
            chunk => chunk.unwrap(),
        };
        // Or the server sends no more than 64 KiB.
        receiving.flow_control().release_capacity(chunk.len()).unwrap();
        body.extend(chunk);
    }
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    Answer { status: head.status.as_u16(), headers, body }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_tls_1_3_is_spoken() {
    let app = start().await;
    connect(&app, &TLS13, &[]).await.unwrap();
    let refused = connect(&app, &TLS12, &[]).await.unwrap_err().to_string();
    assert!(refused.contains("ProtocolVersion"), "{refused}");
    // Plain HTTP on the same port is no HTTP at all.
    let mut plain = TcpStream::connect(app.address).await.unwrap();
    plain.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = vec![];
    drop(tokio::io::AsyncReadExt::read_to_end(&mut plain, &mut answer).await);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn http_1_1_is_answered_with_strict_transport_security() {
    let app = start().await;
    for protocols in [&["http/1.1"][..], &[]] {
        let mut stream = connect(&app, &TLS13, protocols).await.unwrap();
        let offered = protocols.first().map(|protocol| protocol.as_bytes());
        assert_eq!(stream.get_ref().1.alpn_protocol(), offered);
        stream.write_all(&app.get("/health/live").bytes()).await.unwrap();
        let answer = read_answer(&mut stream).await;
        assert_eq!(answer.ok(200).header("strict-transport-security"), Some("max-age=63072000; includeSubDomains"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_carries_requests_side_by_side() {
    let app = start().await;
    let client = connect_h2(&app).await;
    let register = (0..20).map(|number| {
        let mut client = client.clone();
        async move {
            let body = registration(&format!("user{number}@example.org"));
            send_h2(&mut client, "POST", "/v1/auth/register", &body).await.ok(202).header("x-request-id").is_some()
        }
    });
    assert!(futures::future::join_all(register).await.into_iter().all(|named| named));
    let mut client = client;
    let document = send_h2(&mut client, "GET", "/v1/openapi.json", &Value::Null).await;
    assert!(document.ok(200).header("strict-transport-security").is_some());
    assert_eq!(document.json()["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    let large = json!({"email": "x".repeat(2 << 20)});
    send_h2(&mut client, "POST", "/v1/auth/register", &large).await.problem(413, "body_too_large");
    let nothing = json!({});
    send_h2(&mut client, "POST", "/v1/auth/register", &nothing).await.problem(422, "validation_failed");
    // WebSockets are for HTTP/1.1; browsers offer nothing else for them.
    send_h2(&mut client, "GET", "/v1/live", &Value::Null).await.problem(400, "invalid_request");
    assert_eq!(app.event_types().await, REGISTRATION.repeat(20));
}

/// Who asks on and on without reading the answers is cut off, others are not.
#[tokio::test(flavor = "multi_thread")]
async fn an_http_2_connection_with_too_many_open_requests_is_ended() {
    let app = start().await;
    let stream = connect(&app, &TLS13, &["h2"]).await.unwrap();
    let (client, connection) =
        h2::client::Builder::new().initial_window_size(0).handshake::<_, Bytes>(stream).await.unwrap();
    let ended = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let mut answers = vec![];
    for _ in 0..300 {
        let request = http::Request::get("https://localhost/v1/openapi.json").body(()).unwrap();
        match client.send_request(request, true) {
            Ok((answer, _)) => answers.push(answer),
            Err(_) => break,
        }
    }
    let ended = tokio::time::timeout(std::time::Duration::from_secs(20), ended).await.expect("it ends");
    drop((ended, answers));
    let mut other = connect_h2(&app).await;
    for _ in 0..300 {
        send_h2(&mut other, "GET", "/health/live", &Value::Null).await.ok(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_does_not_keep_a_process_from_stopping() {
    let mut app = start().await;
    let mut client = connect_h2(&app).await;
    send_h2(&mut client, "GET", "/health/ready", &Value::Null).await.ok(200);
    // Begun before the stop: answered.
    let request = http::Request::post("https://localhost/v1/auth/register").header("content-type", "application/json");
    let (answer, mut begun) = client.send_request(request.body(()).unwrap(), false).unwrap();
    let body = registration("ada@example.org").to_string();
    begun.send_data(body[..10].to_owned().into(), false).unwrap();
    send_h2(&mut client, "GET", "/health/live", &Value::Null).await.ok(200);

    app.context.shutdown.request();
    let refused = send_h2(&mut client, "POST", "/v1/auth/register", &registration("eve@example.org")).await;
    refused.problem(503, "unavailable");
    send_h2(&mut client, "GET", "/health/live", &Value::Null).await.ok(200);
    begun.send_data(body[10..].to_owned().into(), true).unwrap();
    assert_eq!(answer.await.unwrap().status().as_u16(), 202);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(20), &mut app.served).await.expect("it ends");
    ended.unwrap().unwrap();
    assert_eq!(app.event_types().await, REGISTRATION);
}

#[tokio::test(flavor = "multi_thread")]
async fn websockets_work_over_tls() {
    let app = start().await;
    let stream = connect(&app, &TLS13, &["http/1.1"]).await.unwrap();
    let mut request = "wss://localhost/v1/live".into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "tidemark.v1".parse().unwrap());
    let (mut socket, _) = client_async(request, stream).await.unwrap();
    let tokens = api::auth::Tokens::new(&app.context.config.secrets.token_key, &app.context.config.http.public_url);
    let nobody = domain::users::UserId::from_uuid(uuid::Uuid::now_v7());
    let (token, _) = tokens.unwrap().issue(nobody, uuid::Uuid::now_v7(), Default::default()).unwrap();
    let hello = json!({"t": "auth", "id": 1, "token": token}).to_string();
    socket.send(Message::text(hello)).await.unwrap();
    let Some(Ok(Message::Text(answer))) = socket.next().await else { panic!("nothing was said") };
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&answer["t"], &answer["code"]), (&json!("err"), &json!("invalid_token")), "{answer}");
}

/// Certificate and key in a directory of their own, which goes with this value.
struct Files(PathBuf);

impl Files {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("tidemark-tls-{}", uuid::Uuid::now_v7()));
        fs::create_dir(&path).unwrap();
        let files = Self(path);
        files.put("server.pem", "server.key");
        files
    }

    fn put(&self, certificate: &str, key: &str) {
        fs::copy(fixture(certificate), self.certificate()).unwrap();
        fs::copy(fixture(key), self.key()).unwrap();
    }

    fn certificate(&self) -> PathBuf {
        self.0.join("tls.crt")
    }

    fn key(&self) -> PathBuf {
        self.0.join("tls.key")
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn certificate(path: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(path).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_shown_after_sighup_and_open_connections_stay() {
    let files = Files::new();
    let app = TestApp::start_with(|config| with_tls(config, files.certificate(), files.key())).await;
    let (old, new) = (certificate(&fixture("server.pem")), certificate(&fixture("renewed.pem")));
    assert_eq!(shown_certificate(&app).await, old);
    let mut open = connect(&app, &TLS13, &["http/1.1"]).await.unwrap();
    let live = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    open.write_all(live).await.unwrap();
    next_answer(&mut open).await.ok(200);

    // A pair that does not fit leaves everything as it is, and is told.
    files.put("renewed.pem", "server.key");
    kill_process(getpid(), Signal::HUP).unwrap();
    let refused = r#"tidemark_http_certificate_reloads_total{outcome="refused"} 1"#;
    eventually("the refusal", async || app.context.metrics.render().contains(refused).then_some(())).await;
    assert_eq!(shown_certificate(&app).await, old);

    files.put("renewed.pem", "renewed.key");
    kill_process(getpid(), Signal::HUP).unwrap();
    eventually("the new certificate", async || (shown_certificate(&app).await == new).then_some(())).await;
    open.write_all(live).await.unwrap();
    next_answer(&mut open).await.ok(200);
}
