//! What administrators do to an account, and what they are answered.

use actix_web::HttpResponse;
use domain::{
    Aggregate, Command,
    users::{NotActive, User},
};
use event_store::StreamId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::IdempotencyKey,
    idempotency::Requester,
    middleware::context::RequestContext,
    state::AppState,
};

/// What administrators have decided about an account. Nothing personal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Administered {
    id: Uuid,
    #[schema(value_type = String, pattern = "^(active|suspended)$", example = "active")]
    status: &'static str,
    #[schema(example = json!(["member", "support"]))]
    roles: Vec<String>,
    /// As in the ETag.
    version: i64,
}

/// A request of an administrator about one user.
pub(super) struct Request<'a> {
    pub(super) state: &'a AppState,
    pub(super) caller: &'a Caller,
    pub(super) context: &'a RequestContext,
    pub(super) key: &'a IdempotencyKey,
    /// Method and template.
    pub(super) route: &'static str,
    /// The URL's own part, which a repeat has to have too.
    pub(super) target: &'a str,
    pub(super) seen: Option<i64>,
}

/// The user that a URL names; nothing but a UUID names one.
pub(super) fn named(id: &str) -> ApiResult<Uuid> {
    Uuid::try_parse(id).map_err(|_| ApiError::NotFound)
}

impl Request<'_> {
    /// Executes a command on the account and tells what became of it.
    pub(super) async fn execute<C>(&self, user: Uuid, command: C) -> ApiResult<HttpResponse>
    where
        C: Command<Aggregate = User, Refusal = NotActive>,
    {
        let requester = Requester::User(self.caller.user_id);
        let begun = self.state.idempotency.begin(requester, self.route, self.key, self.target.as_bytes())?;
        let mut execution = begun.execution(self.context.metadata(Some(self.caller.user_id)), 200)?;
        execution.expected = self.seen;
        let stream = StreamId::new(User::CATEGORY, user);
        let done = self.state.events.execute(&stream, command, execution).await?;
        let (account, version) = match done.state {
            Some(account) => (account, done.version),
            None => {
                let loaded = self.state.events.load::<User>(&stream).await?;
                (loaded.state, loaded.version)
            }
        };
        let administered = Administered::of(user, &account, version)?;
        Ok(answer::changed(HttpResponse::Ok(), &administered, version, done.position))
    }
}

impl Administered {
    fn of(id: Uuid, user: &User, version: i64) -> ApiResult<Self> {
        let status = user.status().ok_or(ApiError::NotFound)?.as_str();
        let roles = user.present()?.roles.iter().map(ToString::to_string).collect();
        Ok(Self { id, status, roles, version })
    }
}
