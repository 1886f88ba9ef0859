//! Signing in on a connection, staying signed in, and being somebody else.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, decode_header, encode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

/// An Ed25519 seed in PKCS #8 (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A token like the server's own that ends in `seconds`.
fn short_token(app: &TestApp, user_id: Uuid, seconds: i64) -> String {
    let issued = app.token(user_id);
    let payload = URL_SAFE_NO_PAD.decode(issued.split('.').nth(1).unwrap()).unwrap();
    let mut claims: Value = serde_json::from_slice(&payload).unwrap();
    claims["exp"] = json!(chrono::Utc::now().timestamp() + seconds);
    let seed = [PKCS8_PREFIX.as_slice(), app.config.secrets.token_key.expose()].concat();
    encode(&decode_header(&issued).unwrap(), &claims, &EncodingKey::from_ed_der(&seed)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_signs_in_and_sees_the_own_record_change() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let mut client = Client::connect(app.address()).await;
    let ready = client.sign_in(&app.token(ada)).await;
    assert_eq!((&ready["id"], &ready["ping"]), (&json!(1), &json!(25)));
    assert_eq!(ready["limits"], json!({"subs": 64, "frame": 16384}));
    let mut follower = Follower::new(2);
    client.subscribe(2, "users/me").await;
    // The projection may not have got there when the subscription begins.
    follower.until(&mut client, |follower| !follower.mode.is_empty() && follower.name_of(ada) == Some("ada")).await;
    assert_eq!(follower.mode, "snapshot");
    app.rename(ada, "Ada Lovelace").await;
    follower.until(&mut client, |follower| follower.name_of(ada) == Some("Ada Lovelace")).await;
    let record = &follower.records[&ada.to_string()].1;
    assert_eq!((&record["email"], &record["roles"]), (&json!("ada@example.org"), &json!(["member"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_sign_in_is_closed_out() {
    let app = TestApp::start().await;
    let mut client = Client::connect(app.address()).await;
    client.subscribe(7, "users/me").await;
    let refusal = client.next().await;
    assert_eq!(
        (&refusal["t"], &refusal["id"], &refusal["code"]),
        (&json!("err"), &json!(7), &json!("unauthenticated"))
    );
    assert_eq!(client.closed().await, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_closes_the_connection() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let expired = short_token(&app, ada, -1);
    let stranger = app.token(Uuid::now_v7());
    for (token, code) in [("nonsense", "invalid_token"), (&expired, "token_expired"), (&stranger, "invalid_token")] {
        let mut client = Client::connect(app.address()).await;
        client.send(json!({"t": "auth", "id": 3, "token": token})).await;
        let refusal = client.next().await;
        assert_eq!((&refusal["t"], &refusal["id"], &refusal["code"]), (&json!("err"), &json!(3), &json!(code)));
        assert_eq!(client.closed().await, 4401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_ends_with_its_token_unless_it_is_renewed() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let mut lapsing = Client::connect(app.address()).await;
    let mut renewing = Client::connect(app.address()).await;
    let (sooner, later) = (short_token(&app, ada, 5), short_token(&app, ada, 5));
    let first = renewing.sign_in(&sooner).await;
    lapsing.sign_in(&later).await;
    let mut follower = Follower::begin(&mut renewing, 2, "users/me").await;
    renewing.send(json!({"t": "auth", "id": 9, "token": app.token(ada)})).await;
    let again = renewing.next().await;
    assert_eq!((&again["t"], &again["id"], &again["conn"]), (&json!("ready"), &json!(9), &first["conn"]));
    assert!(again["exp"].as_i64() > first["exp"].as_i64());
    assert_eq!(lapsing.closed().await, 4401);
    // The other one has outlived its first token and still gets everything.
    app.rename(ada, "Countess").await;
    follower.until(&mut renewing, |follower| follower.name_of(ada) == Some("Countess")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_never_changes_hands() {
    let app = TestApp::start().await;
    let (ada, ben) = (app.register("ada").await, app.register("ben").await);
    let mut client = Client::signed_in(&app, ada).await;
    client.send(json!({"t": "auth", "id": 2, "token": app.token(ben)})).await;
    assert_eq!(client.next().await["code"], "forbidden");
    assert_eq!(client.closed().await, 4403);
}
