//! The HTTP server of the process: start, serve, drain.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    web,
};
use anyhow::Context as _;
use bootstrap::{Config, Context, config::ConfigError};
use event_store::Head;
use messaging::Bus;
use rustls::ServerConfig;
use tracing::info;

use crate::{
    Extension, Options, extension, http2, live,
    routes::Resources,
    security_txt,
    state::{AppState, State},
    tls::Certificate,
};

/// A client that has not sent its request's head by then is cut off.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// An idle connection is closed after this.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Nothing is being written any more when the writer is asked to stop.
const WRITING_GRACE: Duration = Duration::from_secs(5);

/// A server that listens but does not answer yet.
pub struct Api {
    address: SocketAddr,
    state: State,
    server: Server,
}

impl Api {
    /// Connects to what the handlers need and binds `http.bind`.
    pub async fn start(context: &Context, bus: Arc<dyn Bus>, head: Head, options: Options) -> anyhow::Result<Self> {
        extension::check(&options.extensions)?;
        let bind = context.config.http.bind;
        let listener = TcpListener::bind(bind).with_context(|| format!("cannot listen on {bind}"))?;
        let address = listener.local_addr()?;
        let certificate = context.config.http.tls.as_ref().map(Certificate::load).transpose();
        let certificate = certificate.map_err(ConfigError::from)?;
        let tls = certificate.as_ref().map(Certificate::server_config).transpose()?;
        security_txt::warn_without_contact(&context.config);
        let mounted = Mounted::of(&options.extensions, &context.config)?;
        let state = web::Data::new(AppState::new(context, bus, head, options).await?);
        let server = server(listener, &state, mounted, tls)?;
        if let Some(certificate) = &certificate {
            certificate.follow(&context.tasks)?;
        }
        info!(%address, tls = certificate.is_some(), "listening");
        Ok(Self { address, state, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its handlers work with.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Answers until a stop is requested and everything that was begun is answered.
    pub async fn serve(self) -> anyhow::Result<()> {
        let handle = self.server.handle();
        let (served, ()) = tokio::join!(self.server, drain(handle, &self.state));
        self.state.writing.shutdown().request();
        self.state.writing.join(WRITING_GRACE).await;
        Ok(served?)
    }
}

/// What every thread of the server mounts.
struct Mounted {
    resources: Resources,
    data: Vec<extension::Configure>,
}

impl Mounted {
    fn of(extensions: &[Extension], config: &Config) -> Result<Self, ConfigError> {
        let data = extensions.iter().map(|extension| extension.configure(config)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { resources: Resources::new(extensions), data: data.concat() })
    }

    fn mount(&self, app: &mut web::ServiceConfig) {
        self.data.iter().for_each(|configure| configure(app));
        self.resources.mount(app);
    }
}

fn server(listener: TcpListener, state: &State, mounted: Mounted, tls: Option<ServerConfig>) -> io::Result<Server> {
    let (state, mounted) = (state.clone(), Arc::new(mounted));
    let server = HttpServer::new(move || {
        let mounted = Arc::clone(&mounted);
        App::new().app_data(state.clone()).configure(move |app| mounted.mount(app))
    });
    let server = server
        .disable_signals()
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_TIMEOUT)
        .client_disconnect_timeout(DISCONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .on_connect(|connection, data| {
            live::prepare(connection, data);
            http2::prepare(connection, data);
        })
        .shutdown_timeout(1);
    let server = match tls {
        Some(tls) => server.tls_handshake_timeout(HEAD_TIMEOUT).listen_rustls_0_23(listener, tls)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

/// Takes no new connections, answers what was begun and what still comes on open connections (each answer then closes
/// its connection), and ends once nothing is left. The process's grace bounds the wait.
async fn drain(handle: ServerHandle, state: &AppState) {
    state.shutdown.requested().await;
    handle.pause().await;
    state.in_flight.close();
    state.in_flight.wait().await;
    // Lets the last answers leave; idle connections are cut off after the server's own shutdown time-out.
    handle.stop(true).await;
}
