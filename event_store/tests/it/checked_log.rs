//! What is true of every log, whatever was done to it.

use std::collections::{BTreeMap, BTreeSet};

use event_store::RecordedEvent;

/// Positions are 1..n, each stream's versions 1..k, ids unique, time does not go back. Returns the version of each stream.
pub(crate) fn check(events: &[RecordedEvent]) -> BTreeMap<String, i64> {
    let (mut versions, mut ids) = (BTreeMap::new(), BTreeSet::new());
    for (event, position) in events.iter().zip(1..) {
        assert_eq!(event.position, position, "a gap");
        let version = versions.entry(event.stream_id.clone()).or_insert(0);
        *version += 1;
        assert_eq!(event.stream_version, *version, "{} at {position}", event.stream_id);
        assert!(ids.insert(event.event_id), "{} stands twice", event.event_id);
    }
    assert!(events.is_sorted_by_key(|event| event.recorded_at));
    versions
}
