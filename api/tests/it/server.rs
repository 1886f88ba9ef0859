//! The server itself: slow clients, keeping connections, draining.

use std::time::{Duration, Instant};

use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    app::{REGISTRATION, TestApp, registration},
    client::{exchange, next_answer, read_answer},
};

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_serves_several_requests() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        next_answer(&mut stream).await.ok(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_finishes_its_head_is_cut_off() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost:").await.unwrap();
    let started = Instant::now();
    assert_eq!(read_answer(&mut stream).await.status, 408);
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_refused() {
    let app = TestApp::start_without_projections(|_| ()).await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n{}  ",
    ] {
        let answer = exchange(app.address, bytes).await;
        assert!((400..500).contains(&answer.status), "{answer:?} to {}", String::from_utf8_lossy(bytes));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_is_answered_before_the_server_ends() {
    let mut app = TestApp::start_without_projections(|_| ()).await;
    let mut idle = TcpStream::connect(app.address).await.unwrap();
    idle.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    next_answer(&mut idle).await.ok(200);

    let request = app.request("POST", "/v1/auth/register").json(&registration("ada@example.org")).bytes();
    let (begun, rest) = request.split_at(request.len() - 10);
    let mut slow = TcpStream::connect(app.address).await.unwrap();
    slow.write_all(begun).await.unwrap();
    // Answered on another connection only after the head of the slow one was read: they came in this order.
    let metric = "tidemark_http_requests_total";
    app.get("/health/live").send().await.ok(200);
    assert!(app.context.metrics.render().contains(metric));

    app.context.shutdown.request();
    idle.write_all(b"GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let stopping = next_answer(&mut idle).await;
    assert_eq!((stopping.status, stopping.header("connection")), (503, Some("close")));
    slow.write_all(rest).await.unwrap();
    read_answer(&mut slow).await.ok(202);

    let ended = tokio::time::timeout(PATIENCE, &mut app.served).await.expect("the server ends");
    ended.unwrap().unwrap();
    assert!(TcpStream::connect(app.address).await.is_err(), "nobody listens any more");
    assert_eq!(app.event_types().await, REGISTRATION);
}
