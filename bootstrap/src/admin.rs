//! The HTTP server for operators: metrics and health, on a port of its own that the public cannot reach.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, http::StatusCode, web};

use crate::{Shutdown, Tasks, health::Registry, metrics::Metrics};

/// Why the admin server cannot start.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} for metrics and health: {error}")]
pub struct AdminError {
    address: SocketAddr,
    error: io::Error,
}

/// Starts the server under supervision, and returns the address that it listens on. It answers until every other task
/// of the process has drained, so that probes see `the process is stopping` rather than a closed port.
pub fn start(address: SocketAddr, health: Registry, metrics: Metrics, tasks: &Tasks) -> Result<SocketAddr, AdminError> {
    let failed = |error| AdminError { address, error };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let shutdown = tasks.shutdown().clone();
    tasks.supervise("admin server", move || {
        let (listener, shutdown) = (listener.try_clone(), shutdown.clone());
        let (health, metrics) = (health.clone(), metrics.clone());
        async move { serve(server(listener?, health, metrics)?, shutdown).await }
    });
    Ok(bound)
}

fn server(listener: TcpListener, health: Registry, metrics: Metrics) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(health.clone()))
            .app_data(web::Data::new(metrics.clone()))
            .route("/metrics", web::get().to(render))
            .route("/health", web::get().to(report))
            .route("/health/ready", web::get().to(report))
            .route("/health/live", web::get().to(live))
    });
    let server =
        server.workers(1).max_connections(256).disable_signals().client_request_timeout(Duration::from_secs(5));
    Ok(server.shutdown_timeout(1).listen(listener)?.run())
}

async fn serve(server: Server, shutdown: Shutdown) -> io::Result<()> {
    let handle = server.handle();
    let stopping = async {
        shutdown.requested().await;
        handle.stop(true).await;
    };
    let (served, ()) = tokio::join!(server, stopping);
    served
}

async fn render(metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics.render())
}

async fn report(health: web::Data<Registry>) -> HttpResponse {
    let report = health.report().await;
    let status = StatusCode::from_u16(report.http_status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    HttpResponse::build(status).insert_header(("Cache-Control", "no-store")).json(report)
}

/// Answers whatever the checks say: restarting this process would not bring a database back.
async fn live() -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(serde_json::json!({"status": "up"}))
}
