//! Which events a webhook is sent.

use serde::{Deserialize, Serialize};

use super::Webhook;
use crate::{Aggregate, event_types};

const MOST_ENTRIES: usize = 50;
const EVERYTHING: &str = "*";
const RECORDS: &str = "record";

/// 1 to 50 types of events, such as `record.created`, or families, such as `record.*`, or `*` for all. Sorted, without
/// repeats. Events of webhooks are never among them: sending one would make the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventSelection(Vec<String>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSelection {
    #[error("must name an event")]
    Empty,
    #[error("must have at most 50 entries")]
    TooMany,
    /// The entry at this place, counted from 0.
    #[error("there are no such events to be sent")]
    Unknown(usize),
}

impl EventSelection {
    /// Of what somebody writes who wants these events. What is stored is not held to the list of types: a newer build may have
    /// known more.
    pub fn parse<T: AsRef<str>>(entries: impl IntoIterator<Item = T>) -> Result<Self, InvalidSelection> {
        let mut selected = Vec::new();
        for (index, entry) in entries.into_iter().enumerate() {
            if index >= MOST_ENTRIES {
                return Err(InvalidSelection::TooMany);
            }
            let entry = entry.as_ref();
            if !is_selectable(entry) {
                return Err(InvalidSelection::Unknown(index));
            }
            selected.push(entry.to_owned());
        }
        if selected.is_empty() {
            return Err(InvalidSelection::Empty);
        }
        selected.sort_unstable();
        selected.dedup();
        Ok(Self(selected))
    }

    /// Whether events of this type are sent.
    pub fn selects(&self, event_type: &str) -> bool {
        family_of(event_type) != Webhook::CATEGORY && self.0.iter().any(|entry| covers(entry, event_type))
    }

    /// Whether no event of anything else than a record is selected.
    pub fn is_of_records_only(&self) -> bool {
        self.0.iter().all(|entry| entry != EVERYTHING && family_of(entry) == RECORDS)
    }

    pub fn entries(&self) -> &[String] {
        &self.0
    }
}

fn is_selectable(entry: &str) -> bool {
    if entry == EVERYTHING {
        return true;
    }
    if family_of(entry) == Webhook::CATEGORY {
        return false;
    }
    entry.strip_suffix(".*").map_or_else(|| event_types::is_known(entry), event_types::is_family)
}

fn covers(entry: &str, event_type: &str) -> bool {
    entry == EVERYTHING
        || entry == event_type
        || entry.strip_suffix(".*").is_some_and(|family| family == family_of(event_type))
}

/// What comes before the dot.
fn family_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(family, _)| family)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(entries: &[&str]) -> EventSelection {
        EventSelection::parse(entries).unwrap()
    }

    #[test]
    fn types_families_and_everything_can_be_selected() {
        assert!(selection(&["record.created"]).selects("record.created"));
        assert!(!selection(&["record.created"]).selects("record.changed"));
        let some = selection(&["record.*", "user.registered"]);
        assert!(some.selects("record.deleted") && some.selects("user.registered"));
        assert!(!some.selects("user.suspended") && !some.selects("records.created"));
        assert!(selection(&["*"]).selects("file.created") && selection(&["*"]).selects("order.placed"));
    }

    #[test]
    fn entries_are_sorted_without_repeats() {
        let some = selection(&["user.*", "record.created", "user.*"]);
        assert_eq!(some.entries(), ["record.created", "user.*"]);
    }

    #[test]
    fn events_of_webhooks_are_never_sent() {
        for entry in ["webhook.*", "webhook.created", "webhook.test_requested", "webhook"] {
            assert_eq!(EventSelection::parse([entry]), Err(InvalidSelection::Unknown(0)), "{entry}");
        }
        assert!(!selection(&["*"]).selects("webhook.created") && !selection(&["*"]).selects("webhook.test_requested"));
    }

    #[test]
    fn what_there_is_not_cannot_be_selected() {
        assert_eq!(EventSelection::parse::<&str>([]), Err(InvalidSelection::Empty));
        assert_eq!(EventSelection::parse(vec!["*"; 51]), Err(InvalidSelection::TooMany));
        for entry in ["", "record", "record.vanished", "records.*", "record.*.*", ".*", "*.*", "Record.created"] {
            assert_eq!(EventSelection::parse(["*", entry]), Err(InvalidSelection::Unknown(1)), "{entry}");
        }
    }

    #[test]
    fn a_stored_selection_of_a_newer_build_is_kept() {
        let stored: EventSelection = serde_json::from_str(r#"["moon.landed_on"]"#).unwrap();
        assert!(stored.selects("moon.landed_on") && !stored.selects("record.created"));
    }

    #[test]
    fn it_is_known_whether_only_records_are_selected() {
        assert!(selection(&["record.*", "record.created"]).is_of_records_only());
        assert!(!selection(&["record.*", "user.registered"]).is_of_records_only());
        assert!(!selection(&["*"]).is_of_records_only());
    }
}
