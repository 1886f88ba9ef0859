//! The binary as an operator runs it: two of them, killed and asked to stop.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    time::timeout,
};

use crate::scene::{PATIENCE, Scene};

/// Starts a projector on the scene's database, with neither broker nor fixed ports.
fn start(scene: &Scene) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidemark-projector"));
    command.env("DATABASE_URL", scene.database.url()).env("TIDEMARK_ADMIN__BIND", "127.0.0.1:0");
    command.env_remove("AMQP_URL").env_remove("REDIS_URL");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().expect("the binary starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_of_two_processes_is_killed_the_other_goes_on() {
    let scene = Scene::set().await;
    let (mut first, mut second) = (start(&scene), start(&scene));
    let last = scene.histories(20).await;
    scene.caught_up("users", last).await;

    first.kill().await.unwrap();
    let last = scene.histories(20).await;
    scene.caught_up("users", last).await;
    let mut third = start(&scene);
    second.kill().await.unwrap();
    let last = scene.histories(20).await;
    scene.caught_up("users", last).await;
    scene.assert_users_are_as_decided().await;
    assert_eq!(scene.number("SELECT count(*) FROM parked").await, 0);

    let pid = Pid::from_raw(third.id().unwrap() as i32).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    assert!(timeout(PATIENCE, third.wait()).await.expect("it stops when asked to").unwrap().success());
    scene.until("SELECT count(*) FROM leases WHERE name = 'users/1/0' AND expires_at > clock_timestamp()", 0).await;
}
