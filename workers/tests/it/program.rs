//! The program `tidemark-worker`, from outside.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use domain::users::Locale;
use jobs::JobState;
use rustix::process::{Pid, Signal, kill_process};

use crate::installation::{Installation, eventually};

/// Killed when the test fails.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_mails_and_ends_in_good_order() {
    let installation = Installation::new().await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidemark-worker"));
    command.env("DATABASE_URL", installation.database.url()).env("SMTP_URL", installation.sink.url());
    command.env("TIDEMARK_ADMIN__BIND", "127.0.0.1:0").env_remove("AMQP_URL").env_remove("REDIS_URL");
    let mut program = Program(command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    assert_eq!(installation.sink.mails().len(), 1);

    kill_process(Pid::from_child(&program.0), Signal::TERM).unwrap();
    let ended = tokio::task::spawn_blocking(move || program.0.wait());
    let status = tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap().unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
    eventually("it has let go of the reactions", || async {
        installation.count("SELECT count(*) FROM leases WHERE name LIKE 'reactions%' AND expires_at > now()").await == 0
    })
    .await;
}
