//! What anybody may ask for by naming an address. The answer comes before it is known whether there is such an account,
//! so neither what it says nor the time it takes tells.

use std::{sync::Arc, time::Duration};

use actix_web::HttpResponse;
use domain::users::{Account, Email, User};
use event_store::{Metadata, StreamId, subject_keys::SubjectKeyError};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tracing::error;
use utoipa::ToSchema;

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
pub(super) struct Found {
    pub(super) stream: StreamId,
    pub(super) account: Account,
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
        if let Err(error) = work.await {
            error!(request_id, %error, "a request could not be finished after its answer");
        }
    });
    Ok(Accepted::answer())
}

/// The active account with this address now. A former address, which is only kept free for the way back, finds none.
pub(super) async fn find(state: &AppState, email: &Email) -> ApiResult<Option<Found>> {
    let Some(stream) = state.email_claims.owner(&state.events, email).await? else { return Ok(None) };
    let user = state.events.load::<User>(&stream).await?.state;
    let Ok(account) = user.active() else { return Ok(None) };
    let address = match state.keys.open(stream.id(), EMAIL, &account.email).await {
        Ok(address) => address,
        Err(SubjectKeyError::Erased | SubjectKeyError::Unknown) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let same = Email::parse(&address).is_ok_and(|known| known.canonical() == email.canonical());
    Ok(same.then(|| Found { stream, account: account.clone() }))
}
