//! Connections against the real server: settings of the session, the pool's bounds, TLS with a verified certificate.

use std::{path::PathBuf, sync::Arc};

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::migrations::Schema;

fn server_url() -> String {
    std::env::var("TIDEMARK_TEST_DATABASE_URL")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
}

#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn show(connection: &mut Connection, setting: &str) -> String {
    let query = format!("SELECT current_setting('{setting}') AS value");
    sql_query(query).get_result::<Shown>(connection).await.unwrap().value
}

#[tokio::test]
async fn a_pooled_connection_has_bounds_and_a_kept_one_has_none() {
    let pool = pool(&server_url(), 1).unwrap();
    let mut pooled = pool.get().await.unwrap();
    assert_eq!(show(&mut pooled, "statement_timeout").await, "30s");
    assert_eq!(show(&mut pooled, "idle_in_transaction_session_timeout").await, "30s");
    let mut kept = connect(&server_url()).await.unwrap();
    assert_eq!(show(&mut kept, "statement_timeout").await, "0");
    assert_eq!(show(&mut kept, "application_name").await, "tidemark");
}

#[tokio::test]
async fn options_in_the_url_win_over_the_pools_bounds() {
    let url = format!("{}?options=-c%20statement_timeout%3D7s&application_name=ada", server_url());
    let mut pooled = pool(&url, 1).unwrap().get().await.unwrap();
    assert_eq!(show(&mut pooled, "statement_timeout").await, "7s");
    assert_eq!(show(&mut pooled, "application_name").await, "ada");
}

#[tokio::test]
async fn the_pools_use_is_shown_when_metrics_are_rendered() {
    let (metrics, pool) = (Metrics::install().unwrap(), pool(&server_url(), 2).unwrap());
    observe(&pool, &metrics);
    let held = pool.get().await.unwrap();
    let text = metrics.render();
    assert!(text.contains(r#"tidemark_database_pool_connections{state="busy"} 1"#), "{text}");
    drop(held);
    assert!(metrics.render().contains(r#"tidemark_database_pool_connections{state="idle"} 1"#));
}

#[tokio::test]
async fn a_database_without_the_schema_is_refused_with_what_to_do() {
    let mut connection = connect(&server_url()).await.unwrap();
    // `postgres` is nobody's application database, so it lacks all migrations.
    preflight::settings(&mut connection, Schema::Log).await.unwrap();
    let refused = preflight::check(&mut connection, Schema::Keys).await.unwrap_err().to_string();
    assert!(refused.ends_with("run `tidemark migrate`"), "{refused}");
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Speaks PostgreSQL's TLS negotiation (message `SSLRequest`) and hands what it decrypts to the real server. Returns its
/// port; serves as many connections as come.
async fn tls_in_front_of_postgres() -> u16 {
    let certificates = CertificateDer::pem_file_iter(fixture("server.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(certificates, key).unwrap();
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut request = [0; 8];
                client.read_exact(&mut request).await.unwrap();
                assert_eq!(request, [0, 0, 0, 8, 4, 210, 22, 47], "the client asks for TLS first");
                client.write_all(b"S").await.unwrap();
                // A client that does not trust the certificate ends the handshake: that is one of the tests.
                let Ok(mut client) = acceptor.accept(client).await else { return };
                let mut server = TcpStream::connect(postgres_address()).await.unwrap();
                drop(copy_bidirectional(&mut client, &mut server).await);
            });
        }
    });
    port
}

fn postgres_address() -> String {
    let url = url::Url::parse(&server_url()).unwrap();
    format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432))
}

/// The server's URL with another host and port, and TLS settings.
fn through(host: &str, port: u16, settings: &str) -> String {
    let mut url = url::Url::parse(&server_url()).unwrap();
    url.set_host(Some(host)).unwrap();
    url.set_port(Some(port)).unwrap();
    format!("{url}?{settings}")
}

#[tokio::test]
async fn a_verified_certificate_makes_a_connection_over_tls() {
    let port = tls_in_front_of_postgres().await;
    let settings = format!("sslmode=verify-full&sslrootcert={}", fixture("ca.pem").display());
    let mut connection = connect(&through("localhost", port, &settings)).await.unwrap();
    assert_eq!(show(&mut connection, "server_encoding").await, "UTF8");
    let mut pooled = pool(&through("localhost", port, &settings), 1).unwrap().get().await.unwrap();
    assert_eq!(show(&mut pooled, "statement_timeout").await, "30s");
}

#[tokio::test]
async fn a_certificate_of_another_name_or_authority_is_refused() {
    let port = tls_in_front_of_postgres().await;
    let settings = format!("sslmode=require&sslrootcert={}", fixture("ca.pem").display());
    let other_name = connect(&through("127.0.0.1", port, &settings)).await.err().unwrap().to_string();
    assert!(other_name.contains("not valid for name"), "{other_name}");
    let unknown = connect(&through("localhost", port, "sslmode=require")).await.err().unwrap().to_string();
    assert!(unknown.contains("UnknownIssuer") || unknown.contains("no root certificates"), "{unknown}");
}
