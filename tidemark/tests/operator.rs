//! The operator's commands beside a running server: secrets, erasures, people for development.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use bootstrap::{Shutdown, Tasks, config::SecretKey, db};
use chrono::Utc;
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use domain::{Aggregate, users::User};
use event_store::{
    ErasureLedger, EventStore, Head, MasterKeys, StreamId, SubjectKeys, log, subject_keys::SubjectKeyError,
};
use test_support::TestDatabase;
use uuid::Uuid;

/// A directory of an installation's own, and its database.
struct Installation {
    database: TestDatabase,
    directory: PathBuf,
    variables: Vec<(String, String)>,
}

impl Installation {
    async fn new() -> Self {
        let directory = std::env::temp_dir().join(format!("tidemark-operator-{}", Uuid::now_v7()));
        fs::create_dir(&directory).unwrap();
        Self { database: TestDatabase::create().await, directory, variables: vec![] }
    }

    fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidemark"));
        command.args(arguments).current_dir(&self.directory);
        command.env_remove("AMQP_URL").env_remove("REDIS_URL").env("DATABASE_URL", self.database.url());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.output().unwrap()
    }

    /// What a command that succeeds answers; nothing else is printed.
    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn ledger(&self) -> ErasureLedger {
        ErasureLedger::new(&self.directory.join(".tidemark/erasures"))
    }

    fn keys(&self, master: impl Into<MasterKeys>) -> SubjectKeys {
        SubjectKeys::new(self.database.pool(1), master)
    }

    async fn connect(&self) -> db::Connection {
        self.database.connect().await
    }

    async fn count(&self, query: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        sql_query(query).get_result::<Count>(&mut self.connect().await).await.unwrap().count
    }

    /// Everybody who has registered, the first one first.
    async fn people(&self) -> Vec<Uuid> {
        let events = log::tail(&mut self.connect().await, 0, 10_000).await.unwrap();
        let registered = events.iter().filter(|event| event.event_type == "user.registered");
        registered.map(|event| event.aggregate_id().unwrap()).collect()
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.directory));
    }
}

/// As `tidemark run` makes it.
fn write_secrets(directory: &Path) -> SecretKey {
    let master = SecretKey::generate();
    let secret = || SecretKey::generate().to_base64();
    let text = format!(
        "master_key = '{}'\ntoken_key = '{}'\npassword_pepper = '{}'\nindex_key = '{}'\n",
        master.to_base64(),
        secret(),
        secret(),
        secret()
    );
    fs::create_dir(directory.join(".tidemark")).unwrap();
    fs::write(directory.join(".tidemark/secrets.toml"), text).unwrap();
    master
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_work_beside_a_server_and_with_the_secrets_of_the_directory() {
    let mut installation = Installation::new().await;
    let master = write_secrets(&installation.directory);
    // A server on the same machine has the admin port.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    installation.set("TIDEMARK_ADMIN__BIND", taken.local_addr().unwrap().to_string());
    assert_eq!(installation.said(&["migrate"]), "log: up to date\nkeys: up to date\n");
    assert!(installation.said(&["projections", "list"]).contains("users"));
    assert!(installation.said(&["erasures", "list"]).starts_with("person"));
    let said = installation.said(&["user", "create-admin", "root@example.org"]);
    assert!(said.contains("/account/reset-password#token=") && !said.contains("password  "), "{said}");
    let root = installation.people().await[0];
    assert!(installation.keys(master.expose()).get(root).await.is_ok(), "made under the directory's master key");
}

#[tokio::test(flavor = "multi_thread")]
async fn seeded_people_are_the_same_at_each_run() {
    let mut installation = Installation::new().await;
    let said = installation.said(&["seed", "--users", "30"]);
    assert!(said.starts_with("30 of 30 people were made") && said.contains("ada.0@example.test"), "{said}");
    assert_eq!(installation.people().await.len(), 30);
    let again = installation.said(&["seed", "--users", "32"]);
    assert!(again.starts_with("2 of 32 people were made"), "{again}");
    let events = "SELECT count(*) FROM events WHERE event_type = ";
    assert_eq!(installation.count(&format!("{events}'roles.defined'")).await, 2);
    assert_eq!(installation.count(&format!("{events}'user.suspended'")).await, 1);
    assert_eq!(installation.count(&format!("{events}'user.role_granted'")).await, 3);

    installation.set("TIDEMARK_ENVIRONMENT", "production");
    assert_eq!(installation.run(&["seed"]).status.code(), Some(2), "an unsafe configuration is refused first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_erases_everybody_in_the_ledger_again() {
    let installation = Installation::new().await;
    installation.said(&["seed", "--users", "3"]);
    let people = installation.people().await;
    let (ledger, absent) = (installation.ledger(), Uuid::now_v7());
    for subject in [people[0], people[1], absent] {
        ledger.begin(subject, Utc::now()).await.unwrap();
    }
    ledger.finish(people[0], Utc::now()).await.unwrap();
    let listed = installation.said(&["erasures", "list"]);
    assert_eq!((listed.lines().count(), listed.matches("not yet").count()), (4, 2), "{listed}");

    let said = installation.said(&["erasures", "replay"]);
    assert!(said.contains("3 persons in the ledger") && said.contains("2 of them were there again"), "{said}");
    assert!(said.contains("1 are not in the log"), "{said}");
    let tasks = Tasks::new(Shutdown::new());
    let pool = installation.database.pool(2);
    let store = EventStore::open(installation.database.url(), pool, Head::new(), &tasks, Default::default());
    let config = bootstrap::Config::development(installation.database.url()).unwrap();
    let keys = installation.keys(&config.secrets);
    for erased in [people[0], people[1]] {
        let loaded = EventStore::load::<User>(&store, &StreamId::new(User::CATEGORY, erased)).await.unwrap();
        assert_eq!(loaded.state, User::Erased);
        assert!(matches!(keys.get(erased).await, Err(SubjectKeyError::Erased)));
    }
    assert!(keys.get(people[2]).await.is_ok());
    assert!(matches!(keys.get(absent).await, Err(SubjectKeyError::Erased)));
    assert_eq!(installation.count("SELECT count(*) FROM claims").await, 1);
    assert_eq!(installation.count("SELECT count(*) FROM jobs WHERE kind = 'privacy.erase_subject'").await, 3);
    let again = installation.said(&["erasures", "replay"]);
    assert!(again.contains("0 of them were there again"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_master_key_replaces_another() {
    let mut installation = Installation::new().await;
    let (old, new) = (SecretKey::generate(), SecretKey::generate());
    installation.set("TIDEMARK_SECRETS__MASTER_KEY", old.to_base64());
    installation.said(&["seed", "--users", "5"]);
    let people = installation.people().await;

    installation.set("TIDEMARK_SECRETS__MASTER_KEY", new.to_base64());
    let refused = installation.run(&["keys", "rotate-master"]);
    assert_eq!(refused.status.code(), Some(1), "without the former one: {refused:?}");
    installation.set("TIDEMARK_SECRETS__PREVIOUS_MASTER_KEY", old.to_base64());
    let said = installation.said(&["keys", "rotate-master"]);
    assert_eq!(
        said,
        "wrapped anew: keys of 5 persons, 1 keys of access tokens\nall keys are under secrets.master_key\n"
    );
    assert!(installation.said(&["keys", "rotate-master"]).starts_with("wrapped anew: keys of 0 persons, 0 keys"));

    installation.set("TIDEMARK_SECRETS__PREVIOUS_MASTER_KEY", "");
    assert_eq!(installation.keys(new.expose()).get_many(&people).await.unwrap().len(), 5);
    installation.said(&["keys", "rotate"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_index_key_replaces_another() {
    let mut installation = Installation::new().await;
    let (old, new) = (SecretKey::generate(), SecretKey::generate());
    installation.set("TIDEMARK_SECRETS__INDEX_KEY", old.to_base64());
    installation.said(&["seed", "--users", "5"]);
    installation.set("TIDEMARK_SECRETS__INDEX_KEY", new.to_base64());
    assert_eq!(installation.run(&["keys", "rotate-index"]).status.code(), Some(1), "without the former one");
    installation.set("TIDEMARK_SECRETS__PREVIOUS_INDEX_KEY", old.to_base64());
    let said = installation.said(&["keys", "rotate-index"]);
    assert!(said.starts_with("made anew: blind indexes of 5 addresses; "), "{said}");
    let said = installation.said(&["keys", "rotate-index"]);
    assert_eq!(said, "made anew: blind indexes of 0 addresses; 5 were under secrets.index_key already\n");

    // Everybody is found under the new key alone.
    installation.set("TIDEMARK_SECRETS__PREVIOUS_INDEX_KEY", "");
    let said = installation.said(&["seed", "--users", "5"]);
    assert!(said.starts_with("0 of 5 people were made"), "{said}");
    assert_eq!(installation.count("SELECT count(*) FROM claims").await, 5);

    installation.set("TIDEMARK_SECRETS__INDEX_KEY", SecretKey::generate().to_base64());
    installation.set("TIDEMARK_SECRETS__PREVIOUS_INDEX_KEY", old.to_base64());
    let said = installation.said(&["keys", "rotate-index"]);
    assert!(said.contains("5 are of no address of their user under either key"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_are_ended_and_the_log_says_by_whom() {
    let installation = Installation::new().await;
    installation.said(&["migrate"]);
    assert!(installation.said(&["sessions", "end-all"]).starts_with("all sessions are over"));
    installation.said(&["sessions", "end-all"]);
    let events = log::tail(&mut installation.connect().await, 0, 10).await.unwrap();
    let ended: Vec<_> = events.iter().map(|event| (event.event_type.as_str(), event.metadata().actor)).collect();
    let by_operator = ("sessions.all_ended", Some("operator".to_owned()));
    assert_eq!(ended, [by_operator.clone(), by_operator]);
}
