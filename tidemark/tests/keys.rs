//! `tidemark keys` as an operator runs it.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::process::{Command, Output};

use test_support::TestDatabase;

fn keys(database: &TestDatabase, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidemark"));
    command.arg("keys").args(arguments).current_dir(std::env::temp_dir());
    command.env_remove("AMQP_URL").env_remove("REDIS_URL").env("DATABASE_URL", database.url());
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Name and state of each listed key.
fn listed(database: &TestDatabase) -> Vec<(String, String)> {
    let said = said(&keys(database, &["list"]));
    let cells = |line: &str| {
        let mut cells = line.split_whitespace().map(str::to_owned);
        (cells.next().unwrap(), cells.next().unwrap())
    };
    said.lines().skip(1).map(cells).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_listed_rotated_and_revoked() {
    let database = TestDatabase::create().await;
    assert_eq!(listed(&database), []);
    let rotated = said(&keys(&database, &["rotate"]));
    let next = rotated.split(' ').next().unwrap().to_owned();
    let states = listed(&database);
    let first = states[1].0.clone();
    assert_eq!(states, [(next.clone(), "announced".to_owned()), (first.clone(), "signs".to_owned())]);

    said(&keys(&database, &["revoke", &first]));
    assert_eq!(listed(&database), [(next.clone(), "signs".to_owned()), (first.clone(), "revoked".to_owned())]);
    let again = keys(&database, &["revoke", &first]);
    assert_eq!(again.status.code(), Some(1));
    let expected = format!("tidemark keys: the key {first} was revoked before\n");
    assert!(String::from_utf8_lossy(&again.stderr).ends_with(&expected), "{again:?}");

    let replaced = said(&keys(&database, &["revoke", &next]));
    assert!(replaced.contains(" signs from now on\n"), "{replaced}");
    let states: Vec<_> = listed(&database).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["signs", "revoked", "revoked"]);
}
