//! How many requests a caller may make in a window of time, over all processes.
//!
//! Redis counts where there is one. A process takes permits from there in small lots and spends them without asking
//! again, so a busy caller costs one round trip per hundredth of the limit; permits that are not spent lapse with the
//! window, so the limit is never exceeded. Without Redis, or while it does not answer, each process counts alone.

mod shared;
mod window;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::counter;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use bootstrap::{
    config::{Limits, SecretKey},
    redis_pool,
};
use domain::users::UserId;
use moka::sync::Cache;

use self::{shared::SharedCounters, window::Window};
use super::client_address::ClientAddress;
use crate::metrics::{RATE_LIMIT_FALLBACKS, RATE_LIMITED};

const POLICY_HEADER: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT_HEADER: HeaderName = HeaderName::from_static("ratelimit");
/// Callers counted in this process at the same time; beyond that the least recently seen ones begin anew.
const COUNTED_CALLERS: u64 = 200_000;
/// A lot of permits is this part of the limit.
const LOTS: u32 = 100;

/// Which limit a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Routes that take credentials, by address.
    Credential,
    /// Routes on which signed-in callers prove again who they are, by user: each takes of the time for passwords.
    Proof,
    /// Callers who are not signed in, by address.
    Anonymous,
    /// Signed-in callers, by user.
    User,
    /// Attempts to open a live connection, by address: the caller is not known before the connection is open.
    Live,
    /// Requests with a signed URL, by address: whoever has it need not have an account.
    SignedUrl,
}

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    User(UserId),
    Address(ClientAddress),
}

/// A quota of requests in each window.
#[derive(Clone, Copy, Debug)]
struct Policy {
    name: &'static str,
    quota: u32,
    window: Duration,
}

/// Whether one more request is within the limit, and how much of it is left.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    pub allowed: bool,
    policy: Policy,
    remaining: u32,
    pub resets_in: Duration,
}

type Key = (Class, u128);

/// The counters of one process. Clones share them.
#[derive(Clone)]
pub struct RateLimits {
    limits: Limits,
    windows: Cache<Key, Arc<Mutex<Window>>>,
    shared: Option<SharedCounters>,
}

impl RateLimits {
    /// `secret` hides addresses in the names of shared counters.
    pub fn new(limits: &Limits, redis: Option<redis_pool::Pool>, prefix: &str, secret: &SecretKey) -> Self {
        Self {
            limits: limits.clone(),
            windows: Cache::builder().max_capacity(COUNTED_CALLERS).time_to_idle(limits.window).build(),
            shared: redis.map(|pool| SharedCounters::new(pool, prefix, secret)),
        }
    }

    /// Counts one request.
    pub async fn take(&self, class: Class, subject: Subject) -> Verdict {
        let (policy, key) = (self.policy(class), (class, subject.bits()));
        let window = self.windows.get_with(key, || Arc::new(Mutex::new(Window::new(Instant::now(), policy.window))));
        let verdict = match &self.shared {
            Some(shared) => self.take_shared(shared, policy, key, &window).await,
            None => take_alone(policy, &window),
        };
        if !verdict.allowed {
            counter!(RATE_LIMITED, "policy" => policy.name).increment(1);
        }
        verdict
    }

    async fn take_shared(&self, shared: &SharedCounters, policy: Policy, key: Key, window: &Mutex<Window>) -> Verdict {
        let lot = (policy.quota / LOTS).max(1);
        // What was counted without Redis meanwhile is counted there, too.
        let uncounted = {
            let mut window = lock(window);
            window.renew(Instant::now(), policy.window);
            if let Some(remaining) = window.spend() {
                return policy.verdict(true, remaining, window.ends_in(Instant::now()));
            }
            if window.is_exhausted() {
                return policy.verdict(false, 0, window.ends_in(Instant::now()));
            }
            window.take_uncounted()
        };
        match shared.count(&key, lot.saturating_add(uncounted), policy.window).await {
            Ok((used, ends_in)) => {
                let mut window = lock(window);
                let granted = policy.quota.saturating_sub(used.saturating_sub(lot)).min(lot);
                window.grant(granted, policy.quota.saturating_sub(used), Instant::now() + ends_in);
                match window.spend() {
                    Some(remaining) => policy.verdict(true, remaining, ends_in),
                    None => policy.verdict(false, 0, ends_in),
                }
            }
            Err(_) => {
                counter!(RATE_LIMIT_FALLBACKS).increment(1);
                lock(window).add_uncounted(uncounted);
                take_alone(policy, window)
            }
        }
    }

    fn policy(&self, class: Class) -> Policy {
        let quota = match class {
            Class::Credential | Class::Proof => self.limits.credential_requests,
            Class::Anonymous => self.limits.anonymous_requests,
            Class::User | Class::Live | Class::SignedUrl => self.limits.user_requests,
        };
        Policy { name: class.name(), quota, window: self.limits.window }
    }
}

fn take_alone(policy: Policy, window: &Mutex<Window>) -> Verdict {
    let (mut window, now) = (lock(window), Instant::now());
    window.renew(now, policy.window);
    let remaining = window.count(policy.quota);
    policy.verdict(remaining.is_some(), remaining.unwrap_or(0), window.ends_in(now))
}

fn lock(window: &Mutex<Window>) -> std::sync::MutexGuard<'_, Window> {
    window.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Policy {
    fn verdict(self, allowed: bool, remaining: u32, resets_in: Duration) -> Verdict {
        Verdict { allowed, policy: self, remaining, resets_in }
    }
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Proof => "proof",
            Self::Anonymous => "anonymous",
            Self::User => "user",
            Self::Live => "live",
            Self::SignedUrl => "signed_url",
        }
    }
}

impl Subject {
    fn bits(self) -> u128 {
        match self {
            Self::User(user) => user.as_uuid().as_u128(),
            Self::Address(address) => match address.network() {
                IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
                IpAddr::V6(address) => address.to_bits(),
            },
        }
    }
}

impl Verdict {
    /// Tells the caller, after draft-ietf-httpapi-ratelimit-headers-11.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        let Policy { name, quota, window } = self.policy;
        let seconds = self.resets_in.as_secs() + u64::from(self.resets_in.subsec_nanos() > 0);
        let policy = format!("\"{name}\";q={quota};w={}", window.as_secs());
        let limit = format!("\"{name}\";r={};t={seconds}", self.remaining);
        for (name, value) in [(POLICY_HEADER, policy), (LIMIT_HEADER, limit)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
