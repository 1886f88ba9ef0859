//! What a crate outside this workspace's own adds to the product: one value that every role takes its part of.

use std::{fmt, sync::Arc};

use bootstrap::{Config, config::ConfigError};
use diesel_migrations::EmbeddedMigrations;
use domain::roles::Offer;
use event_store::consumer::{Handler, Settings};
use projections::Projection;
use utoipa::openapi::OpenApi;
use workers::{Services, Work, mailer::MailTexts};

/// Aggregates need not be announced: whoever has a `domain::Aggregate` can execute commands on it.
/// `docs/adding-a-feature.md` walks through one that has everything.
#[derive(Clone)]
pub struct Extension {
    pub(crate) name: &'static str,
    pub(crate) migrations: Option<&'static EmbeddedMigrations>,
    pub(crate) projections: Vec<Arc<dyn Projection>>,
    pub(crate) workers: workers::Extension,
    pub(crate) api: api::Extension,
}

impl Extension {
    /// `name` is also that of its section in the configuration; see [`Config::section`].
    pub fn new(name: &'static str) -> Self {
        let (workers, api) = (workers::Extension::default(), api::Extension::default());
        Self { name, migrations: None, projections: vec![], workers, api }
    }

    /// What it has in the log's database: read tables with their `projection_builds`, checkpoints of consumers. Their
    /// versions must differ from all of the product's, of today and tomorrow: choose a suffix of your own.
    #[must_use]
    pub fn migrations(self, migrations: &'static EmbeddedMigrations) -> Self {
        Self { migrations: Some(migrations), ..self }
    }

    /// A read model.
    #[must_use]
    pub fn projection(mut self, projection: impl Projection) -> Self {
        self.projections.push(Arc::new(projection));
        self
    }

    /// See [`workers::Extension::consumer`].
    #[must_use]
    pub fn consumer<H: Handler + Clone>(self, settings: Settings, handler: H) -> Self {
        Self { workers: self.workers.consumer(settings, handler), ..self }
    }

    /// See [`workers::Extension::jobs`].
    #[must_use]
    pub fn jobs(self, add: impl Fn(&Services, Work) -> anyhow::Result<Work> + Send + Sync + 'static) -> Self {
        Self { workers: self.workers.jobs(add), ..self }
    }

    /// See [`workers::Extension::mail`].
    #[must_use]
    pub fn mail(self, texts: MailTexts) -> Self {
        Self { workers: self.workers.mail(texts), ..self }
    }

    /// See [`api::Extension::permissions`].
    #[must_use]
    pub fn permissions(self, offers: &[Offer]) -> Self {
        Self { api: self.api.permissions(offers), ..self }
    }

    /// See [`api::Extension::routes`].
    #[must_use]
    pub fn routes(self, endpoints: &'static [api::routes::Endpoint], document: fn() -> OpenApi) -> Self {
        Self { api: self.api.routes(endpoints, document), ..self }
    }

    /// See [`api::Extension::problems`].
    #[must_use]
    pub fn problems(self, kinds: &'static [api::error::ProblemKind]) -> Self {
        Self { api: self.api.problems(kinds), ..self }
    }

    /// See [`api::Extension::data`].
    #[must_use]
    pub fn data<T: Send + Sync + 'static>(
        self,
        read: impl Fn(&Config) -> Result<T, ConfigError> + Send + Sync + 'static,
    ) -> Self {
        Self { api: self.api.data(read), ..self }
    }
}

impl fmt::Debug for Extension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, projections, workers, api, .. } = self;
        let shown = &mut formatter.debug_struct("Extension");
        shown.field("name", name).field("projections", projections);
        shown.field("workers", workers).field("api", api).finish_non_exhaustive()
    }
}
