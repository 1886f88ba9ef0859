//! Hands an event to a server over HTTP, and says what became of it.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::{
    NetworkGuard,
    network_guard::{Forbidden, Ports},
};
use chrono::{DateTime, Utc};
use domain::webhooks::WebhookUrl;
use reqwest::{Client, Response, StatusCode, header, redirect};
use uuid::Uuid;

use super::resolver::GuardedResolver;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const USER_AGENT: &str = "Tidemark-Webhooks/1";
/// So much of an answer is kept, in bytes; what comes after is not read.
const LONGEST_RESPONSE: usize = 2048;
/// A server that wants to be left alone for longer is asked all the same.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// Clones share connections.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    guard: NetworkGuard,
    /// For each kind of ports: what a name may mean depends on the port.
    web: Client,
    other: Client,
}

/// An event as it is sent.
pub(super) struct Message {
    pub(super) id: Uuid,
    /// In seconds of Unix time.
    pub(super) timestamp: i64,
    pub(super) signature: String,
    pub(super) body: Vec<u8>,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Delivered,
    /// An answer that is not 2xx.
    Refused,
    /// 3xx, which is not followed.
    Redirected,
    /// 410: the server will never want anything again.
    Gone,
    TimedOut,
    /// No connection, or none that can be trusted.
    Unreachable,
    /// The connection ended before there was an answer.
    BrokenOff,
    /// The address is none that may be called.
    Forbidden,
}

/// What a server said, if anything.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) status: Option<u16>,
    /// The beginning of the body.
    pub(super) response: String,
    /// How long it wants to be left alone.
    pub(super) retry_after: Option<Duration>,
    pub(super) took: Duration,
}

impl Outcome {
    /// As it is stored, shown and counted.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Redirected => "redirected",
            Self::Gone => "gone",
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::BrokenOff => "broken_off",
            Self::Forbidden => "forbidden",
        }
    }

    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::GONE => Self::Gone,
            status if status.is_success() => Self::Delivered,
            status if status.is_redirection() => Self::Redirected,
            _ => Self::Refused,
        }
    }

    /// The error's text would name the server; only its kind is told.
    fn of_error(error: &reqwest::Error) -> Self {
        if is_forbidden(error) {
            Self::Forbidden
        } else if error.is_timeout() {
            Self::TimedOut
        } else if error.is_connect() {
            Self::Unreachable
        } else {
            Self::BrokenOff
        }
    }
}

impl Sender {
    /// `timeout` is for one event, with all that belongs to it.
    pub(crate) fn new(guard: NetworkGuard, timeout: Duration) -> reqwest::Result<Self> {
        let client = |ports| {
            let resolver = GuardedResolver { guard: guard.clone(), ports };
            Client::builder()
                .timeout(timeout)
                .connect_timeout(CONNECT_TIMEOUT.min(timeout))
                .dns_resolver(Arc::new(resolver))
                // Where a server points to was not checked, and a proxy would look names up by itself.
                .redirect(redirect::Policy::none())
                .no_proxy()
                .referer(false)
                // An answer that is not read to its end costs a connection of its own only.
                .http1_only()
                .user_agent(USER_AGENT)
                .build()
        };
        Ok(Self { web: client(Ports::Web)?, other: client(Ports::Other)?, guard })
    }

    /// Sends once. That the URL was checked when it was set does not count: the operator may allow less by now.
    pub(super) async fn send(&self, url: &WebhookUrl, message: Message) -> Answer {
        let started = Instant::now();
        let sent = self.post(url, message).await;
        let took = started.elapsed();
        match sent {
            Ok(answer) => Answer { took, ..answer },
            Err(outcome) => Answer { outcome, status: None, response: String::new(), retry_after: None, took },
        }
    }

    async fn post(&self, url: &WebhookUrl, message: Message) -> Result<Answer, Outcome> {
        // A literal address is connected to without being looked up.
        let client = match self.guard.check_url(url.as_url()) {
            Ok(Ports::Web) => &self.web,
            Ok(Ports::Other) => &self.other,
            Err(Forbidden::Scheme | Forbidden::Host | Forbidden::Port | Forbidden::Address) => {
                return Err(Outcome::Forbidden);
            }
        };
        let request = client
            .post(url.as_url().clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", message.id.to_string())
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", message.signature)
            .body(message.body);
        let response = request.send().await.map_err(|error| Outcome::of_error(&error))?;
        let (status, retry_after) = (response.status(), retry_after(&response));
        Ok(Answer {
            outcome: Outcome::of_status(status),
            status: Some(status.as_u16()),
            response: beginning(response).await,
            retry_after,
            took: Duration::ZERO,
        })
    }
}

/// The beginning of a body; what breaks off or takes too long is as good as it came. The rest goes with the connection.
async fn beginning(mut response: Response) -> String {
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        read.extend_from_slice(&chunk[..chunk.len().min(LONGEST_RESPONSE - read.len())]);
        if read.len() >= LONGEST_RESPONSE {
            break;
        }
    }
    let mut text = String::from_utf8_lossy(&read).into_owned();
    // What is no text became longer.
    text.truncate(text.floor_char_boundary(LONGEST_RESPONSE));
    text
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    pause(text, Utc::now())
}

fn pause(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let asked = match text.trim().parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => (DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now).to_std().ok()?,
    };
    Some(asked.min(LONGEST_PAUSE))
}

fn is_forbidden(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.is::<Forbidden>() {
            return true;
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_seconds_or_a_date_and_a_day_at_most() {
        let now = "2026-03-01T10:00:00Z".parse().unwrap();
        for (text, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("999999999", Some(86_400)),
            ("Sun, 01 Mar 2026 10:01:30 GMT", Some(90)),
            ("Sun, 01 Mar 2026 09:00:00 GMT", None),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(pause(text, now).map(|pause| pause.as_secs()), seconds, "{text}");
        }
    }
}
