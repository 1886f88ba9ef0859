//! What every handler works with.

use std::sync::Arc;

use actix_web::web;
use anyhow::Context as _;
use bootstrap::{Config, Context, Shutdown, Tasks, config, db, health, redis_pool};
use event_store::{EventStore, Head, SigningKeys, SubjectKeys};
use messaging::Bus;
use projections::Progress;
use tokio_util::task::TaskTracker;

use crate::{
    auth::{AccessToken, Caller, Passwords, RoleBook, Standings, TokenError, Tokens},
    clock::Clock,
    cursors::Cursors,
    error::{ApiError, ApiResult},
    idempotency::IdempotencyKeys,
    live::Live,
    middleware::rate_limit::RateLimits,
    users::EmailClaims,
};

/// The parts of one api process, shared by all of its threads.
pub struct AppState {
    pub events: EventStore,
    pub keys: SubjectKeys,
    /// The log's database, which holds the read models too.
    pub pool: db::Pool,
    pub redis: Option<redis_pool::Pool>,
    pub bus: Arc<dyn Bus>,
    /// How far the read models are.
    pub progress: Progress,
    pub tokens: Tokens,
    pub standings: Standings,
    pub roles: RoleBook,
    pub passwords: Passwords,
    pub email_claims: EmailClaims,
    pub idempotency: IdempotencyKeys,
    pub cursors: Cursors,
    pub rate_limits: RateLimits,
    pub live: Live,
    pub clock: Clock,
    pub http: config::Http,
    pub limits: config::Limits,
    pub health: health::Registry,
    pub shutdown: Shutdown,
    pub tasks: Tasks,
    /// What must outlive the requests: the log's writer.
    pub writing: Tasks,
    /// Holds a token for everything that has to end before the server does: requests, and WebSockets as long as they
    /// are open.
    pub in_flight: TaskTracker,
}

/// As handlers take it.
pub type State = web::Data<AppState>;

impl AppState {
    /// Connects and starts what the handlers need, among the tasks of `context`.
    pub async fn new(
        context: &Context,
        bus: Arc<dyn Bus>,
        head: Head,
        options: crate::Options,
    ) -> anyhow::Result<Self> {
        let Config { http, limits, secrets, redis_prefix, .. } = context.config.clone();
        let pool = context.database().await?;
        let keys_pool = context.keys_database().await?;
        let keys = SubjectKeys::new(keys_pool.clone(), secrets.master_key.expose());
        let signing_keys = SigningKeys::new(keys_pool, secrets.master_key.expose());
        let url = context.config.database_url()?;
        let writing = Tasks::new(Shutdown::new());
        let events = EventStore::open(url, pool.clone(), head, &writing, options.store);
        let tokens = Tokens::start(&context.tasks, signing_keys, &secrets.token_key, &http.public_url);
        let tokens = tokens.await.context("the keys of access tokens")?;
        let redis = context.redis()?;
        Ok(Self {
            progress: Progress::start(&context.tasks, pool.clone(), &bus),
            standings: Standings::new(events.clone()),
            roles: RoleBook::new(events.clone()),
            passwords: Passwords::new(&secrets.password_pepper, options.password_cost, &limits),
            email_claims: EmailClaims::new(&secrets.index_key),
            idempotency: IdempotencyKeys::new(&secrets.token_key),
            cursors: Cursors::new(&secrets.token_key),
            rate_limits: RateLimits::new(&limits, redis.clone(), &redis_prefix, &secrets.token_key),
            live: Live::start(context, &bus, &pool, &keys),
            events,
            keys,
            pool,
            redis,
            bus,
            tokens,
            clock: Clock,
            http,
            limits,
            health: context.health.clone(),
            shutdown: context.shutdown.clone(),
            tasks: context.tasks.clone(),
            writing,
            in_flight: TaskTracker::new(),
        })
    }

    /// Who a token belongs to, with the roles of this moment.
    pub async fn caller(&self, token: &str) -> ApiResult<Caller> {
        self.caller_of(self.tokens.verify(token).await?).await
    }

    /// The same for a token that was verified. Refused once the account's generation was raised, the session ended, or
    /// the account suspended or erased.
    pub async fn caller_of(&self, token: AccessToken) -> ApiResult<Caller> {
        // Known to the token but not to the log: written after the point that a restore went back to.
        let standing = self.standings.behind(&token).await?.ok_or(ApiError::Unauthenticated)?;
        if !standing.admits(&token) {
            return Err(TokenError::Invalid.into());
        }
        let permissions = Arc::new(self.roles.permissions_of(&standing.roles).await?);
        Ok(Caller {
            user_id: token.user_id,
            session_id: token.session_id,
            expires_at: token.expires_at,
            generation: token.generation,
            standing,
            permissions,
        })
    }
}
