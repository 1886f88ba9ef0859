//! Going back to the build that served before.

use std::sync::Arc;

use bootstrap::Shutdown;
use projections::{rebuild::RebuildError, snapshot, users::project::Users};

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_brings_the_former_build_up_to_date_and_lets_it_serve() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let first = scene.histories(20).await;
    scene.caught_up("users", first).await;
    scene.rebuilt(Arc::new(Users)).await;
    // The new build turns out to be wrong, after more has happened.
    let second = scene.histories(20).await;
    scene.caught_up("users", second).await;
    scene.run("UPDATE users SET locale = 'wrong'").await;

    let back = scene.rebuild(Arc::new(Users)).roll_back(&Shutdown::new()).await.unwrap();
    assert_eq!((back.build, back.replaced, back.position), (1, 2, second));
    scene.assert_users_are_as_decided().await;
    let third = scene.histories(5).await;
    scene.caught_up("users", third).await;
    scene.assert_users_are_as_decided().await;
    let (epoch, _) = snapshot::standing(&mut scene.connect().await, "users").await.unwrap();
    assert_eq!(epoch.build, 1);

    assert_eq!(scene.rebuilt(Arc::new(Users)).await.build, 3, "a number that served is not given again");
    scene.assert_users_are_as_decided().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_is_nothing_to_go_back_to_before_the_first_rebuild() {
    let scene = Scene::set().await;
    let refused = scene.rebuild(Arc::new(Users)).roll_back(&Shutdown::new()).await;
    assert!(matches!(refused, Err(RebuildError::NothingKept)), "{refused:?}");
}
