//! Every limit, and what happens beyond it.

use futures::SinkExt;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::{
    Error, Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::{
    app::{TestApp, eventually},
    client::{Client, Follower, Offer},
};

fn status(refused: Result<Client, Error>) -> u16 {
    match refused.err() {
        Some(Error::Http(response)) => {
            let problem: serde_json::Value = serde_json::from_slice(response.body().as_deref().unwrap()).unwrap();
            assert_eq!(problem["status"], response.status().as_u16());
            response.status().as_u16()
        }
        other => panic!("not refused by an answer: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn handshakes_that_are_not_ours_are_refused() {
    let app = TestApp::start().await;
    let offer = async |offer| Client::offer(app.address(), offer).await;
    for origin in ["https://evil.example.org", "null", "https://console.example.org.evil.org", "http://127.0.0.1:8081"]
    {
        assert_eq!(status(offer(Offer { origin: Some(origin), ..Offer::default() }).await), 403, "{origin}");
    }
    assert_eq!(status(offer(Offer { no_subprotocol: true, ..Offer::default() }).await), 400);
    let own = app.config.http.public_url.as_str().trim_end_matches('/').to_owned();
    for origin in ["https://console.example.org", &own] {
        assert!(offer(Offer { origin: Some(origin), ..Offer::default() }).await.is_ok(), "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_limited_and_places_given_back() {
    let app = TestApp::start_with(|config| config.limits.live_connections = 2).await;
    let first = Client::connect(app.address()).await;
    let _second = Client::connect(app.address()).await;
    assert_eq!(status(Client::offer(app.address(), Offer::default()).await), 503);
    drop(first);
    eventually("the place is free again", async || Client::offer(app.address(), Offer::default()).await.ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_has_at_most_64_subscriptions() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let mut client = Client::signed_in(&app, ada).await;
    for id in 1..=64 {
        Follower::begin(&mut client, id, "users/me").await;
    }
    client.subscribe(65, "users/me").await;
    let refusal = client.next().await;
    assert_eq!((&refusal["id"], &refusal["code"]), (&json!(65), &json!("too_many_subscriptions")));
    client.subscribe(3, "users/me").await;
    let refusal = client.next().await;
    assert_eq!((&refusal["id"], &refusal["code"]), (&json!(3), &json!("duplicate_id")));
    client.send(json!({"t": "unsub", "id": 3})).await;
    Follower::begin(&mut client, 65, "users/me").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_none_are_refused_without_harm() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let mut client = Client::signed_in(&app, ada).await;
    let nonsense = [
        "",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"t":"sub"}"#,
        r#"{"t":"sub","id":-1,"topic":"users/me"}"#,
        r#"{"t":"sub","id":9007199254740992,"topic":"users/me"}"#,
        r#"{"t":"sub","id":"2","topic":"users/me"}"#,
        r#"{"t":"sub","id":2,"topic":"users/me","more":1}"#,
        r#"{"t":"snap","id":2}"#,
        "\u{0}",
        "💥",
    ];
    for text in nonsense {
        client.socket.send(Message::text(text)).await.unwrap();
        let refusal = client.next().await;
        assert_eq!(
            (&refusal["t"], &refusal["code"], &refusal["id"]),
            (&json!("err"), &json!("malformed"), &json!(null))
        );
    }
    for (topic, filter, code) in
        [("user", None, "unknown_topic"), ("users/me", Some("true"), "invalid_filter"), ("users", None, "forbidden")]
    {
        client.send(json!({"t": "sub", "id": 2, "topic": topic, "filter": filter})).await;
        let refusal = client.next().await;
        assert_eq!((&refusal["id"], &refusal["code"], &refusal["retry"]), (&json!(2), &json!(code), &json!(false)));
    }
    let follower = Follower::begin(&mut client, 2, "users/me").await;
    assert_eq!(follower.records.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_messages_closes_the_connection() {
    let app = TestApp::start().await;
    let mut client = Client::connect(app.address()).await;
    for _ in 0..200 {
        if client.socket.send(Message::text(r#"{"t":"pong"}"#)).await.is_err() {
            break;
        }
    }
    assert_eq!(client.closed().await, 4429);
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_parts_of_a_message_count_too() {
    let app = TestApp::start().await;
    let mut client = Client::connect(app.address()).await;
    let part = |opcode| Message::Frame(Frame::message("", OpCode::Data(opcode), false));
    client.socket.send(part(Data::Text)).await.unwrap();
    for _ in 0..200 {
        if client.socket.send(part(Data::Continue)).await.is_err() {
            break;
        }
    }
    assert_eq!(client.closed().await, 4429);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_too_large_close_the_connection() {
    let app = TestApp::start().await;
    let mut whole = Client::connect(app.address()).await;
    whole.socket.send(Message::text("x".repeat(16 * 1024 + 1))).await.unwrap();
    assert_eq!(whole.closed().await, 1009);
    let mut parts = Client::connect(app.address()).await;
    for opcode in [Data::Text, Data::Continue] {
        let part = Frame::message("x".repeat(9000), OpCode::Data(opcode), false);
        parts.socket.send(Message::Frame(part)).await.unwrap();
    }
    assert_eq!(parts.closed().await, 1009);
    // Announced only: nothing of it is waited for, let alone kept.
    let mut announced = Client::connect(app.address()).await;
    let header = [&[0x81, 0xff][..], &(1_u64 << 40).to_be_bytes(), &[0; 4], &[0; 1000]].concat();
    announced.socket.get_mut().write_all(&header).await.unwrap();
    assert_eq!(announced.closed().await, 1009);
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_break_the_standard_close_the_connection() {
    let app = TestApp::start().await;
    let mut binary = Client::connect(app.address()).await;
    binary.socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(binary.closed().await, 1003);
    let unmasked: &[u8] = &[0x81, 0x01, b'x'];
    let long_ping = [&[0x89, 0xfe, 0x00, 126][..], &[0; 130]].concat();
    let reserved: &[u8] = &[0xf1, 0x80, 0, 0, 0, 0];
    for frame in [unmasked, &long_ping, reserved] {
        let mut client = Client::connect(app.address()).await;
        client.socket.get_mut().write_all(frame).await.unwrap();
        assert_eq!(client.closed().await, 1002, "{frame:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_are_answered_and_a_farewell_is_returned() {
    use futures::StreamExt;
    let app = TestApp::start().await;
    let mut client = Client::connect(app.address()).await;
    client.socket.send(Message::Ping("are you there".into())).await.unwrap();
    assert_eq!(client.socket.next().await.unwrap().unwrap(), Message::Pong("are you there".into()));
    client.socket.close(None).await.unwrap();
    assert_eq!(client.closed().await, 1000);
}
