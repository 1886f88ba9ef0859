//! What every handler works with.

use std::sync::Arc;

use actix_web::web;
use anyhow::Context as _;
use bootstrap::{Config, Context, Shutdown, Tasks, config, db, health, redis_pool};
use event_store::{EventStore, Head, Options, SubjectKeys};
use messaging::Bus;

use crate::{
    auth::{Caller, Standings, Tokens},
    clock::Clock,
    error::{ApiError, ApiResult},
};

/// The parts of one api process, shared by all of its threads.
pub struct AppState {
    pub events: EventStore,
    pub keys: SubjectKeys,
    /// The log's database, which holds the read models too.
    pub pool: db::Pool,
    pub redis: Option<redis_pool::Pool>,
    pub bus: Arc<dyn Bus>,
    pub tokens: Tokens,
    pub standings: Standings,
    pub clock: Clock,
    pub http: config::Http,
    pub limits: config::Limits,
    pub health: health::Registry,
    pub shutdown: Shutdown,
    pub tasks: Tasks,
}

/// As handlers take it.
pub type State = web::Data<AppState>;

impl AppState {
    /// Connects and starts what the handlers need, among the tasks of `context`.
    pub async fn new(context: &Context, bus: Arc<dyn Bus>, head: Head) -> anyhow::Result<Self> {
        let Config { http, limits, secrets, .. } = context.config.clone();
        let pool = context.database().await?;
        let keys = SubjectKeys::new(context.keys_database().await?, secrets.master_key.expose());
        let url = context.config.database_url()?;
        let events = EventStore::open(url, pool.clone(), head, &context.tasks, Options::default());
        let tokens = Tokens::new(&secrets.token_key, &http.public_url).context("the key of access tokens")?;
        Ok(Self {
            standings: Standings::new(events.clone()),
            events,
            keys,
            pool,
            redis: context.redis()?,
            bus,
            tokens,
            clock: Clock,
            http,
            limits,
            health: context.health.clone(),
            shutdown: context.shutdown.clone(),
            tasks: context.tasks.clone(),
        })
    }

    /// Who a token belongs to, with the roles of this moment.
    pub async fn caller(&self, token: &str) -> ApiResult<Caller> {
        let token = self.tokens.verify(token)?;
        // Known to the token but not to the log: erased, or written after the point that a restore went back to.
        let standing = self.standings.of(token.user_id).await?.ok_or(ApiError::Unauthenticated)?;
        Ok(Caller {
            user_id: token.user_id,
            session_id: token.session_id,
            expires_at: token.expires_at,
            generation: token.generation,
            standing,
        })
    }
}
