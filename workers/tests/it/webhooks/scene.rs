//! What a test does with the webhooks of an installation.

use base64::{Engine, engine::general_purpose::STANDARD};
use bootstrap::Config;
use chrono::{TimeDelta, Utc};
use domain::{
    Aggregate, Command, Sealed,
    collections::{Collection, CollectionId, CollectionName, DefineCollection, Definition as CollectionDefinition},
    users::{Locale, UserId},
    webhooks::{
        CreateWebhook, Definition, EventSelection, OfCollection, SECRET_PURPOSE, URL_PURPOSE, Webhook,
        WebhookDescription, WebhookFilter, WebhookSecret,
    },
};
use event_store::{EventStore, StreamId, execute::Execution};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::Sha256;
use test_support::{HttpReceiver, ReceivedRequest};
use uuid::Uuid;
use workers::{Options, webhooks::WEBHOOK_QUEUE};

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

pub(super) struct Scene {
    pub(super) installation: Installation,
    pub(super) receiver: HttpReceiver,
    pub(super) owner: Uuid,
}

/// What a webhook is made with.
#[derive(Clone)]
pub(super) struct Wanted<'a> {
    pub(super) url: String,
    pub(super) events: &'a [&'a str],
    pub(super) collection: Option<OfCollection>,
    pub(super) filter: Option<&'a str>,
}

impl Scene {
    pub(super) async fn set() -> Self {
        let installation = Installation::new().await;
        let owner = installation.register("ada@example.com", Some("Ada"), Locale::En).await.user_id;
        Self { installation, receiver: HttpReceiver::start().await, owner }
    }

    pub(super) async fn worker(&self) -> WorkerProcess {
        WorkerProcess::start(&self.installation).await
    }

    /// A worker with other settings than usual.
    pub(super) async fn worker_with(&self, change: impl FnOnce(&mut Config, &mut Options)) -> WorkerProcess {
        let mut config = self.installation.config(("SMTP_URL", &self.installation.sink.url()));
        let mut options = self.installation.options();
        change(&mut config, &mut options);
        WorkerProcess::start_with(config, options).await
    }

    pub(super) fn wanting<'a>(&self, events: &'a [&'a str]) -> Wanted<'a> {
        Wanted { url: self.receiver.url(), events, collection: None, filter: None }
    }

    /// Makes a webhook as the API does.
    pub(super) async fn create(&self, wanted: Wanted<'_>) -> Uuid {
        let id = Uuid::now_v7();
        self.installation.keys.create(id).await.unwrap();
        let (definition, secret) = (self.definition(id, wanted).await, self.seal_secret(id, &secret(1)).await);
        let by = UserId::from_uuid(self.owner);
        // Long ago: a webhook that was changed only now has not failed for days.
        self.command(id, CreateWebhook { definition, secret, by, at: Utc::now() - TimeDelta::days(30) }).await;
        id
    }

    pub(super) async fn definition(&self, id: Uuid, wanted: Wanted<'_>) -> Definition {
        let Wanted { url, events, collection, filter } = wanted;
        let url = self.installation.seal(id, URL_PURPOSE, &url).await;
        let filter = filter.map(|text| WebhookFilter::parse(text).unwrap());
        let description = WebhookDescription::parse("Tells the shop").unwrap();
        Definition::new(url, EventSelection::parse(events).unwrap(), collection, filter, description).unwrap()
    }

    pub(super) async fn seal_secret(&self, id: Uuid, secret: &WebhookSecret) -> Sealed {
        self.installation.seal(id, SECRET_PURPOSE, &secret.reveal()).await
    }

    /// Executes a command on an aggregate; says at which position.
    pub(super) async fn command<C: Command>(&self, id: Uuid, command: C) -> i64
    where
        C::Aggregate: Serialize + DeserializeOwned,
        C::Refusal: std::fmt::Debug,
    {
        let stream = StreamId::new(C::Aggregate::CATEGORY, id);
        let execution = Execution::new(Uuid::now_v7());
        let done = EventStore::execute(&self.installation.store, &stream, command, execution).await.unwrap();
        done.position.unwrap()
    }

    pub(super) async fn webhook(&self, id: Uuid) -> Webhook {
        let stream = StreamId::new(Webhook::CATEGORY, id);
        EventStore::load::<Webhook>(&self.installation.store, &stream).await.unwrap().state
    }

    /// A collection of things with a rank.
    pub(super) async fn collection(&self, name: &str) -> OfCollection {
        let (id, name) = (Uuid::now_v7(), CollectionName::parse(name).unwrap());
        let schema = json!({"type": "object", "properties": {"rank": {"type": "integer"}}});
        let schema = schema.as_object().unwrap().clone();
        let definition = CollectionDefinition { schema, ..CollectionDefinition::default() }.normalised();
        assert_eq!(Collection::CATEGORY, "collection");
        self.command(id, DefineCollection { name: name.clone(), definition, at: Utc::now() }).await;
        OfCollection { id: CollectionId::from_uuid(id), name }
    }

    pub(super) async fn count(&self, what: &str) -> i64 {
        self.installation.count(&format!("SELECT count(*) FROM {what}")).await
    }

    /// Waits until so many deliveries are in this state.
    pub(super) async fn deliveries(&self, count: i64, state: &str) {
        let what = format!("webhook_deliveries WHERE state = '{state}'");
        eventually(&format!("{count} are {state}"), || async { self.count(&what).await == count }).await;
    }

    /// Waits until the reactions have seen all that is in the log.
    pub(super) async fn caught_up(&self) {
        let behind = "checkpoints, log_head WHERE consumer = 'reactions' AND checkpoints.position < log_head.position";
        eventually("the reactions", || async { self.count(behind).await == 0 }).await;
    }

    /// Waits until so many attempts were made.
    pub(super) async fn attempts(&self, count: i64) {
        eventually(&format!("{count} attempts"), || async { self.count("webhook_attempts").await == count }).await;
    }

    /// The next attempts are due.
    pub(super) async fn time_passes(&self) {
        let waiting = format!("jobs WHERE queue = '{WEBHOOK_QUEUE}' AND state = 'retrying'");
        eventually("jobs wait", || async { self.count(&waiting).await > 0 }).await;
        self.installation.retry_waiting_jobs_of(WEBHOOK_QUEUE).await;
    }
}

pub(super) fn secret(number: u8) -> WebhookSecret {
    WebhookSecret::from_random([number; 32])
}

/// Whether one of the request's signatures is made with this secret, as a receiver finds out.
pub(super) fn is_signed_with(request: &ReceivedRequest, secret: &WebhookSecret) -> bool {
    let header = |name| request.header(name).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).unwrap();
    mac.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    mac.update(&request.body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    header("webhook-signature").split(' ').any(|signature| signature == expected)
}

pub(super) fn event_of(request: &ReceivedRequest) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// The types of the events that have come.
pub(super) fn types(requests: &[ReceivedRequest]) -> Vec<String> {
    requests.iter().map(|request| event_of(request)["type"].as_str().unwrap().to_owned()).collect()
}
