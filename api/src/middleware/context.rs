//! What is known about a request beside its content: ids that join it to events and log lines, and where it came from.

use std::rc::Rc;

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};
use anyhow::anyhow;
use bootstrap::{TraceContext, trace_context};
use domain::users::UserId;
use event_store::Metadata;
use uuid::Uuid;

use super::client_address::ClientAddress;
use crate::error::ApiError;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const MAX_ID_LENGTH: usize = 64;

tokio::task_local! {
    static CURRENT: RequestContext;
}

/// Clones share one allocation.
#[derive(Clone, Debug)]
pub struct RequestContext(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    id: String,
    correlation_id: Uuid,
    trace: TraceContext,
    client: ClientAddress,
}

impl RequestContext {
    /// Joins the trace and keeps the id that the client sent, where they are well-formed; else begins new ones.
    pub fn new(headers: &HeaderMap, client: ClientAddress) -> Self {
        let sent = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let sent_id = sent(REQUEST_ID).filter(|id| is_valid_id(id));
        let correlation_id = sent_id.and_then(|id| Uuid::parse_str(id).ok()).unwrap_or_else(Uuid::now_v7);
        let id = sent_id.map_or_else(|| correlation_id.to_string(), str::to_owned);
        let trace = sent(TRACEPARENT).and_then(TraceContext::parse).map(|parent| parent.child());
        Self(Rc::new(Inner { id, correlation_id, trace: trace.unwrap_or_else(TraceContext::new_root), client }))
    }

    /// As the answer's `X-Request-Id` says it.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    pub fn trace(&self) -> TraceContext {
        self.0.trace
    }

    pub fn client(&self) -> ClientAddress {
        self.0.client
    }

    /// What events remember of the request that caused them.
    pub fn metadata(&self, actor: Option<UserId>) -> Metadata {
        Metadata {
            correlation_id: Some(self.0.correlation_id),
            causation_id: None,
            actor: actor.map(|user| user.to_string()),
            traceparent: Some(self.0.trace.to_string()),
            client: Some("api".to_owned()),
        }
    }

    /// Runs the request's work; whatever it calls finds the request's id and trace.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        CURRENT.scope(self.clone(), trace_context::scope(self.trace(), work)).await
    }
}

/// Puts the request's id into the answer's headers.
pub(super) fn write_id(context: &RequestContext, headers: &mut HeaderMap) {
    // Holds only characters that a header may have.
    if let Ok(id) = HeaderValue::from_str(context.id()) {
        headers.insert(REQUEST_ID, id);
    }
}

/// The id of the request that is being worked on, or a new one outside of requests.
pub fn current_id() -> String {
    known_id().unwrap_or_else(|| Uuid::now_v7().to_string())
}

/// The id of the request that is being worked on; `None` outside of requests.
pub fn known_id() -> Option<String> {
    CURRENT.try_with(|context| context.id().to_owned()).ok()
}

impl FromRequest for RequestContext {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let context = request.extensions().get::<Self>().cloned();
        std::future::ready(context.ok_or_else(|| ApiError::Internal(anyhow!("a route without the middleware"))))
    }
}

fn is_valid_id(id: &str) -> bool {
    (1..=MAX_ID_LENGTH).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn context(headers: &[(HeaderName, &[u8])]) -> RequestContext {
        let pairs = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_bytes(value).unwrap()));
        RequestContext::new(&pairs.collect(), ClientAddress::new(IpAddr::V4(Ipv4Addr::LOCALHOST)))
    }

    #[test]
    fn a_well_formed_id_is_kept_and_any_other_replaced() {
        assert_eq!(context(&[(REQUEST_ID, b"a1-b2_c3.d4:e5")]).id(), "a1-b2_c3.d4:e5");
        let long = "x".repeat(65);
        for id in [&b""[..], b"a b", b"<script>", b"\xff\xfe", b"a;b", long.as_bytes()] {
            let context = context(&[(REQUEST_ID, id)]);
            assert!(Uuid::parse_str(context.id()).is_ok(), "{}", context.id());
        }
    }

    #[test]
    fn an_id_that_is_a_uuid_is_the_correlation_id_too() {
        let id = Uuid::now_v7();
        let context = context(&[(REQUEST_ID, id.to_string().as_bytes())]);
        assert_eq!(context.metadata(None).correlation_id, Some(id));
    }

    #[test]
    fn a_trace_is_joined_and_a_malformed_one_begun_anew() {
        let parent = TraceContext::new_root();
        let joined = context(&[(TRACEPARENT, parent.to_string().as_bytes())]);
        assert_eq!(joined.trace().trace_id(), parent.trace_id());
        assert_ne!(joined.trace(), parent);
        assert_ne!(context(&[(TRACEPARENT, b"nonsense")]).trace().trace_id(), parent.trace_id());
    }

    #[tokio::test]
    async fn work_within_the_scope_finds_id_and_trace() {
        let context = context(&[(REQUEST_ID, b"mine")]);
        let found = context.scope(async { (current_id(), trace_context::current()) }).await;
        assert_eq!(found, ("mine".to_owned(), Some(context.trace())));
        assert_ne!(current_id(), "mine");
    }
}
