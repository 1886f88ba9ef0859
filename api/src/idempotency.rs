//! Idempotency keys as the log keeps them: hashed with their scope, one request at a time.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use bootstrap::config::SecretKey;
use domain::users::UserId;
use event_store::{Execution, Idempotency, KeyedHash, Metadata, RawJson, Replay};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    error::{ApiError, ApiResult},
    extract::IdempotencyKey,
    middleware::client_address::ClientAddress,
};

/// Whose keys do not meet the keys of others.
#[derive(Clone, Copy, Debug)]
pub enum Requester {
    User(UserId),
    /// An anonymous caller is known by address only.
    Address(ClientAddress),
}

/// Hashes keys and knows which are being worked on in this process. Clones share that.
#[derive(Clone)]
pub struct IdempotencyKeys {
    keys: KeyedHash,
    fingerprints: KeyedHash,
    in_flight: Arc<Mutex<HashSet<[u8; 32]>>>,
}

/// A request that nobody else works on under the same key until this is dropped.
#[derive(Debug)]
pub struct Begun {
    /// `None` when the client sent no key.
    pub idempotency: Option<Idempotency>,
    key: Option<[u8; 32]>,
    in_flight: Arc<Mutex<HashSet<[u8; 32]>>>,
}

impl IdempotencyKeys {
    pub fn new(secret: &SecretKey) -> Self {
        Self {
            keys: KeyedHash::derive(secret.expose(), "idempotency key"),
            fingerprints: KeyedHash::derive(secret.expose(), "idempotency fingerprint"),
            in_flight: Arc::default(),
        }
    }

    /// Begins a request on `route` (method and template).
    ///
    /// A second request under the key of one that is not finished is refused, in this process: across processes it
    /// waits for the first one in the log, and gets its answer.
    pub fn begin(
        &self,
        requester: Requester,
        route: &'static str,
        key: &IdempotencyKey,
        body: &[u8],
    ) -> ApiResult<Begun> {
        let in_flight = Arc::clone(&self.in_flight);
        let Some(key) = &key.0 else { return Ok(Begun { idempotency: None, key: None, in_flight }) };
        let scope = match requester {
            Requester::User(user) => format!("user {user}"),
            Requester::Address(address) => format!("address {}", address.network()),
        };
        let key = self.keys.hash(&[scope.as_bytes(), route.as_bytes(), key.as_bytes()]);
        if !lock(&in_flight).insert(key) {
            return Err(ApiError::IdempotencyInFlight);
        }
        let idempotency = Idempotency::new(key, self.fingerprints.hash(&[body]));
        Ok(Begun { idempotency: Some(idempotency), key: Some(key), in_flight })
    }
}

impl Begun {
    /// What a command is executed with whose answer has this status. The answer to a repeat is rendered anew: bodies are
    /// not kept.
    pub fn execution(&self, metadata: Metadata, status: u16) -> ApiResult<Execution> {
        self.execution_answered(metadata, &json!({ "status": status }))
    }

    /// The same for a command that makes something: a repeat is answered with what the first one made.
    pub fn execution_making(&self, metadata: Metadata, id: Uuid) -> ApiResult<Execution> {
        self.execution_answered(metadata, &json!({ "status": 201, "id": id }))
    }

    fn execution_answered(&self, metadata: Metadata, response: &Value) -> ApiResult<Execution> {
        let response = RawJson::from_serialize(response);
        Ok(Execution {
            idempotency: self.idempotency.clone(),
            response: Some(response.map_err(|error| ApiError::Internal(error.into()))?),
            metadata,
            ..Execution::new(Uuid::now_v7())
        })
    }
}

/// The id of what a command has made: `id`, or the first one's when it was a repeat.
pub fn made(replay: Option<&Replay>, id: Uuid) -> ApiResult<Uuid> {
    #[derive(Deserialize)]
    struct Made {
        id: Uuid,
    }
    let Some(response) = replay.and_then(|replay| replay.response.as_ref()) else { return Ok(id) };
    let made: Made = serde_json::from_str(response.get()).map_err(|error| ApiError::Internal(error.into()))?;
    Ok(made.id)
}

/// The status of the answer: `status`, or the first one's when it was a repeat.
pub fn answered(replay: Option<&Replay>, status: u16) -> ApiResult<u16> {
    #[derive(Deserialize)]
    struct Answered {
        status: u16,
    }
    let Some(response) = replay.and_then(|replay| replay.response.as_ref()) else { return Ok(status) };
    let first: Answered = serde_json::from_str(response.get()).map_err(|error| ApiError::Internal(error.into()))?;
    Ok(first.status)
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(key) = &self.key {
            lock(&self.in_flight).remove(key);
        }
    }
}

fn lock(in_flight: &Mutex<HashSet<[u8; 32]>>) -> std::sync::MutexGuard<'_, HashSet<[u8; 32]>> {
    in_flight.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const ROUTE: &str = "POST /v1/things";

    fn keys() -> IdempotencyKeys {
        IdempotencyKeys::new(&SecretKey::new([1; 32]))
    }

    fn key(text: &str) -> IdempotencyKey {
        IdempotencyKey(Some(text.to_owned()))
    }

    fn user(id: u128) -> Requester {
        Requester::User(UserId::from_uuid(Uuid::from_u128(id)))
    }

    fn begun(requester: Requester, route: &'static str, text: &str, body: &[u8]) -> Begun {
        keys().begin(requester, route, &key(text), body).unwrap()
    }

    #[test]
    fn keys_of_other_callers_and_routes_do_not_meet() {
        let mine = begun(user(1), ROUTE, "k", b"{}");
        assert_eq!(mine.idempotency, begun(user(1), ROUTE, "k", b"{}").idempotency);
        assert_ne!(mine.key, begun(user(2), ROUTE, "k", b"{}").key);
        assert_ne!(mine.key, begun(user(1), "PUT /v1/things", "k", b"{}").key);
        assert_ne!(mine.key, begun(user(1), ROUTE, "other", b"{}").key);
        let address = Requester::Address(ClientAddress::new(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        assert_ne!(mine.key, begun(address, ROUTE, "k", b"{}").key);
    }

    #[test]
    fn another_body_has_another_fingerprint_under_the_same_key() {
        let (one, other) = (begun(user(1), ROUTE, "k", b"{}"), begun(user(1), ROUTE, "k", b"{ }"));
        assert_eq!(one.key, other.key);
        assert_ne!(one.idempotency, other.idempotency);
    }

    #[test]
    fn a_key_is_worked_on_once_at_a_time() {
        let keys = keys();
        let first = keys.begin(user(1), ROUTE, &key("k"), b"").unwrap();
        assert!(matches!(keys.begin(user(1), ROUTE, &key("k"), b""), Err(ApiError::IdempotencyInFlight)));
        drop(first);
        assert!(keys.begin(user(1), ROUTE, &key("k"), b"").is_ok());
    }

    #[test]
    fn requests_without_a_key_do_not_meet() {
        let keys = keys();
        let first = keys.begin(user(1), ROUTE, &IdempotencyKey(None), b"").unwrap();
        assert!(first.idempotency.is_none() && keys.begin(user(1), ROUTE, &IdempotencyKey(None), b"").is_ok());
    }
}
