//! Files, followed by whose they are and by those who may read everybody's: to others they do not exist.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::Utc;
use domain::{
    files::{ContentType, DeleteFile, Deletion, Digest, FileId, LinkFile, RenameFile, Room},
    records::RecordId,
    users::UserId,
};
use event_store::Execution;
use file_store::{Key, NAME, NewFile, Received, stream};
use messaging::InProcessBus;
use rand::{RngExt, seq::IndexedRandom};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

/// What is done with files as the API and workers do it, but for their content, which nobody here asks for.
impl TestApp {
    pub(crate) async fn upload(&self, owner: Uuid, name: &str) -> (Uuid, i64) {
        let (id, owner) = (Uuid::now_v7(), UserId::from_uuid(owner));
        let content_type = ContentType::parse("text/plain").unwrap();
        let received = Received { size: 3, sha256: Digest::from_bytes([7; 32]), content_type };
        let name = self.keys.get(owner.as_uuid()).await.unwrap().seal(NAME, name);
        let (key, at) = (Key::content(id), Utc::now());
        let file = NewFile { id: FileId::from_uuid(id), owner, name, received, key, temporary: false, at };
        let room = Room { files: u64::MAX, bytes: u64::MAX };
        let made = file_store::make(&self.events, file, room, Execution::new(Uuid::now_v7())).await.unwrap();
        (id, made.position.unwrap())
    }

    async fn rename_file(&self, id: Uuid, owner: Uuid, name: &str) -> i64 {
        let name = self.keys.get(owner).await.unwrap().seal(NAME, name);
        let command = RenameFile { name, at: Utc::now() };
        let (stream, execution) = (stream(FileId::from_uuid(id)), Execution::new(Uuid::now_v7()));
        self.events.execute(&stream, command, execution).await.unwrap().position.unwrap()
    }

    async fn link_file(&self, id: Uuid, owner: Uuid) -> i64 {
        let record = RecordId::from_uuid(Uuid::now_v7());
        let command = LinkFile { record, by: UserId::from_uuid(owner), at: Utc::now() };
        let (stream, execution) = (stream(FileId::from_uuid(id)), Execution::new(Uuid::now_v7()));
        self.events.execute(&stream, command, execution).await.unwrap().position.unwrap()
    }

    async fn delete_file(&self, id: Uuid) -> i64 {
        let command = DeleteFile { why: Deletion::Asked, at: Utc::now() };
        let done = file_store::remove(&self.events, FileId::from_uuid(id), command, Execution::new(Uuid::now_v7()));
        done.await.unwrap().position.unwrap()
    }

    async fn follow(&self, user: Uuid, topic: &str) -> (Client, Follower) {
        let mut client = Client::signed_in(self, user).await;
        let follower = Follower::begin(&mut client, 2, topic).await;
        (client, follower)
    }
}

impl Follower {
    fn file_name(&self, id: Uuid) -> Option<&str> {
        self.records.get(&id.to_string())?.1["name"].as_str()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_a_file_is_told_to_its_owner_and_to_nobody_else() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let (old, position) = app.upload(ada, "old.txt").await;
    app.projected_in("files", position).await;
    let (mut client, mut own) = app.follow(ada, "files").await;
    assert_eq!((own.mode.as_str(), own.file_name(old)), ("snapshot", Some("old.txt")));
    let (mut of_eve, mut others) = app.follow(eve, "files").await;
    assert!(others.records.is_empty());

    let (new, _) = app.upload(ada, "new.txt").await;
    own.until(&mut client, |own| own.knows(new)).await;
    let view = &own.records[&new.to_string()].1;
    assert_eq!(
        (&view["owner"], &view["content_type"], &view["records"]),
        (&json!(ada), &json!("text/plain"), &json!(0))
    );
    app.rename_file(new, ada, "newer.txt").await;
    own.until(&mut client, |own| own.file_name(new) == Some("newer.txt")).await;
    app.link_file(new, ada).await;
    own.until(&mut client, |own| own.records[&new.to_string()].1["records"] == 1).await;
    app.delete_file(old).await;
    own.until(&mut client, |own| !own.knows(old)).await;
    assert_eq!((own.changes, own.removed.len()), (4, 1));
    let passing = app.upload(ada, "passing.txt").await.0;
    app.delete_file(passing).await;

    let (fence, _) = app.upload(eve, "fence.txt").await;
    others.until(&mut of_eve, |others| others.knows(fence)).await;
    assert_eq!((others.heard.len(), others.changes), (1, 1), "only of Eve's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bus_has_lost_is_read_by_those_whose_it_is() {
    let app = TestApp::start().await;
    let (ada, eve, admin) = (app.register("ada").await, app.register("eve").await, app.register_admin().await);
    let (kept, _) = app.upload(ada, "kept.txt").await;
    let (gone, position) = app.upload(ada, "gone.txt").await;
    app.projected_in("files", position).await;
    let (mut client, mut own) = app.follow(ada, "files").await;
    let (mut of_eve, mut others) = app.follow(eve, "files").await;
    let (mut of_admin, mut all) = app.follow(admin, "files").await;
    app.bus.lose_notices(true);
    app.delete_file(gone).await;
    let position = app.rename_file(kept, ada, "renamed.txt").await;
    app.projected_in("files", position).await;
    app.bus.lose_notices(false);
    for (client, follower) in [(&mut client, &mut own), (&mut of_admin, &mut all)] {
        follower.until(client, |own| own.file_name(kept) == Some("renamed.txt") && !own.knows(gone)).await;
    }
    let (fence, _) = app.upload(eve, "fence.txt").await;
    others.until(&mut of_eve, |others| others.knows(fence)).await;
    assert_eq!(others.heard.len(), 1, "only of Eve's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_gets_what_happened_to_their_files_meanwhile() {
    let app = TestApp::start().await;
    let (ada, eve, admin) = (app.register("ada").await, app.register("eve").await, app.register_admin().await);
    let (kept, _) = app.upload(ada, "kept.txt").await;
    let (gone, position) = app.upload(ada, "gone.txt").await;
    app.projected_in("files", position).await;
    let left = [(ada, "files"), (ada, "files/me"), (admin, "files"), (eve, "files")];
    let mut followers = vec![];
    for (user, topic) in left {
        followers.push(app.follow(user, topic).await.1);
    }
    app.rename_file(kept, ada, "renamed.txt").await;
    app.delete_file(gone).await;
    let (new, _) = app.upload(ada, "new.txt").await;
    let (of_eve, position) = app.upload(eve, "eve.txt").await;
    app.projected_in("files", position).await;
    for ((user, topic), follower) in left.into_iter().zip(followers) {
        let mut client = Client::signed_in(&app, user).await;
        client.resume(7, topic, &follower.position, &follower.epoch).await;
        let mut follower = follower.resumed(7);
        follower.begun(&mut client).await;
        assert_eq!(follower.mode, "resumed", "{topic}");
        let last = if user == ada { new } else { of_eve };
        follower.until(&mut client, |follower| follower.knows(last)).await;
        let (sees_ada, sees_eve) = (user != eve, user != ada);
        assert_eq!(follower.file_name(kept), sees_ada.then_some("renamed.txt"));
        assert_eq!((follower.knows(gone), follower.knows(new)), (false, sees_ada));
        assert_eq!((follower.has_heard_of(gone), follower.has_heard_of(of_eve)), (sees_ada, sees_eve));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_other_files_than_before_begins_anew_within_two_seconds_on_every_replica() {
    let app = TestApp::start().await;
    let (reader, ada) = (app.define_role("reader", &["files:read:all"]).await, app.register("ada").await);
    let eve = app.register("eve").await;
    app.grant(ada, reader.clone()).await;
    let (own_file, _) = app.upload(ada, "ada.txt").await;
    let (of_eve, position) = app.upload(eve, "eve.txt").await;
    app.projected_in("files", position).await;
    // The second replica hears of nothing.
    let deaf = app.replica(Arc::new(InProcessBus::new())).await;
    let mut clients = vec![];
    for address in [app.address(), deaf.address] {
        let mut client = Client::connect(address).await;
        client.sign_in(&app.token(ada)).await;
        let (all, own) =
            (Follower::begin(&mut client, 2, "files").await, Follower::begin(&mut client, 3, "files/me").await);
        assert_eq!((all.knows(of_eve), own.knows(of_eve), own.knows(own_file)), (true, false, true));
        clients.push((all, own, client));
    }
    app.change_role(&reader, &[]).await;
    let ends = async {
        for (all, own, client) in &mut clients {
            while all.reset.is_none() {
                let message = client.next().await;
                if message["id"] == 2 { all.take(&message) } else { own.take(&message) }
            }
            assert_eq!((all.reset.as_deref(), own.reset.as_deref()), (Some("epoch"), None));
        }
    };
    tokio::time::timeout(Duration::from_secs(2), ends).await.expect("within two seconds");
    let (all, _, client) = &mut clients[0];
    // Also where the client does not heed that it is to begin anew.
    client.resume(4, "files", &all.position, &all.epoch).await;
    let mut again = Follower::new(4);
    again.begun(client).await;
    assert_eq!((again.mode.as_str(), again.records.len(), again.knows(own_file)), ("snapshot", 1, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_whoever_was_erased_are_removed_and_never_shown() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.register_admin().await, app.register("ada").await);
    let (file, position) = app.upload(ada, "before.txt").await;
    app.projected_in("files", position).await;
    let name = app.keys.get(ada).await.unwrap().seal(NAME, "after.txt");
    let destroy = format!("UPDATE subject_keys SET wrapped_key = NULL, erased_at = now() WHERE subject_id = '{ada}'");
    diesel_async::SimpleAsyncConnection::batch_execute(&mut app.connect().await, &destroy).await.unwrap();
    let (mut client, mut all) = app.follow(admin, "files").await;
    assert!(all.records.is_empty(), "the name cannot be read any more");
    // What was still under way when the key was destroyed.
    let (stream, execution) = (stream(FileId::from_uuid(file)), Execution::new(Uuid::now_v7()));
    app.events.execute(&stream, RenameFile { name, at: Utc::now() }, execution).await.unwrap();
    let message = client.next().await;
    all.take(&message);
    assert_eq!((&message["op"], &message["key"], message.get("data")), (&json!("remove"), &json!(file), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_filter_and_no_other_name_is_taken() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let mut client = Client::signed_in(&app, ada).await;
    for (topic, filter, code) in [
        ("files", json!("record.owner == user.id"), "invalid_filter"),
        ("files/me", json!("true"), "invalid_filter"),
        ("files/*", json!(null), "unknown_topic"),
        ("files/all", json!(null), "unknown_topic"),
    ] {
        client.send(json!({"t": "sub", "id": 9, "topic": topic, "filter": filter})).await;
        assert_eq!(client.next().await["code"], code, "{topic}");
    }
}

const PEOPLE: usize = 6;
const FOLLOWERS: usize = 60;
const ROUNDS: usize = 25;

/// Files come, change and go, connections break, the bus loses notices: everybody ends up with what is theirs.
#[tokio::test(flavor = "multi_thread")]
async fn sixty_followers_who_come_and_go_end_up_with_their_files_and_no_others() {
    let app = Arc::new(TestApp::start().await);
    let admin = app.register_admin().await;
    let people = [app.register_many(PEOPLE).await, vec![admin]].concat();
    let (done, finished) = tokio::sync::watch::channel(None);
    let follow = |number: usize| {
        let user = people[number % people.len()];
        tokio::spawn(come_and_go(app.clone(), user, user == admin, finished.clone()))
    };
    let followers: Vec<_> = (0..FOLLOWERS).map(follow).collect();
    let mut files: BTreeMap<Uuid, (Uuid, String)> = BTreeMap::new();
    for round in 0..ROUNDS {
        app.bus.lose_notices(round % 4 == 1);
        let some = |files: &BTreeMap<Uuid, (Uuid, String)>| {
            let all: Vec<_> = files.iter().map(|(id, (owner, _))| (*id, *owner)).collect();
            all.sample(&mut rand::rng(), 3).copied().collect::<Vec<_>>()
        };
        for (id, owner) in some(&files) {
            let name = format!("renamed in {round}");
            app.rename_file(id, owner, &name).await;
            files.insert(id, (owner, name));
        }
        for (id, _) in some(&files).into_iter().take(1) {
            app.delete_file(id).await;
            files.remove(&id);
        }
        for _ in 0..3 {
            let owner = people[rand::rng().random_range(0..people.len())];
            let name = format!("made in {round}");
            files.insert(app.upload(owner, &name).await.0, (owner, name));
        }
    }
    app.bus.lose_notices(false);
    done.send_replace(Some(Arc::new(files)));
    for follower in followers {
        follower.await.expect("nothing missing, nothing foreign, positions monotone");
    }
}

type Files = Option<Arc<BTreeMap<Uuid, (Uuid, String)>>>;

async fn come_and_go(app: Arc<TestApp>, user: Uuid, sees_all: bool, mut finished: tokio::sync::watch::Receiver<Files>) {
    let mut follower = Follower::new(2);
    for life in 0.. {
        let mut client = Client::signed_in(&app, user).await;
        if follower.epoch.is_empty() {
            client.subscribe(2, "files").await;
        } else {
            client.resume(2, "files", &follower.position, &follower.epoch).await;
            follower = follower.resumed(2);
        }
        follower.begun(&mut client).await;
        let enough = follower.changes + rand::rng().random_range(0..4);
        if life < 3 {
            tokio::select! {
                () = follower.until(&mut client, |follower| follower.changes >= enough) => {}
                _ = finished.wait_for(Option::is_some) => {}
            }
            continue;
        }
        let files = loop {
            tokio::select! {
                files = finished.wait_for(Option::is_some) => break files.unwrap().clone().unwrap(),
                message = client.next() => follower.take(&message),
            }
        };
        let theirs: BTreeMap<String, &str> = files
            .iter()
            .filter(|(_, (owner, _))| sees_all || *owner == user)
            .map(|(id, (_, name))| (id.to_string(), name.as_str()))
            .collect();
        let known = |follower: &Follower| {
            let named = |(id, (_, view)): (&String, &(i64, serde_json::Value))| {
                assert!(sees_all || view["owner"] == json!(user), "foreign: {view}");
                (id.clone(), view["name"].as_str().unwrap().to_owned())
            };
            follower.records.iter().map(named).collect::<BTreeMap<String, String>>()
        };
        let theirs: BTreeMap<String, String> = theirs.into_iter().map(|(id, name)| (id, name.to_owned())).collect();
        return follower.until(&mut client, |follower| known(follower) == theirs).await;
    }
}
