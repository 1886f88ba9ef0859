//! Mail servers that want TLS and a password.

use std::path::PathBuf;

use domain::users::Locale;
use jobs::JobState;
use test_support::{SmtpSink, SmtpTls};
use tokio::io::AsyncWriteExt;
use tokio_rustls::rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::{installation::Installation, worker_process::WorkerProcess};

/// A certificate for `localhost` and the authority that signed it.
fn fixture(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../bootstrap/tests/fixtures").join(file)
}

/// A server with that certificate, whose authority is none of those that everybody knows.
pub(crate) fn server_config() -> ServerConfig {
    bootstrap::process::install_crypto();
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(fixture("server.pem")).unwrap().map(|certificate| certificate.unwrap()).collect();
    let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
    ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap()
}

async fn secure_installation(tls: SmtpTls) -> Installation {
    Installation::with_sink(SmtpSink::start_secure(tls, server_config(), "mailer", "pass/word").await).await
}

async fn deliver(installation: &Installation, url: &str) -> String {
    let config = installation.config(("SMTP_URL", url));
    let _worker = WorkerProcess::start_with(config, installation.options()).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let mut outcome = String::new();
    crate::installation::eventually("the job has run", || async {
        let job = installation.job_of(ada.event_id).await;
        job.is_some_and(|job| job.state == "completed" || job.last_error.is_some())
    })
    .await;
    if let Some(job) = installation.job_of(ada.event_id).await {
        outcome = job.last_error.unwrap_or(job.state);
    }
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_goes_through_tls_from_the_first_byte() {
    let installation = secure_installation(SmtpTls::AtOnce).await;
    let (port, ca) = (installation.sink.address().port(), fixture("ca.pem"));
    let url = format!("smtps://mailer:pass%2Fword@localhost:{port}?ca={}", ca.display());
    assert_eq!(deliver(&installation, &url).await, JobState::Completed.as_str());
    assert_eq!(installation.sink.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_goes_through_starttls() {
    let installation = secure_installation(SmtpTls::OnStartTls).await;
    let (port, ca) = (installation.sink.address().port(), fixture("ca.pem"));
    let url = format!("smtp://mailer:pass%2Fword@localhost:{port}?tls=required&ca={}", ca.display());
    assert_eq!(deliver(&installation, &url).await, JobState::Completed.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_prove_who_it_is_gets_no_mail() {
    let installation = secure_installation(SmtpTls::OnStartTls).await;
    let port = installation.sink.address().port();
    let url = format!("smtp://mailer:pass%2Fword@localhost:{port}?tls=required");
    assert_eq!(deliver(&installation, &url).await, "smtp_untrusted");
    assert!(installation.sink.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_gets_no_mail_where_it_is_required() {
    let installation = Installation::new().await;
    let url = format!("smtp://localhost:{}?tls=required", installation.sink.address().port());
    assert_eq!(deliver(&installation, &url).await, "smtp_untrusted");
    assert!(installation.sink.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_greeting_is_no_text_is_told_apart_from_one_that_is_not_trusted() {
    let installation = Installation::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let greeting = tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            client.write_all(b"220 caf\xe9 ESMTP\r\n").await.unwrap();
        }
    });
    assert_eq!(deliver(&installation, &format!("smtp://127.0.0.1:{port}")).await, "smtp_unreachable");
    greeting.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_told_apart_from_one_that_is_not_trusted() {
    let installation = Installation::new().await;
    // A port that was free a moment ago; nothing listens on it.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(deliver(&installation, &format!("smtps://localhost:{port}")).await, "smtp_unreachable");
}
