//! The provider that takes cards, over HTTP.
//!
//! `POST <url>/charges` with `{order, amount, currency}` answers 200 or 201 with `{id, status: "succeeded"}`, or 402 when
//! the card is declined. `POST <url>/refunds` with `{order}` answers `{status: "refunded", charge}` or
//! `{status: "nothing_held"}`, and closes the order: a charge that comes later is declined. Both take `Idempotency-Key`,
//! and answer a repeat as they have answered the first.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ::metrics::histogram;
use anyhow::Context as _;
use async_trait::async_trait;
use bootstrap::{Breaker, BreakerSettings};
use reqwest::{Client, Response, StatusCode, header, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::Url;

use super::{Charge, Charged, PaymentError, PaymentProvider, RefundRequest, Refunded};
use crate::{
    domain::{PaymentReference, RefusalReason},
    metrics::{CARD_BREAKER_STATE, PROVIDER_SECONDS},
    settings::Card,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const BREAKER: BreakerSettings = BreakerSettings { failures: 5, cool_down: Duration::from_secs(15) };
/// Answers are small; a longer one is not from whom we think it is.
const MAX_ANSWER: usize = 64 * 1024;
/// A provider that wants to be left alone for longer is asked all the same.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Clones share connections and breaker.
#[derive(Clone)]
pub struct CardProvider {
    client: Client,
    url: Arc<Url>,
    api_key: Arc<SecretString>,
    breaker: Breaker,
}

#[derive(Serialize)]
struct ChargeBody<'a> {
    order: String,
    amount: i64,
    currency: &'a str,
}

#[derive(Serialize)]
struct RefundBody {
    order: String,
}

/// Members that are not known are the provider's business.
#[derive(Deserialize)]
struct ChargeAnswer {
    id: String,
    status: String,
}

#[derive(Deserialize)]
struct RefundAnswer {
    status: String,
    charge: Option<String>,
}

impl CardProvider {
    /// `settings` must have the API key.
    pub fn new(settings: &Card) -> anyhow::Result<Self> {
        let api_key = settings.api_key.clone().context("orders.card_api_key is not set")?;
        let client = Client::builder()
            .timeout(settings.timeout)
            .connect_timeout(CONNECT_TIMEOUT.min(settings.timeout))
            // The key goes to the provider, and to nobody whom it names.
            .redirect(redirect::Policy::none())
            .user_agent("tidemark-orders")
            .build()?;
        let breaker = Breaker::new("the payment provider", CARD_BREAKER_STATE, BREAKER);
        Ok(Self { client, url: Arc::new(settings.url.clone()), api_key: Arc::new(api_key), breaker })
    }

    pub fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    /// Sends a request unless the provider is left alone, and tells the breaker what came of it.
    async fn post(&self, what: &'static str, key: String, body: &impl Serialize) -> Result<Response, PaymentError> {
        let permit = self.breaker.admit(Instant::now()).map_err(PaymentError::Paused)?;
        let started = Instant::now();
        let request = self
            .client
            .post(format!("{}/{what}", self.url.as_str().trim_end_matches('/')))
            .bearer_auth(self.api_key.expose_secret())
            .header("idempotency-key", key)
            .json(body);
        let sent = request.send().await;
        histogram!(PROVIDER_SECONDS, "request" => what).record(started.elapsed().as_secs_f64());
        match sent {
            Ok(response) if response.status().is_server_error() => {
                permit.failed(Instant::now());
                Err(PaymentError::Later { reason: "provider_failed", after: retry_after(&response) })
            }
            Ok(response) => {
                permit.succeeded();
                Ok(response)
            }
            // The error's text would name the URL.
            Err(error) => {
                permit.failed(Instant::now());
                Err(if error.is_connect() {
                    PaymentError::Later { reason: "provider_unreachable", after: None }
                } else if error.is_timeout() {
                    PaymentError::Unknown("provider_timed_out")
                } else {
                    PaymentError::Unknown("connection_lost")
                })
            }
        }
    }
}

#[async_trait]
impl PaymentProvider for CardProvider {
    async fn charge(&self, charge: &Charge) -> Result<Charged, PaymentError> {
        let body = ChargeBody {
            order: charge.order.to_string(),
            amount: charge.amount.minor,
            currency: charge.amount.currency.as_str(),
        };
        let response = self.post("charges", format!("charge-{}", charge.order), &body).await?;
        if response.status() == StatusCode::PAYMENT_REQUIRED {
            return Ok(Charged::Refused(RefusalReason::Declined));
        }
        let answer: ChargeAnswer = read(response).await?;
        match answer.status.as_str() {
            "succeeded" => reference(&answer.id).map(Charged::Paid),
            _ => Err(PaymentError::Unknown("unknown_status")),
        }
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<Refunded, PaymentError> {
        let body = RefundBody { order: refund.order.to_string() };
        let response = self.post("refunds", format!("refund-{}", refund.cause), &body).await?;
        let answer: RefundAnswer = read(response).await?;
        match (answer.status.as_str(), answer.charge) {
            ("refunded", Some(charge)) => reference(&charge).map(Refunded::Returned),
            ("nothing_held", _) => Ok(Refunded::NothingHeld),
            _ => Err(PaymentError::Unknown("unknown_status")),
        }
    }
}

fn reference(text: &str) -> Result<PaymentReference, PaymentError> {
    PaymentReference::parse(text).map_err(|_| PaymentError::Unknown("malformed_reference"))
}

/// The body of an answer that says what was done.
async fn read<T: DeserializeOwned>(mut response: Response) -> Result<T, PaymentError> {
    match response.status() {
        StatusCode::OK | StatusCode::CREATED => {}
        // Also under the key of a request that is still being worked on.
        StatusCode::CONFLICT => return Err(PaymentError::Later { reason: "in_progress", after: None }),
        StatusCode::TOO_MANY_REQUESTS => {
            return Err(PaymentError::Later { reason: "rate_limited", after: retry_after(&response) });
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Err(PaymentError::Later { reason: "api_key_refused", after: None });
        }
        _ => return Err(PaymentError::Unknown("unexpected_answer")),
    }
    let mut body = vec![];
    while let Some(chunk) = response.chunk().await.map_err(|_| PaymentError::Unknown("connection_lost"))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(PaymentError::Unknown("answer_too_long"));
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|_| PaymentError::Unknown("malformed_answer"))
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}
