//! Every version of an event that was ever shipped is read, and what is written is what its golden file says.

use std::{collections::BTreeSet, fs, path::Path};

use domain::{DecodeError, DomainEvent, EventName};
use event_store::{Append, Expected, NewEvent, RawJson, ReadError};
use serde_json::{Value, value::RawValue};
use uuid::Uuid;

use crate::{
    account::{Account, AccountEvent, account},
    scene::Scene,
};

/// Name, version, and what it means today.
const SHIPPED: &[(&str, i16, AccountEvent)] = &[
    ("account.deposited", 1, AccountEvent::Deposited { cents: 1200 }),
    ("account.deposited", 2, AccountEvent::Deposited { cents: 1234 }),
    ("account.closed", 1, AccountEvent::Closed),
];

fn golden(name: &str, version: i16) -> Box<RawValue> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.v{version}.json"));
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn every_shipped_version_is_read_as_its_golden_file_says() {
    for (name, version, meaning) in SHIPPED {
        assert_eq!(AccountEvent::decode(name, *version, &golden(name, *version)).unwrap(), *meaning);
    }
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")).unwrap();
    let files: BTreeSet<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let shipped = SHIPPED.iter().map(|(name, version, _)| format!("{name}.v{version}.json")).collect();
    assert_eq!(files, shipped, "each shipped version has one golden file");
}

#[test]
fn the_current_version_is_written_as_its_golden_file_says() {
    for (name, version, event) in SHIPPED {
        if event.name().version == *version {
            let written: Value = serde_json::from_str(event.encode().unwrap().get()).unwrap();
            let golden: Value = serde_json::from_str(golden(name, *version).get()).unwrap();
            assert_eq!(written, golden);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_with_old_and_new_events_is_one_aggregate() {
    let scene = Scene::new().await;
    let stream = account();
    let events = SHIPPED.iter().map(|(name, version, _)| NewEvent {
        id: Uuid::now_v7(),
        name: EventName { name, version: *version },
        payload: RawJson(golden(name, *version)),
    });
    let append = Append::to_stream(Uuid::now_v7(), stream.clone(), Expected::Exactly(0), events.collect());
    scene.store.append(append).await.unwrap();
    let loaded = scene.store.load::<Account>(&stream).await.unwrap();
    assert_eq!(loaded.state, Account { cents: 2434, deposits: 2, closed: true });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_later_build_is_an_error_that_names_it() {
    let scene = Scene::new().await;
    let stream = account();
    let later = NewEvent {
        id: Uuid::now_v7(),
        name: EventName { name: "account.deposited", version: 3 },
        payload: RawJson::from_serialize(&serde_json::json!({})).unwrap(),
    };
    let append = Append::to_stream(Uuid::now_v7(), stream.clone(), Expected::Exactly(0), vec![later]);
    scene.store.append(append).await.unwrap();
    let error = scene.store.load::<Account>(&stream).await.unwrap_err();
    assert!(matches!(error, ReadError::Decode(DecodeError::Unknown { version: 3, .. })), "{error}");
}
