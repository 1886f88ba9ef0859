//! How far an import is, told to whose it is.

use chrono::Utc;
use domain::{
    Aggregate, Command,
    collections::{CollectionId, CollectionName},
    imports::{AdvanceImport, FinishImport, Import, ImportFormat, Reached, StartImport},
    users::UserId,
};
use event_store::{Execution, StreamId};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

async fn execute<C: Command<Aggregate = Import>>(app: &TestApp, import: Uuid, command: C) -> i64 {
    let stream = StreamId::new(Import::CATEGORY, import);
    let done = app.events.execute(&stream, command, Execution::new(Uuid::now_v7())).await;
    done.expect("executed").position.expect("something happened")
}

fn start(by: Uuid) -> StartImport {
    StartImport {
        collection: CollectionId::from_uuid(Uuid::from_u128(1)),
        collection_name: CollectionName::parse("posts").expect("a name"),
        format: ImportFormat::Csv,
        by: UserId::from_uuid(by),
        at: Utc::now(),
    }
}

fn step(lines: u64) -> AdvanceImport {
    let step = Reached { bytes: lines * 100, lines, created: lines, refused: 0 };
    AdvanceImport { step, columns: None, errors: vec![], at: Utc::now() }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_imports_follows_how_far_it_is() {
    let app = TestApp::start().await;
    let (ada, admin) = (app.register("ada").await, app.register_admin().await);
    let (import, other) = (Uuid::now_v7(), Uuid::now_v7());
    for id in [import, other] {
        execute(&app, id, start(ada)).await;
    }
    let position = execute(&app, import, step(3)).await;
    app.projected_in("imports", position).await;

    let topic = format!("imports/{import}");
    let mut client = Client::signed_in(&app, ada).await;
    let mut follower = Follower::begin(&mut client, 2, &topic).await;
    let shown = |follower: &Follower| follower.records[&import.to_string()].1.clone();
    let view = shown(&follower);
    assert_eq!((&view["state"], &view["created"], &view["received_bytes"]), (&json!("open"), &json!(3), &json!(300)));
    assert_eq!((&view["collection"], &view["format"]), (&json!("posts"), &json!("csv")));
    assert_eq!(follower.records.len(), 1, "nothing of the other one");
    let mut of_admin = Client::signed_in(&app, admin).await;
    let mut by_admin = Follower::begin(&mut of_admin, 2, &topic).await;

    execute(&app, other, step(1)).await;
    execute(&app, import, step(5)).await;
    execute(&app, import, FinishImport { at: Utc::now() }).await;
    for (client, follower) in [(&mut client, &mut follower), (&mut of_admin, &mut by_admin)] {
        follower.until(client, |follower| shown(follower)["state"] == json!("finished")).await;
        assert_eq!((&shown(follower)["created"], &shown(follower)["version"]), (&json!(8), &json!(4)));
        assert!(!follower.has_heard_of(other));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn to_others_there_is_no_such_import() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let import = Uuid::now_v7();
    let position = execute(&app, import, start(ada)).await;
    app.projected_in("imports", position).await;
    let mut client = Client::signed_in(&app, eve).await;
    for topic in [format!("imports/{import}"), format!("imports/{}", Uuid::now_v7()), "imports".to_owned()] {
        client.subscribe(2, &topic).await;
        assert_eq!(client.next().await["code"], "unknown_topic", "{topic}");
    }
    let mut client = Client::signed_in(&app, ada).await;
    client.filter(3, &format!("imports/{import}"), "record.created > 1").await;
    assert_eq!(client.next().await["code"], "invalid_filter");
}
