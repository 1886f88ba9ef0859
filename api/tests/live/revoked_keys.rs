//! A connection is worth no more than the key of its token.

use api::auth::{Tokens, rotation};
use bootstrap::{config::SecretKey, db};
use chrono::Utc;
use domain::users::UserId;
use event_store::SigningKeys;
use serde_json::json;
use uuid::Uuid;

use crate::{app::TestApp, client::Client};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_whose_key_was_revoked_gets_nothing_more() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let mut client = Client::signed_in(&app, ada).await;
    let pool = db::pool(app.config.database_url().expect("a database"), 2).expect("a pool");
    let keys = SigningKeys::new(pool, app.config.secrets.master_key.expose());
    let kid = keys.list().await.expect("the keys")[0].kid.clone();
    rotation::revoke(&keys, &kid, Utc::now()).await.expect("revoked").expect("a replacement");

    // A token under a key that nobody knows has the keys read again.
    let strangers = Tokens::new(&SecretKey::generate(), &app.config.http.public_url).expect("a key");
    let (token, _) = strangers.issue(UserId::from_uuid(ada), Uuid::now_v7(), Default::default()).expect("a token");
    for token in [token, app.token(ada)] {
        let mut stranger = Client::connect(app.address()).await;
        stranger.send(json!({"t": "auth", "id": 1, "token": token})).await;
        assert_eq!(stranger.closed().await, 4401);
    }
    client.subscribe(1, "users/me").await;
    assert_eq!(client.closed().await, 4401);
}
