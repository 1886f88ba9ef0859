//! What anybody may ask for by naming an address. The answer comes before it is known whether there is such an account,
//! so neither what it says nor the time it takes tells.

use std::{sync::Arc, time::Duration};

use actix_web::HttpResponse;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Command,
    users::{Account, Email, Request, User},
};
use event_store::{
    AppendError, ExecuteError, Execution, Metadata, StreamId, aggregates::Loaded, subject_keys::SubjectKeyError,
};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tracing::error;
use utoipa::ToSchema;
use uuid::Uuid;

use super::links;

use crate::{
    error::{ApiError, ApiResult},
    extract::RequestBody,
    middleware::context::RequestContext,
    state::{AppState, State},
    users::{
        EMAIL,
        register::{Accepted, email_error},
    },
};

/// Requests that are worked on after their answer, in one process; further ones are answered 503, whomever they are about.
const MOST: usize = 64;

/// The work begins so long after the answer: what it costs, which tells whether there is an account, is not to delay
/// the writing of the answer.
const UNTIL_ANSWERED: Duration = Duration::from_millis(20);

/// How often a request is decided anew because the account was changed meanwhile.
const ATTEMPTS: usize = 20;

/// When it is worth trying again.
const SHORTLY: Duration = Duration::from_secs(1);

/// Whose account it is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressRequest {
    #[schema(format = "email", max_length = 254, example = "ada@example.org")]
    pub(super) email: String,
}

impl RequestBody for AddressRequest {}

impl AddressRequest {
    pub(super) fn parse(&self) -> ApiResult<Email> {
        Email::parse(&self.email).map_err(|error| ApiError::Invalid(vec![email_error(error)]))
    }
}

/// Places for work that goes on after its answer.
#[derive(Clone, Debug)]
pub struct Afterwards(Arc<Semaphore>);

impl Default for Afterwards {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

/// Somebody who is there and has this address.
struct Found {
    stream: StreamId,
    account: Account,
    version: i64,
}

/// Answers 202 and then does the work, which the process finishes before it stops.
pub(super) fn accept<W: Future<Output = ApiResult<()>> + Send + 'static>(
    state: &State,
    context: &RequestContext,
    work: impl FnOnce(State, Metadata) -> W,
) -> ApiResult<HttpResponse> {
    let place = Arc::clone(&state.afterwards.0).try_acquire_owned();
    let place = place.map_err(|_| ApiError::Overloaded { retry_after: SHORTLY })?;
    let work = work(state.clone(), context.metadata(None));
    let request_id = context.id().to_owned();
    state.in_flight.spawn(async move {
        let _place = place;
        tokio::time::sleep(UNTIL_ANSWERED).await;
        if let Err(error) = work.await {
            error!(request_id, %error, "a request could not be finished after its answer");
        }
    });
    Ok(Accepted::answer())
}

/// Begins what is finished by a mail to whoever has the address, unless it was begun and mailed just now. `pending` is what was
/// begun last, and `command` begins it anew.
pub(super) async fn ask<C>(
    state: &AppState,
    email: &Email,
    metadata: Metadata,
    lifetime: TimeDelta,
    pending: fn(&Account) -> Option<&Request>,
    command: impl Fn(Request, DateTime<Utc>) -> C,
) -> ApiResult<()>
where
    C: Command<Aggregate = User>,
    ApiError: From<ExecuteError<C::Refusal>>,
{
    for _ in 0..ATTEMPTS {
        let now = state.clock.now();
        let Some(found) = find(state, email).await? else { return Ok(()) };
        if links::is_recent(pending(&found.account), lifetime, now) {
            return Ok(());
        }
        let command = command(links::request(now, lifetime), now);
        let expected = Some(found.version);
        let execution = Execution { metadata: metadata.clone(), expected, ..Execution::new(Uuid::now_v7()) };
        match state.events.execute(&found.stream, command, execution).await {
            // Done already, or gone in the meantime: there is nobody to mail.
            Ok(_) | Err(ExecuteError::Refused(_)) => return Ok(()),
            // By another request for the same mail, perhaps.
            Err(ExecuteError::VersionMismatch { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(AppendError::Overloaded.into())
}

/// The active account with this address now. A former address, which is only kept free for the way back, finds none.
async fn find(state: &AppState, email: &Email) -> ApiResult<Option<Found>> {
    let Some(stream) = state.email_claims.owner(&state.events, email).await? else { return Ok(None) };
    let Loaded { state: user, version } = state.events.load::<User>(&stream).await?;
    let Ok(account) = user.active() else { return Ok(None) };
    let address = match state.keys.open(stream.id(), EMAIL, &account.email).await {
        Ok(address) => address,
        Err(SubjectKeyError::Erased | SubjectKeyError::Unknown) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let same = Email::parse(&address).is_ok_and(|known| known.canonical() == email.canonical());
    Ok(same.then(|| Found { stream, account: account.clone(), version }))
}
