//! What each event makes of a webhook's row.

use chrono::{DateTime, Utc};
use domain::webhooks::{Definition, WebhookEvent};
use event_store::{RecordedEvent, consumer::HandlerError};
use uuid::Uuid;

use super::WebhookRow;

/// The row after one event; `None` when there is none.
pub(super) fn fold(
    row: Option<WebhookRow>,
    id: Uuid,
    event: &RecordedEvent,
) -> Result<Option<WebhookRow>, HandlerError> {
    let row = match (event.decode::<WebhookEvent>()?, row) {
        // It does not come back.
        (_, Some(gone)) if gone.deleted => Some(gone),
        (WebhookEvent::Created(created), _) => Some(defined(id, created.by.as_uuid(), created.at, created.definition)),
        (WebhookEvent::Changed(changed), Some(row)) => Some(WebhookRow {
            disabled: row.disabled,
            updated_at: changed.at,
            ..defined(id, row.created_by, row.created_at, changed.definition)
        }),
        (WebhookEvent::SecretRotated(rotated), Some(row)) => Some(WebhookRow { updated_at: rotated.at, ..row }),
        (WebhookEvent::Disabled(disabled), Some(row)) => {
            let reason = disabled.reason.as_str().to_owned();
            Some(WebhookRow { disabled: Some(reason), updated_at: disabled.at, ..row })
        }
        (WebhookEvent::Enabled(enabled), Some(row)) => {
            Some(WebhookRow { disabled: None, updated_at: enabled.at, ..row })
        }
        (WebhookEvent::TestRequested(_) | WebhookEvent::ReplayRequested(_), row) => row,
        // That there was one.
        (WebhookEvent::Deleted(deleted), Some(row)) => Some(WebhookRow {
            url: String::new(),
            events: vec![],
            collection: None,
            collection_name: None,
            filter: None,
            description: String::new(),
            updated_at: deleted.at,
            deleted: true,
            ..row
        }),
        (
            WebhookEvent::Changed(_)
            | WebhookEvent::SecretRotated(_)
            | WebhookEvent::Disabled(_)
            | WebhookEvent::Enabled(_)
            | WebhookEvent::Deleted(_),
            None,
        ) => None,
    };
    Ok(row.map(|row| WebhookRow { version: event.stream_version, position: event.position, ..row }))
}

/// The row of a webhook that was created so.
fn defined(id: Uuid, created_by: Uuid, created_at: DateTime<Utc>, definition: Definition) -> WebhookRow {
    let Definition { url, events, collection, filter, description } = definition;
    let (collection, collection_name) = collection.map(|of| (of.id.as_uuid(), of.name.to_string())).unzip();
    WebhookRow {
        id,
        // The event's, above.
        version: 0,
        position: 0,
        url: url.as_str().to_owned(),
        events: events.entries().to_vec(),
        collection,
        collection_name,
        filter: filter.map(|filter| filter.as_str().to_owned()),
        description: description.as_str().to_owned(),
        disabled: None,
        created_by,
        created_at,
        updated_at: created_at,
        deleted: false,
    }
}
