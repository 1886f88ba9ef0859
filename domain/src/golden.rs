//! Holds stored events to their golden files.

use std::{collections::BTreeSet, fs, path::PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};

use crate::{DecodeError, DomainEvent, EventName};

/// The time in every golden file.
pub(crate) fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_760_000_000, 0).unwrap()
}

/// Fails unless the events of one category, each as it is shipped today, and its golden files say the same. A new
/// version of an event keeps the old golden file and adds one.
pub(crate) fn check<E: DomainEvent + PartialEq>(category: &str, shipped: &[E]) {
    for event in shipped {
        let EventName { name, version } = event.name();
        let golden = read(&file(event.name()));
        let written: Value = serde_json::from_str(event.encode().unwrap().get()).unwrap();
        assert_eq!(written, golden, "{name} is not written as its golden file says");
        let payload = to_raw_value(&golden).unwrap();
        assert_eq!(E::decode(name, version, &payload).unwrap(), *event, "{name} is not read as the event it was");
        assert!(matches!(E::decode(name, 99, &payload), Err(DecodeError::Unknown { .. })), "{name}");
        let empty = RawValue::from_string("{}".to_owned()).unwrap();
        assert!(matches!(E::decode(name, version, &empty), Err(DecodeError::Malformed { .. })), "{name}");
    }
    let vanished = RawValue::from_string("{}".to_owned()).unwrap();
    let vanished = E::decode(&format!("{category}.vanished"), 1, &vanished);
    assert!(matches!(vanished, Err(DecodeError::Unknown { .. })), "an unknown event is an error and not skipped");
    let names: BTreeSet<String> = shipped.iter().map(|event| file(event.name())).collect();
    assert_eq!(names, files_of(category), "every golden file belongs to a shipped event");
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn file(EventName { name, version }: EventName) -> String {
    format!("{name}.v{version}.json")
}

fn read(file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join(file)).expect(file)).expect(file)
}

fn files() -> impl Iterator<Item = String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    fs::read_dir(folder()).unwrap().map(name)
}

/// Of all events that have a golden file.
pub(crate) fn names() -> BTreeSet<String> {
    files().map(|file| file.split('.').take(2).collect::<Vec<_>>().join(".")).collect()
}

fn files_of(category: &str) -> BTreeSet<String> {
    files().filter(|name| name.split('.').next() == Some(category)).collect()
}

#[test]
fn every_golden_file_is_of_a_category_that_is_checked() {
    let categories = [
        "user",
        "roles",
        "sessions",
        "collection",
        "record",
        "file",
        "file_space",
        "schema_change",
        "import",
        "webhook",
    ];
    let checked: usize = categories.into_iter().map(|category| files_of(category).len()).sum();
    assert_eq!(files().count(), checked);
}
