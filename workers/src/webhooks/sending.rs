//! An event made ready to be sent: read from the log, signed, with the address it goes to.

use chrono::Utc;
use domain::webhooks::{Endpoint, SECRET_PURPOSE, URL_PURPOSE, WebhookSecret, WebhookUrl};
use event_store::{SubjectKey, log};
use jobs::JobError;
use messaging::CloudEvent;

use super::{Webhooks, deliveries::Delivery, key_failure, sender::Message, signature::sign};

/// What is sent, and where to. Lives as long as the attempt; no `Debug`, since it has the address.
pub(super) struct Sending {
    pub(super) url: WebhookUrl,
    pub(super) message: Message,
    /// The webhook's own.
    pub(super) key: SubjectKey,
}

impl Sending {
    /// `None` when the log does not have the event, or what is stored as address or secret is none.
    pub(super) async fn prepare(
        webhooks: &Webhooks,
        delivery: &Delivery,
        endpoint: &Endpoint,
    ) -> Result<Option<Self>, JobError> {
        let mut conn = webhooks.events.pool().get().await?;
        let event = log::at(&mut conn, delivery.position).await?.filter(|event| event.event_id == delivery.event_id);
        let source = CloudEvent::source_of(log::incarnation(&mut conn).await?);
        drop(conn);
        let Some(event) = event else { return Ok(None) };
        let Ok(body) = CloudEvent::from_recorded(&event, &source).to_structured() else { return Ok(None) };
        let key = webhooks.keys.get(delivery.webhook_id).await.map_err(|error| key_failure(&error))?;
        let open = |purpose, sealed| key.open(purpose, sealed).map_err(|error| key_failure(&error));
        let now = Utc::now();
        let secrets = endpoint.secrets_at(now).map(|sealed| open(SECRET_PURPOSE, sealed));
        let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
        let Ok(secrets) = secrets.iter().map(|text| WebhookSecret::parse(text)).collect::<Result<Vec<_>, _>>() else {
            return Ok(None);
        };
        let Ok(url) = WebhookUrl::parse(&open(URL_PURPOSE, &endpoint.definition.url)?) else { return Ok(None) };
        let (id, timestamp) = (event.event_id, now.timestamp());
        let signature = sign(&secrets, id, timestamp, &body);
        Ok(Some(Self { url, message: Message { id, timestamp, signature, body }, key }))
    }
}
