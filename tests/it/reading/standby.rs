//! A primary and a hot standby of its own for a test, made by the installed PostgreSQL programs.

use std::{
    fs,
    net::TcpListener,
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Output},
};

use bootstrap::{db, migrations};
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use tidemark::local_postgres::LocalPostgres;
use uuid::Uuid;

use crate::app::PATIENCE;

pub(super) const DATABASE: &str = "tidemark";

/// Both servers end, and their files go, with this value.
pub(super) struct Pair {
    primary: LocalPostgres,
    standby: Standby,
    directory: PathBuf,
}

struct Standby {
    programs: PathBuf,
    data: PathBuf,
    owner: (u32, u32),
    port: u16,
}

impl Pair {
    pub(super) async fn start() -> Self {
        let directory = std::env::temp_dir().join(format!("tidemark-pair-{}", Uuid::now_v7()));
        let primary = LocalPostgres::start(&directory).await.unwrap();
        primary.ensure_database(DATABASE).await.unwrap();
        let url = primary.url(DATABASE);
        migrations::migrate_log(&url).await.unwrap();
        migrations::migrate_keys(&url).await.unwrap();
        let standby = Standby::of(&primary);
        Self { primary, standby, directory }
    }

    pub(super) fn primary_url(&self) -> String {
        self.primary.url(DATABASE)
    }

    pub(super) fn standby_url(&self) -> String {
        self.of_standby(DATABASE)
    }

    fn of_standby(&self, database: &str) -> String {
        let mut url = url::Url::parse(&self.primary.url(database)).unwrap();
        url.set_port(Some(self.standby.port)).unwrap();
        url.into()
    }

    /// The standby goes on receiving, and shows nothing of it.
    pub(super) async fn pause_replay(&self) {
        self.on_standby("SELECT pg_wal_replay_pause()").await;
    }

    pub(super) async fn resume_replay(&self) {
        self.on_standby("SELECT pg_wal_replay_resume()").await;
    }

    /// Has the standby stand still with these tables locked, as a migration would leave it that it has replayed half of.
    /// Reading them waits there, and nowhere else.
    pub(super) async fn lock_on_standby(&self, tables: &str) {
        let mut primary = db::connect(&self.primary_url()).await.unwrap();
        primary.batch_execute(&format!("BEGIN; LOCK {tables} IN ACCESS EXCLUSIVE MODE")).await.unwrap();
        // What another has committed comes after it in the WAL, and takes it there.
        let mut other = db::connect(&self.primary_url()).await.unwrap();
        tests::wait::until("the lock on the standby", PATIENCE, async || {
            other.batch_execute("SELECT pg_logical_emit_message(true, 'lock', '')").await.unwrap();
            let locked = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND locktype = 'relation'";
            (self.count(locked).await > 0).then_some(())
        })
        .await;
        self.pause_replay().await;
        tests::wait::until("the replay to stop", PATIENCE, async || {
            let paused = "SELECT count(*) WHERE pg_get_wal_replay_pause_state() = 'paused'";
            (self.count(paused).await == 1).then_some(())
        })
        .await;
        primary.batch_execute("ROLLBACK").await.unwrap();
    }

    /// Ends the connections whose queries wait for a lock on the standby; returns how many.
    pub(super) async fn end_what_waits(&self) -> i64 {
        self.count(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE wait_event_type = 'Lock' AND backend_type = 'client backend'",
        )
        .await
    }

    async fn count(&self, query: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Counted {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let mut conn = db::connect(&self.of_standby("postgres")).await.unwrap();
        sql_query(query).get_result::<Counted>(&mut conn).await.unwrap().count
    }

    /// From another database, since a standby stops what is in the way of its replay there, be it the statement that has
    /// just let it go on.
    async fn on_standby(&self, statement: &str) {
        db::connect(&self.of_standby("postgres")).await.unwrap().batch_execute(statement).await.unwrap();
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        drop(self.standby.program("pg_ctl").args(["stop", "-m", "immediate", "-D"]).arg(&self.standby.data).output());
        drop(fs::remove_dir_all(&self.directory));
    }
}

impl Standby {
    fn of(primary: &LocalPostgres) -> Self {
        let (home, of_primary) = (primary.directory(), primary.directory().join("data"));
        let pid = fs::read_to_string(of_primary.join("postmaster.pid")).unwrap();
        let server = fs::read_link(format!("/proc/{}/exe", pid.lines().next().unwrap().trim())).unwrap();
        let owner = fs::metadata(&of_primary).unwrap();
        let data = home.join("standby");
        // PostgreSQL takes no directory that others may look into.
        fs::DirBuilder::new().mode(0o700).create(&data).unwrap();
        chown(&data, Some(owner.uid()), Some(owner.gid())).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let programs = server.parent().unwrap().to_owned();
        let standby = Self { programs, data, owner: (owner.uid(), owner.gid()), port };
        standby.copy(&primary.url(DATABASE));
        standby.start();
        standby
    }

    fn copy(&self, url: &str) {
        let mut copy = self.program("pg_basebackup");
        copy.args(["--wal-method=stream", "--checkpoint=fast", "--write-recovery-conf", "--dbname", url, "--pgdata"]);
        ran(copy.arg(&self.data).output().unwrap());
    }

    fn start(&self) {
        let log = self.data.join("standby.log");
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--options", &format!("-p {}", self.port), "--pgdata"]).arg(&self.data);
        ran(start.arg("--log").arg(log).output().unwrap());
    }

    /// As the user of the primary's server.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        if rustix::process::geteuid().is_root() {
            command.uid(self.owner.0).gid(self.owner.1);
        }
        command.current_dir(Path::new("/"));
        command
    }
}

fn ran(output: Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
