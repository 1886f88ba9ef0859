//! What a webhook is told to send, and where to.

use serde::{Deserialize, Serialize};

use super::{EventSelection, WebhookDescription, WebhookFilter};
use crate::{
    Sealed,
    collections::{CollectionId, CollectionName},
};

/// Made by [`Definition::new`], so that its parts fit each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// A [`super::WebhookUrl`]. It is sealed, since such addresses often have a token in them.
    pub url: Sealed,
    pub events: EventSelection,
    /// Whose records only are sent.
    pub collection: Option<OfCollection>,
    /// Which of these records only are sent.
    pub filter: Option<WebhookFilter>,
    pub description: WebhookDescription,
}

/// A collection as it was when the webhook was told of it. The id decides: a name can be given again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfCollection {
    pub id: CollectionId,
    pub name: CollectionName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDefinition {
    #[error("with a collection, only events of records can be selected")]
    NotOfRecords,
    #[error("needs a collection")]
    FilterWithoutCollection,
}

impl Definition {
    pub fn new(
        url: Sealed,
        events: EventSelection,
        collection: Option<OfCollection>,
        filter: Option<WebhookFilter>,
        description: WebhookDescription,
    ) -> Result<Self, InvalidDefinition> {
        if collection.is_some() && !events.is_of_records_only() {
            return Err(InvalidDefinition::NotOfRecords);
        }
        if collection.is_none() && filter.is_some() {
            return Err(InvalidDefinition::FilterWithoutCollection);
        }
        Ok(Self { url, events, collection, filter, description })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use uuid::Uuid;

    use super::*;

    pub(in crate::webhooks) fn of_posts() -> OfCollection {
        let id = CollectionId::from_uuid(Uuid::from_u128(5));
        OfCollection { id, name: CollectionName::parse("posts").unwrap() }
    }

    fn with(
        events: &str,
        collection: Option<OfCollection>,
        filter: Option<&str>,
    ) -> Result<Definition, InvalidDefinition> {
        let url = Sealed::from_ciphertext("s1.url".to_owned());
        let events = EventSelection::parse([events]).unwrap();
        let filter = filter.map(|text| WebhookFilter::parse(text).unwrap());
        Definition::new(url, events, collection, filter, WebhookDescription::default())
    }

    pub(in crate::webhooks) fn definition(events: &str) -> Definition {
        with(events, None, None).unwrap()
    }

    #[test]
    fn a_collection_goes_with_events_of_records() {
        assert!(with("record.*", Some(of_posts()), None).is_ok());
        assert_eq!(with("*", Some(of_posts()), None), Err(InvalidDefinition::NotOfRecords));
        assert_eq!(with("user.registered", Some(of_posts()), None), Err(InvalidDefinition::NotOfRecords));
    }

    #[test]
    fn a_filter_goes_with_a_collection() {
        let filter = Some("record.rank > 3");
        assert!(with("record.created", Some(of_posts()), filter).is_ok());
        assert_eq!(with("record.created", None, filter), Err(InvalidDefinition::FilterWithoutCollection));
    }
}
