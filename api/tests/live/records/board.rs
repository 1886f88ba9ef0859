//! A collection of notes that an administrator writes over HTTP, and people who follow it.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower},
    http::{Answer, Request},
};

pub(crate) const NOTES: &str = "collections/notes";

pub(crate) struct Board {
    pub(crate) app: TestApp,
    pub(crate) admin: Uuid,
    token: String,
}

/// Everybody sees what is open, and their own.
pub(crate) fn rules() -> Value {
    let open_or_own = "record.status == \"open\" || record.owner == user.id";
    json!({"list": open_or_own, "view": open_or_own})
}

impl Board {
    pub(crate) async fn start() -> Self {
        Self::with_rules(&rules()).await
    }

    pub(crate) async fn with_rules(rules: &Value) -> Self {
        let app = TestApp::start().await;
        let admin = app.register_admin().await;
        let board = Self { token: app.token(admin), app, admin };
        board.define("notes", rules).await;
        board
    }

    pub(crate) async fn define(&self, name: &str, rules: &Value) {
        let properties = json!({
            "title": {"type": "string"}, "status": {"type": "string"}, "rank": {"type": "integer"},
            "owner": {"type": "string", "format": "uuid"}, "due": {"type": "string", "format": "date-time"},
        });
        let schema = json!({"type": "object", "properties": properties});
        let body = json!({"name": name, "schema": schema, "rules": rules});
        let defined = self.request("POST", "/v1/collections").json(&body).send().await;
        assert_eq!(defined.status, 201, "{defined:?}");
    }

    /// Changes the definition of the notes.
    pub(crate) async fn redefine(&self, patch: &Value) {
        let request = self.request("PATCH", "/v1/collections/notes");
        let changed = request.body("application/merge-patch+json", patch.to_string()).send().await;
        assert_eq!(changed.status, 200, "{changed:?}");
    }

    /// Proposes a change of the notes to which they may not keep.
    pub(crate) async fn propose(&self, patch: &Value) -> Value {
        let request = self.request("PATCH", "/v1/collections/notes");
        let proposed = request.body("application/merge-patch+json", patch.to_string()).send().await;
        assert_eq!(proposed.status, 202, "{proposed:?}");
        proposed.json()
    }

    /// The definition of the notes.
    pub(crate) async fn collection(&self) -> Value {
        self.request("GET", "/v1/collections/notes").send().await.json()
    }

    /// Deletes the collection of the notes, which has to be empty.
    pub(crate) async fn drop_notes(&self) {
        let dropped = self.request("DELETE", "/v1/collections/notes").send().await;
        assert_eq!(dropped.status, 204, "{dropped:?}");
    }

    pub(crate) async fn create(&self, note: &Value) -> Uuid {
        self.create_in("notes", note).await.0
    }

    /// Returns the position, too.
    pub(crate) async fn create_in(&self, collection: &str, note: &Value) -> (Uuid, i64) {
        let path = format!("/v1/collections/{collection}/records");
        let made = self.request("POST", &path).json(note).send().await;
        assert_eq!(made.status, 201, "{made:?}");
        (made.json()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"), position(&made))
    }

    pub(crate) async fn change(&self, id: Uuid, patch: &Value) -> i64 {
        let request = self.request("PATCH", &format!("/v1/collections/notes/records/{id}"));
        let changed = request.body("application/merge-patch+json", patch.to_string()).send().await;
        assert_eq!(changed.status, 200, "{changed:?}");
        position(&changed)
    }

    pub(crate) async fn delete(&self, id: Uuid) -> i64 {
        let deleted = self.request("DELETE", &format!("/v1/collections/notes/records/{id}")).send().await;
        assert_eq!(deleted.status, 204, "{deleted:?}");
        position(&deleted)
    }

    /// The note as a user is shown it.
    pub(crate) async fn shown(&self, id: Uuid, user: Uuid) -> Value {
        let path = format!("/v1/collections/notes/records/{id}");
        Request::new(self.app.address(), "GET", &path).token(&self.app.token(user)).send().await.json()
    }

    /// Waits until the read model has everything that was written so far.
    pub(crate) async fn settle(&self) {
        let (_, position) = self.create_in("notes", &json!({"status": "hidden"})).await;
        self.app.projected_in("records", position).await;
    }

    pub(crate) async fn follow(&self, user: Uuid, topic: &str) -> (Client, Follower) {
        let mut client = Client::signed_in(&self.app, user).await;
        let follower = Follower::begin(&mut client, 2, topic).await;
        (client, follower)
    }

    /// Writes a note that everybody sees, and waits until it was told: all that was told before is known then.
    pub(crate) async fn fence(&self, followers: &mut [&mut (Client, Follower)]) {
        let fence = self.create(&json!({"title": "fence", "status": "open", "rank": 1000})).await;
        for (client, follower) in followers {
            follower.until(client, |follower| follower.knows(fence)).await;
        }
    }

    fn request(&self, method: &str, path: &str) -> Request {
        Request::new(self.app.address(), method, path).token(&self.token)
    }
}

fn position(answer: &Answer) -> i64 {
    answer.header("tidemark-position").and_then(|position| position.parse().ok()).expect("a position")
}
