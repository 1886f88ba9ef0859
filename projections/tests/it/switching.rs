//! The switch of builds under load: readers, writers and runners go on, and none of them sees a gap.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bootstrap::Shutdown;
use diesel_async::SimpleAsyncConnection;
use messaging::Received;
use projections::{
    Batch,
    rebuild::Phase,
    users::{project::Users, queries},
};
use tokio::{task::JoinHandle, time::timeout};
use uuid::Uuid;

use crate::scene::{PATIENCE, Scene, promoted, registered, renamed};

/// Reads all the time until told to stop; returns how often.
fn reading(scene: &Scene, user: Uuid, stop: &Arc<AtomicBool>) -> JoinHandle<u64> {
    let (pool, stop) = (scene.pool.clone(), stop.clone());
    tokio::spawn(async move {
        let (mut reads, mut position, mut version) = (0, 0, 0);
        let mut conn = pool.get().await.unwrap();
        while !stop.load(Ordering::SeqCst) {
            let snapshot = queries::snapshot_of(&mut conn, user).await.expect("a snapshot can be read at any moment");
            assert!(snapshot.position >= position, "{} after {position}", snapshot.position);
            position = snapshot.position;
            let row = queries::find(&mut conn, user).await.expect("a row can be read at any moment");
            let row = row.expect("the user is there at any moment");
            assert!(row.version >= version, "{} after {version}", row.version);
            version = row.version;
            assert!(!queries::page(&mut conn, None, 3).await.expect("a page can be read").is_empty());
            reads += 1;
        }
        reads
    })
}

/// Appends all the time until told to stop; returns the last position.
fn appending(scene: &Scene, user: Uuid, stop: &Arc<AtomicBool>) -> JoinHandle<i64> {
    let (store, stop) = (scene.store.clone(), stop.clone());
    tokio::spawn(async move {
        let mut last = 0;
        for number in 0.. {
            for (user, event) in [(user, renamed(number)), (Uuid::now_v7(), registered()), (user, promoted(number))] {
                let append = event_store::Append::to_stream(
                    Uuid::now_v7(),
                    event_store::StreamId::new("user", user),
                    event_store::Expected::Any,
                    vec![event_store::NewEvent::from_domain(&event).unwrap()],
                );
                last = store.append(append).await.expect("appended").last_position;
            }
            if stop.load(Ordering::SeqCst) {
                break;
            }
        }
        last
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_and_writers_go_on_while_builds_are_switched_under_a_running_projector() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let user = Uuid::now_v7();
    let first = scene.append_user(user, &[registered()]).await;
    let prepared = scene.histories(100).await.max(first);
    scene.caught_up("users", prepared).await;
    let stop = Arc::new(AtomicBool::new(false));
    let readers = [reading(&scene, user, &stop), reading(&scene, user, &stop)];
    let writer = appending(&scene, user, &stop);
    for build in 2..5 {
        assert_eq!(scene.rebuilt(Arc::new(Users)).await.build, build);
    }
    let back = scene.rebuild(Arc::new(Users)).roll_back(&Shutdown::new()).await.unwrap();
    assert_eq!(back.build, 3);
    stop.store(true, Ordering::SeqCst);
    for reader in readers {
        assert!(timeout(PATIENCE, reader).await.unwrap().expect("no read fails") > 0);
    }
    let last = timeout(PATIENCE, writer).await.unwrap().unwrap();
    scene.caught_up("users", last).await;
    scene.assert_users_are_as_decided().await;
    // Its runner knew nothing of the switch, and wrote nothing after it all the same.
    let stopped = format!("SELECT position FROM checkpoints WHERE consumer = 'users' AND build = {}", back.replaced);
    assert!(scene.number(&stopped).await <= back.position);
    assert_eq!(scene.number("SELECT count(*) FROM parked").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_clients_hear_of_the_new_build_and_their_runner_carries_on_with_it() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let last = scene.histories(3).await;
    scene.caught_up("users", last).await;
    let mut notices = scene.bus.changes();
    scene.rebuilt(Arc::new(Users)).await;
    let batch = loop {
        let received = timeout(PATIENCE, notices.next()).await.expect("a notice").expect("the bus");
        let Received::Item(notice) = received else { continue };
        if notice.build == 2 {
            break Batch::from_notice(&notice).unwrap();
        }
    };
    assert!(batch.epoch.ends_with("-b2"), "{}", batch.epoch);
    assert_eq!((batch.from, batch.to, batch.changes.len()), (last, last, 0));
    // Without an event to stumble over.
    scene.until("SELECT count(*) FROM leases WHERE name = 'users/2/0'", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_holds_the_table_delays_the_switch_and_nobody_else() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let user = Uuid::now_v7();
    let last = scene.append_user(user, &[registered()]).await;
    scene.caught_up("users", last).await;
    let mut holder = scene.connect().await;
    holder.batch_execute("BEGIN; SELECT count(*) FROM users").await.unwrap();
    let rebuild = scene.rebuild(Arc::new(Users));
    let mut progress = rebuild.progress();
    let running = tokio::spawn(async move { rebuild.run(&Shutdown::new()).await });
    // It has tried at least once, and gone back.
    for phase in [Phase::Switching, Phase::CatchingUp, Phase::Switching] {
        let entered = progress.wait_for(|progress| progress.phase == phase);
        timeout(PATIENCE, entered).await.expect("it goes on trying").expect("it lives");
    }
    let more = scene.append_user(user, &[renamed(1)]).await;
    scene.caught_up("users", more).await;
    assert_eq!(queries::find(&mut scene.connect().await, user).await.unwrap().unwrap().version, 2);
    assert!(!running.is_finished());
    holder.batch_execute("COMMIT").await.unwrap();
    let rebuilt = timeout(PATIENCE, running).await.unwrap().unwrap().unwrap();
    assert_eq!(rebuilt.build, 2);
    scene.assert_users_are_as_decided().await;
}
