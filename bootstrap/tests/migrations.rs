//! Every migration goes up, down and up again, and the second time leads to the same schema.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use bootstrap::{
    db,
    migrations::{self, Schema},
};
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

/// One line for each thing that a migration can make, outside of diesel's own table.
const OBJECTS: &str = "
SELECT line FROM (
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
           || coalesce(column_default, '') AS line
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
    UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    UNION ALL SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = 'public'
    UNION ALL SELECT 'storage ' || oid::regclass || ' ' || reloptions::text FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL
) AS objects WHERE line NOT LIKE '%\\_\\_diesel\\_schema\\_migrations%' ORDER BY line COLLATE \"C\"";

#[derive(QueryableByName)]
struct Object {
    #[diesel(sql_type = Text)]
    line: String,
}

/// An empty database that is dropped with this value.
struct Scratch {
    server: String,
    name: String,
}

impl Scratch {
    async fn create() -> Self {
        let server = std::env::var("TIDEMARK_TEST_DATABASE_URL")
            .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
        let name = format!("tidemark_migrations_{}", uuid::Uuid::now_v7().simple());
        let mut connection = db::connect(&server).await.unwrap();
        connection.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.unwrap();
        Self { server, name }
    }

    fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }

    async fn objects(&self) -> Vec<String> {
        let mut connection = db::connect(&self.url()).await.unwrap();
        let objects: Vec<Object> = sql_query(OBJECTS).load(&mut connection).await.unwrap();
        objects.into_iter().map(|object| object.line).collect()
    }

    async fn missing(&self, schema: Schema) -> usize {
        let mut connection = db::connect(&self.url()).await.unwrap();
        migrations::missing(&mut connection, schema).await.unwrap().len()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let (server, statement) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                db::connect(&server).await.unwrap().batch_execute(&statement).await.unwrap();
            });
        });
        drop(dropped.join());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_schema_goes_up_down_and_up_to_the_same() {
    let database = Scratch::create().await;
    assert!(database.missing(Schema::Log).await > 0);
    let applied = migrations::migrate_log(&database.url()).await.unwrap();
    assert_eq!(database.missing(Schema::Log).await, 0);
    let first = database.objects().await;
    assert!(first.iter().any(|line| line.starts_with("column events.position")), "{first:#?}");

    let reverted = migrations::revert_log(&database.url()).await.unwrap();
    assert_eq!(reverted.len(), applied.len());
    assert_eq!(database.objects().await, Vec::<String>::new(), "down removes all that up made");

    migrations::migrate_log(&database.url()).await.unwrap();
    assert_eq!(database.objects().await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_schema_goes_up_down_and_up_to_the_same() {
    let database = Scratch::create().await;
    migrations::migrate_keys(&database.url()).await.unwrap();
    let first = database.objects().await;
    assert!(first.iter().any(|line| line.starts_with("column subject_keys.wrapped_key")), "{first:#?}");
    migrations::revert_keys(&database.url()).await.unwrap();
    assert_eq!(database.objects().await, Vec::<String>::new());
    migrations::migrate_keys(&database.url()).await.unwrap();
    assert_eq!(database.objects().await, first);
    assert_eq!(database.missing(Schema::Keys).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_an_up_to_date_database_changes_nothing() {
    let database = Scratch::create().await;
    migrations::migrate_log(&database.url()).await.unwrap();
    let first = database.objects().await;
    assert_eq!(migrations::migrate_log(&database.url()).await.unwrap(), Vec::<String>::new());
    assert_eq!(database.objects().await, first);
}
