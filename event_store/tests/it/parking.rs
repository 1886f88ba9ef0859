//! Events that a consumer does not digest: their stream is set aside, all others go on, an operator releases it.

use event_store::{
    Expected, StreamId,
    consumer::{
        ConsumerKey,
        parked::{self, Release, ReleaseError},
    },
};

use crate::{
    recorder::{Fault, Recorder, Running, seen, settings, until_checkpoint, until_seen},
    scene::{Scene, append, stream},
};

struct Poisoned {
    scene: Scene,
    recorder: Recorder,
    runner: Running,
    bad: StreamId,
    good: StreamId,
}

/// Positions 1, 3, 5 belong to a good stream; 2 and 4 to a bad one, which is parked at 2.
async fn poisoned(fault: Fault) -> Poisoned {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let (bad, good) = (stream(), stream());
    recorder.fail(bad.as_str(), fault);
    for stream in [&good, &bad, &good, &bad, &good] {
        scene.store.append(append(stream, Expected::Any, 1)).await.unwrap();
    }
    let runner = Running::start(&scene, &recorder, settings());
    until_checkpoint(&scene, 5).await;
    assert_eq!(seen(&scene).await, [1, 3, 5]);
    Poisoned { scene, recorder, runner, bad, good }
}

impl Poisoned {
    async fn release(&self, how: Release) -> Result<i64, ReleaseError> {
        let mut conn = self.scene.connect().await;
        let key = ConsumerKey::new("recorder");
        let released = parked::release(&mut conn, &self.recorder, &key, self.bad.as_str(), how).await;
        released.map(|(_, position)| position)
    }

    async fn append(&self, stream: &StreamId) {
        self.scene.store.append(append(stream, Expected::Any, 1)).await.unwrap();
    }

    async fn parked(&self) -> Vec<(String, i64, i32)> {
        let list = parked::list(&mut self.scene.connect().await, Some("recorder"), 10).await.unwrap();
        list.into_iter().map(|row| (row.stream_id, row.position, row.attempts)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_event_parks_its_stream_and_the_others_go_on() {
    for fault in [Fault::Error, Fault::Statement, Fault::Panic] {
        let case = poisoned(fault).await;
        assert_eq!(case.parked().await, [(case.bad.to_string(), 2, 2)], "{fault:?}");
        let mut conn = case.scene.connect().await;
        let is_parked = parked::any_parked(&mut conn, "recorder", &[case.good.as_str(), case.bad.as_str()]).await;
        assert!(is_parked.unwrap());
        assert!(!parked::any_parked(&mut conn, "recorder", &[case.good.as_str()]).await.unwrap());
        // It stays parked over the runner's next life.
        case.runner.stop().await.unwrap();
        let again = Running::start(&case.scene, &case.recorder, settings());
        for stream in [&case.bad, &case.good] {
            case.scene.store.append(append(stream, Expected::Any, 1)).await.unwrap();
        }
        until_seen(&case.scene, 4).await;
        again.stop().await.unwrap();
        assert_eq!(seen(&case.scene).await, [1, 3, 5, 7], "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_stream_gets_what_it_missed_and_runs_with_the_others_again() {
    let case = poisoned(Fault::Error).await;
    let refused = case.release(Release::Retry).await.unwrap_err();
    assert!(matches!(refused, ReleaseError::FailedAgain { position: 2, .. }), "{refused}");
    assert_eq!(case.parked().await, [(case.bad.to_string(), 2, 3)]);
    case.recorder.mend();
    assert_eq!(case.release(Release::Retry).await.unwrap(), 5);
    assert!(case.parked().await.is_empty());
    case.append(&case.bad).await;
    case.append(&case.good).await;
    until_seen(&case.scene, 7).await;
    assert_eq!(seen(&case.scene).await, [1, 3, 5, 2, 4, 6, 7]);
    assert!(matches!(case.release(Release::Retry).await.unwrap_err(), ReleaseError::NotParked));
    case.runner.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skipped_event_is_left_out_for_ever() {
    let case = poisoned(Fault::Error).await;
    case.recorder.mend();
    case.release(Release::Skip).await.unwrap();
    case.append(&case.bad).await;
    until_seen(&case.scene, 5).await;
    assert_eq!(seen(&case.scene).await, [1, 3, 5, 4, 6]);
    case.runner.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn skipping_the_only_event_of_a_stream_handles_nothing() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let bad = stream();
    recorder.fail(bad.as_str(), Fault::Error);
    scene.store.append(append(&bad, Expected::Any, 1)).await.unwrap();
    let runner = Running::start(&scene, &recorder, settings());
    until_checkpoint(&scene, 1).await;
    let (mut conn, key) = (scene.connect().await, ConsumerKey::new("recorder"));
    parked::release(&mut conn, &recorder, &key, bad.as_str(), Release::Skip).await.unwrap();
    recorder.mend();
    scene.store.append(append(&bad, Expected::Any, 1)).await.unwrap();
    until_seen(&scene, 1).await;
    assert_eq!(seen(&scene).await, [2]);
    runner.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_passes_parks_nothing() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let shaky = stream();
    recorder.fail(shaky.as_str(), Fault::Error);
    let settings = event_store::consumer::Settings { attempts: 60, ..settings() };
    let runner = Running::start(&scene, &recorder, settings);
    scene.store.append(append(&shaky, Expected::Any, 1)).await.unwrap();
    until_checkpoint(&scene, 0).await;
    recorder.mend();
    until_seen(&scene, 1).await;
    assert_eq!(scene.count("SELECT count(*) FROM parked").await, 0);
    runner.stop().await.unwrap();
}
