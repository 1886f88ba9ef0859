//! A database per test, cloned from a template that is migrated once per schema.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    path::Path,
};

use bootstrap::{db, migrations};
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

/// Serialises the making of a template, and the clones of it, over all test processes.
const TEMPLATE_LOCK: i64 = 0x7469_6465;

/// An empty, migrated database that is dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl TestDatabase {
    /// Clones the migrated template. Needs a multi-thread runtime only for the first test after a schema change.
    pub async fn create() -> Self {
        let mut admin = db::connect(&admin_url()).await.expect("PostgreSQL for tests is reachable");
        let template = format!("tidemark_template_{:016x}", schema_hash());
        lock(&mut admin).await;
        if !exists(&mut admin, &template).await {
            make_template(&mut admin, &template).await;
        }
        let name = format!("tidemark_test_{}", uuid::Uuid::now_v7().simple());
        run(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        run(&mut admin, &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})")).await;
        Self { url: with_database(&name), name }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// A pool of at most `size` connections to this database.
    pub fn pool(&self, size: usize) -> db::Pool {
        db::pool(&self.url, size).expect("the pool's settings are valid")
    }

    pub async fn connect(&self) -> db::Connection {
        db::connect(&self.url).await.expect("the test's own database is reachable")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        // A thread of its own: the test's runtime may be ending, and drop cannot wait on it.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut admin = db::connect(&admin_url()).await.expect("PostgreSQL for tests is reachable");
                run(&mut admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            });
        });
        drop(dropped.join());
    }
}

async fn make_template(admin: &mut db::Connection, template: &str) {
    let building = format!("{template}_building");
    run(admin, &format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)")).await;
    run(admin, &format!("CREATE DATABASE {building}")).await;
    let url = with_database(&building);
    migrations::migrate_log(&url).await.expect("the log's migrations run");
    migrations::migrate_keys(&url).await.expect("the keys' migrations run");
    run(admin, &format!("ALTER DATABASE {building} RENAME TO {template}")).await;
}

async fn lock(admin: &mut db::Connection) {
    run(admin, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
}

async fn exists(admin: &mut db::Connection, name: &str) -> bool {
    let query = format!("SELECT count(*) AS count FROM pg_database WHERE datname = '{name}'");
    sql_query(query).get_result::<Count>(admin).await.expect("pg_database is readable").count > 0
}

async fn run(admin: &mut db::Connection, sql: &str) {
    admin.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn admin_url() -> String {
    super::variable("TIDEMARK_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
}

fn with_database(name: &str) -> String {
    let admin = admin_url();
    let (server, _) = admin.rsplit_once('/').expect("a database URL names a database");
    format!("{server}/{name}")
}

/// A fingerprint of all migrations, so that a changed schema gets a template of its own.
fn schema_hash() -> u64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut hasher = DefaultHasher::new();
    for folder in ["migrations", "migrations_keys"] {
        let mut files: Vec<_> = fs::read_dir(root.join(folder))
            .expect("the migrations are in the repository")
            .filter_map(|entry| Some(entry.ok()?.path().join("up.sql")))
            .filter(|path| path.exists())
            .collect();
        files.sort();
        for file in files {
            // Where it is says under which version it runs.
            file.strip_prefix(&root).unwrap_or(&file).hash(&mut hasher);
            fs::read(&file).expect("a migration is readable").hash(&mut hasher);
        }
    }
    hasher.finish()
}
