//! Which records a webhook is told of.

use std::sync::Arc;

use chrono::Utc;
use domain::{
    collections::{AcceptChange, ChangeId, Collection, CollectionId, DefinitionPatch, ProposeChange, Shape, Upcasts},
    expressions::Filter,
    records::{ChangeRecord, CreateRecord, DeleteRecord, RecordId},
    users::UserId,
    webhooks::{ChangeWebhook, Disablement},
};
use event_store::{EventStore, StreamId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::scene::{Scene, Wanted, event_of};
use crate::installation::eventually;

const EVERYBODY: fn() -> Filter = || Filter::constantly(true);

fn by() -> UserId {
    UserId::from_uuid(Uuid::from_u128(1))
}

impl Scene {
    pub(super) async fn create_record(&self, collection: CollectionId, rank: i64) -> Uuid {
        let (id, data) = (Uuid::now_v7(), json!({ "rank": rank }).as_object().unwrap().clone());
        let (record, allowed) = (RecordId::from_uuid(id), EVERYBODY());
        self.command(id, CreateRecord { id: record, collection, data, allowed, by: by(), at: Utc::now() }).await;
        id
    }

    async fn rank(&self, collection: CollectionId, id: Uuid, rank: i64) {
        let stream = StreamId::new("collection", collection.as_uuid());
        let loaded = EventStore::load::<Collection>(&self.installation.store, &stream).await.unwrap();
        let shape = Arc::new(Shape::of(&loaded.state.defined().unwrap().definition).unwrap());
        let patch = json!({ "rank": rank }).as_object().unwrap().clone();
        let (record, visible, allowed) = (RecordId::from_uuid(id), EVERYBODY(), EVERYBODY());
        let at = Utc::now();
        let change = ChangeRecord { id: record, collection, patch, shape, visible, allowed, by: by(), at };
        self.command(id, change).await;
    }

    async fn delete_record(&self, collection: CollectionId, id: Uuid) {
        let (record, visible, allowed) = (RecordId::from_uuid(id), EVERYBODY(), EVERYBODY());
        let delete = DeleteRecord { id: record, collection, visible, allowed, by: by(), at: Utc::now() };
        self.command(id, delete).await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_collection_those_records_are_told_that_the_filter_matches() {
    let scene = Scene::set().await;
    let (posts, notes) = (scene.collection("posts").await, scene.collection("notes").await);
    let (of, filter) = (posts.id, Some("record.rank > 3 && record.created_at <= now"));
    let wanted = Wanted { collection: Some(posts), filter, ..scene.wanting(&["record.*"]) };
    scene.create(wanted).await;
    let (low, high) = (scene.create_record(of, 1).await, scene.create_record(of, 5).await);
    scene.create_record(notes.id, 9).await;
    // It comes to be told of, and a deletion goes by what the record was.
    scene.rank(of, low, 4).await;
    scene.rank(of, high, 2).await;
    scene.delete_record(of, high).await;
    scene.delete_record(of, low).await;
    let _worker = scene.worker().await;
    scene.caught_up().await;
    scene.deliveries(3, "delivered").await;
    let told = |event: Value| (text(&event["subject"]), text(&event["type"]));
    let mut told: Vec<_> = scene.receiver.received().iter().map(event_of).map(told).collect();
    told.sort();
    let expected = [(high, "record.created"), (low, "record.changed"), (low, "record.deleted")];
    let mut expected = expected.map(|(id, name)| (format!("record-{id}"), name.to_owned()));
    expected.sort();
    assert_eq!(told, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_of_before_its_collection_was_changed_is_judged_as_it_would_be_now() {
    let scene = Scene::set().await;
    let posts = scene.collection("posts").await;
    let of = posts.id;
    let (low, high) = (scene.create_record(of, 1).await, scene.create_record(of, 5).await);
    let schema = json!({"properties": {"level": {"type": "integer"}}}).as_object().unwrap().clone();
    let patch = DefinitionPatch { schema: Some(schema), ..DefinitionPatch::default() };
    let upcasts = Upcasts::from([("level".to_owned(), Some("record.rank * 10".to_owned()))]);
    let (change, at) = (ChangeId::from_uuid(Uuid::now_v7()), Utc::now());
    scene.command(of.as_uuid(), ProposeChange { change, patch, upcasts, at }).await;
    scene.command(of.as_uuid(), AcceptChange { change, records: 2, at }).await;
    let filter = Some("record.level == 50");
    scene.create(Wanted { collection: Some(posts), filter, ..scene.wanting(&["record.deleted"]) }).await;
    scene.delete_record(of, low).await;
    scene.delete_record(of, high).await;
    let _worker = scene.worker().await;
    scene.deliveries(1, "delivered").await;
    scene.caught_up().await;
    let received = scene.receiver.received();
    assert_eq!((received.len(), event_of(&received[0])["subject"].as_str().unwrap()), (1, &*format!("record-{high}")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_without_a_filter_and_a_change_of_mind_count_from_their_event_on() {
    let scene = Scene::set().await;
    let (posts, notes) = (scene.collection("posts").await, scene.collection("notes").await);
    let (of_posts, of_notes) = (posts.id, notes.id);
    let wanted = Wanted { collection: Some(posts), ..scene.wanting(&["record.created"]) };
    let webhook = scene.create(wanted.clone()).await;
    for rank in 0..3 {
        scene.create_record(of_posts, rank).await;
        scene.create_record(of_notes, rank).await;
    }
    let definition = scene.definition(webhook, Wanted { collection: Some(notes), ..wanted }).await;
    scene.command(webhook, ChangeWebhook { definition, at: Utc::now() }).await;
    scene.create_record(of_posts, 7).await;
    scene.create_record(of_notes, 8).await;
    let _worker = scene.worker().await;
    scene.deliveries(4, "delivered").await;
    scene.caught_up().await;
    let ranks = scene.receiver.received();
    let mut ranks: Vec<_> = ranks.iter().map(|request| event_of(request)["data"]["data"]["rank"].as_i64()).collect();
    ranks.sort_unstable();
    assert_eq!(ranks, [Some(0), Some(1), Some(2), Some(8)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_that_means_nothing_disables_its_webhook_and_its_owner_is_told() {
    let scene = Scene::set().await;
    let posts = scene.collection("posts").await;
    let of = posts.id;
    let wanted = Wanted { collection: Some(posts), filter: Some("record.gone == 1"), ..scene.wanting(&["record.*"]) };
    let webhook = scene.create(wanted).await;
    scene.create_record(of, 1).await;
    let _worker = scene.worker().await;
    eventually("it is disabled", || async {
        scene.webhook(webhook).await.endpoint().unwrap().disabled == Some(Disablement::FilterNotApplicable)
    })
    .await;
    // The first mail welcomes.
    let mails = scene.installation.sink.wait_for_mails(2).await;
    let mail = mails.iter().find(|mail| mail.subject().contains("switched off")).unwrap();
    assert!(mail.text().contains("\"Tells the shop\"") && mail.text().contains("filter"), "{}", mail.text());
    assert!(mail.text().contains(&webhook.to_string()) && !mail.text().contains("t0ken"), "{}", mail.text());
    assert!(scene.receiver.received().is_empty());
}
