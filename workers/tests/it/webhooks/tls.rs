//! A server that cannot prove who it is.

use tokio::{io::AsyncReadExt, net::TcpListener, sync::mpsc};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{AlertDescription, Error},
};

use super::scene::{Scene, Wanted};
use crate::tls::server_config;

/// What a server with a certificate of an authority that nobody knows sees of each connection: what was sent to it, or why
/// nothing was.
async fn unknown_server() -> (u16, mpsc::UnboundedReceiver<Result<Vec<u8>, std::io::Error>>) {
    let acceptor = TlsAcceptor::from(std::sync::Arc::new(server_config()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let seen = async {
                let (mut stream, mut bytes) = (acceptor.accept(stream).await?, vec![]);
                stream.read_buf(&mut bytes).await?;
                Ok(bytes)
            };
            drop(tell.send(seen.await));
        }
    });
    (port, told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_certificate_nobody_vouches_for_is_told_nothing() {
    let scene = Scene::set().await;
    let (port, mut told) = unknown_server().await;
    let url = format!("https://localhost:{port}/hook");
    scene.create(Wanted { url, ..scene.wanting(&["user.registered"]) }).await;
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, domain::users::Locale::En).await;
    scene.attempts(1).await;
    assert_eq!(scene.count("webhook_attempts WHERE outcome = 'unreachable' AND status IS NULL").await, 1);
    let refused = told.recv().await.unwrap().unwrap_err();
    let reason = refused.get_ref().and_then(|error| error.downcast_ref::<Error>());
    assert_eq!(reason, Some(&Error::AlertReceived(AlertDescription::UnknownCA)));
}
