//! What every handler works with.

use std::sync::Arc;

use actix_web::web;
use anyhow::Context as _;
use bootstrap::{Config, Context, NetworkGuard, Shutdown, Tasks, config, db, health, redis_pool};
use event_store::{Erasure, ErasureLedger, EventStore, Head, OneTimeTokens, SigningKeys, SubjectKeys, log};
use messaging::Bus;
use projections::Progress;
use tokio_util::task::TaskTracker;
use tracing::info;

use crate::{
    auth::{
        AccessToken, Afterwards, ApiKeys, Caller, CommonPasswords, Eras, Means, Passwords, RecoveryCodes, RoleBook,
        Sessions, Standings, Throttle, TokenError, Tokens, sessions::device::DeviceTokens,
    },
    cache::ReadCache,
    clock::Clock,
    collections::CollectionBook,
    cursors::Cursors,
    error::{ApiError, ApiResult},
    files::Files,
    idempotency::IdempotencyKeys,
    imports::Imports,
    live::{self, Live},
    middleware::rate_limit::RateLimits,
    openapi::Document,
    records::{Filters, ListPool, RecordLoader, export::Exports},
    replica::Replica,
    users::EmailClaims,
};

/// The parts of one api process, shared by all of its threads.
pub struct AppState {
    pub events: EventStore,
    pub keys: SubjectKeys,
    pub erasure: Erasure,
    /// The log's database, which holds the read models too.
    pub pool: db::Pool,
    pub redis: Option<redis_pool::Pool>,
    pub bus: Arc<dyn Bus>,
    /// A hot standby that queries are answered from while it is far enough.
    pub replica: Option<Replica>,
    /// How far the read models are.
    pub progress: Progress,
    /// Answers about records that are still true.
    pub kept_records: ReadCache,
    pub tokens: Tokens,
    pub standings: Standings,
    pub eras: Eras,
    pub roles: RoleBook,
    pub collections: CollectionBook,
    pub filters: Filters,
    pub lists: ListPool,
    pub loader: RecordLoader,
    pub files: Files,
    pub imports: Imports,
    pub exports: Exports,
    pub api_keys: ApiKeys,
    pub passwords: Passwords,
    pub sessions: Sessions,
    pub devices: DeviceTokens,
    pub throttle: Throttle,
    pub recovery_codes: RecoveryCodes,
    pub email_claims: EmailClaims,
    pub idempotency: IdempotencyKeys,
    pub cursors: Cursors,
    pub rate_limits: RateLimits,
    pub live: Live,
    pub document: Document,
    /// What webhooks may be sent to.
    pub network_guard: NetworkGuard,
    pub one_time_tokens: OneTimeTokens,
    /// What the installation demands of accounts.
    pub accounts: config::Accounts,
    pub security_txt: config::SecurityTxt,
    /// Work that goes on after its answer.
    pub afterwards: Afterwards,
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
        let keys = SubjectKeys::new(keys_pool.clone(), &secrets);
        keys.follow(context.config.keys_database_url()?, &context.tasks);
        let signing_keys = SigningKeys::new(keys_pool, &secrets);
        let url = context.config.database_url()?;
        let writing = Tasks::new(Shutdown::new());
        let events = EventStore::open(url, pool.clone(), head, &writing, options.store);
        let replica = match context.replica()? {
            Some((url, replica)) => {
                let lists = ListPool::new(url, context.config.database.pool_size, limits.list_time)?;
                Some(Replica::new(replica, lists, log::incarnation(&mut *pool.get().await?).await?))
            }
            None => None,
        };
        let tokens = Tokens::start(&context.tasks, signing_keys, &secrets.token_key, &http.public_url);
        let tokens = tokens.await.context("the keys of access tokens")?;
        let redis = context.redis()?;
        let offers = options.extensions.iter().flat_map(|extension| extension.offers.clone()).collect();
        let roles = RoleBook::new(events.clone(), context.config.accounts.second_factor).offering(offers);
        let eras = Eras::new(events.clone());
        let collections = CollectionBook::new(events.clone());
        let live = live::Parts {
            bus: &bus,
            pool: &pool,
            keys: &keys,
            events: &events,
            roles: &roles,
            eras: &eras,
            collections: &collections,
        };
        let live = Live::start(context, &live);
        let progress = Progress::start(&context.tasks, pool.clone(), &bus);
        let ledger = ErasureLedger::new(&context.config.erasure.ledger);
        Ok(Self {
            erasure: Erasure { events: events.clone(), keys: keys.clone(), ledger },
            replica,
            kept_records: ReadCache::open(context, projections::records::NAME, &progress, &bus)?,
            progress,
            standings: Standings::new(events.clone(), eras.clone()),
            api_keys: ApiKeys::new(pool.clone()),
            passwords: Passwords::new(&secrets.password_pepper, options.password_cost, &limits)
                .formerly(&secrets.previous_password_peppers)
                .soon(secrets.next_password_pepper.as_ref())
                .knowing(words(&context.config))
                .refusing(common_passwords(&context.config)?),
            sessions: Sessions::new(pool.clone(), eras.clone(), &secrets.token_key, &context.config.sessions),
            devices: DeviceTokens::new(&secrets.token_key),
            throttle: Throttle::new(pool.clone(), &secrets.token_key),
            recovery_codes: RecoveryCodes::new(&secrets.password_pepper)
                .beside(secrets.previous_password_peppers.iter().chain(&secrets.next_password_pepper)),
            email_claims: EmailClaims::new(&secrets.index_key).beside(secrets.previous_index_key.as_ref()),
            idempotency: IdempotencyKeys::new(&secrets.token_key),
            one_time_tokens: OneTimeTokens::new(secrets.token_key.expose()),
            network_guard: NetworkGuard::for_webhooks(&context.config),
            accounts: context.config.accounts.clone(),
            security_txt: context.config.security_txt.clone(),
            afterwards: Afterwards::default(),
            document: Document::new(options.extensions),
            cursors: Cursors::new(&secrets.token_key),
            rate_limits: RateLimits::new(&limits, redis.clone(), &redis_prefix, &secrets.token_key),
            filters: Filters::default(),
            lists: ListPool::new(url, context.config.database.pool_size, limits.list_time)?,
            loader: RecordLoader::start(&writing, url),
            live,
            collections,
            imports: Imports::default(),
            exports: Exports::default(),
            files: Files::new(context).context("the place of files")?,
            roles,
            eras,
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

    /// The same for a token that was verified. Refused once the account's generation was raised, the session ended or
    /// renewed, all sessions ended, or the account suspended or erased.
    pub async fn caller_of(&self, token: AccessToken) -> ApiResult<Caller> {
        // Known to the token but not to the log: written after the point that a restore went back to.
        let standing = self.standings.behind(&token).await?.ok_or(ApiError::Unauthenticated)?;
        if !standing.admits(&token) {
            return Err(TokenError::Invalid.into());
        }
        let permissions = self.roles.permissions_of(&standing.roles).await?;
        let must_enrol = standing.must_enrol(self.accounts.second_factor, &permissions);
        Ok(Caller {
            user_id: token.user_id,
            means: Means::Session(token.session_id),
            standing,
            permissions,
            must_enrol,
        })
    }
}

/// The operator's list, where there is one.
fn common_passwords(config: &Config) -> anyhow::Result<CommonPasswords> {
    let Some(path) = &config.accounts.password_list else { return Ok(CommonPasswords::default()) };
    let common = CommonPasswords::read(path)?;
    info!(passwords = common.listed(), "read accounts.password_list");
    Ok(common)
}

/// What somebody who guesses passwords tries first here: the product, the host and the sender of mails.
fn words(config: &Config) -> Vec<String> {
    let host = config.http.public_url.host_str().map(str::to_owned);
    ["tidemark".to_owned(), config.mail.from.clone()].into_iter().chain(host).collect()
}
