//! A worker in a runtime of its own, which can be killed as a process can: nothing of it gets to say goodbye.

use std::convert::Infallible;

use bootstrap::{Config, Context, Shutdown, health::State, metrics::Metrics};
use event_store::Head;
use tokio::runtime::{Builder, Runtime};
use workers::Options;

use crate::installation::{Installation, PATIENCE};

pub(crate) struct WorkerProcess {
    runtime: Option<Runtime>,
    context: Context,
}

impl WorkerProcess {
    /// A worker that mails to the installation's mail server.
    pub(crate) async fn start(installation: &Installation) -> Self {
        let config = installation.config(("SMTP_URL", &installation.sink.url()));
        Self::start_with(config, installation.options()).await
    }

    pub(crate) async fn start_with(config: Config, options: Options) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let context = Context::new(config, Shutdown::new(), Metrics::install().unwrap());
        let started = runtime.spawn({
            let context = context.clone();
            async move {
                let head = Head::new();
                watch(&context, head.clone());
                workers::start(&context, head, options).await
            }
        });
        started.await.unwrap().unwrap();
        Self { runtime: Some(runtime), context }
    }

    /// Ends everything at once, wherever it stands.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    /// Ends as on SIGTERM.
    pub(crate) async fn stop(mut self) {
        self.context.shutdown.request();
        assert!(self.context.tasks.join(PATIENCE).await, "the worker drains");
        self.end();
    }

    /// What the health of the process says of a part of it.
    pub(crate) async fn health_of(&self, check: &str) -> Option<State> {
        self.context.health.report().await.checks.get(check).map(|check| check.state)
    }

    fn end(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        self.end();
    }
}

fn watch(context: &Context, head: Head) {
    let (url, shutdown) = (context.config.database_url().unwrap().to_owned(), context.shutdown.clone());
    context.tasks.supervise("head", move || {
        let (url, head, shutdown) = (url.clone(), head.clone(), shutdown.clone());
        async move {
            head.watch(&url, &shutdown).await;
            Ok::<_, Infallible>(())
        }
    });
}
