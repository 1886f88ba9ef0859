//! One metric and one log line for each answer, without anything personal: no addresses, no queries, no ids of users.

use std::time::Duration;

use ::metrics::{counter, histogram};
use actix_web::{
    dev::ServiceResponse,
    http::{Method, StatusCode},
};
use tracing::{debug, info, warn};

use super::context::RequestContext;
use crate::metrics::{REQUEST_DURATION, REQUESTS};

/// `route` is the template, so that labels are as few as routes.
pub(super) fn record(route: &'static str, context: &RequestContext, response: &ServiceResponse, elapsed: Duration) {
    let (method, status) = (method(response.request().method()), response.status());
    counter!(REQUESTS, "method" => method, "route" => route, "status" => status.as_str().to_owned()).increment(1);
    histogram!(REQUEST_DURATION, "method" => method, "route" => route).record(elapsed);

    let (id, trace_id, millis) =
        (context.id(), context.trace().trace_id(), (elapsed.as_secs_f64() * 1e5).round() / 1e2);
    let (status, is_probe) = (status.as_u16(), route.starts_with("/health"));
    if status >= StatusCode::INTERNAL_SERVER_ERROR.as_u16() && !is_probe {
        warn!(target: "api::access", method, route, status, millis, request_id = id, trace_id, "answered");
    } else if is_probe {
        debug!(target: "api::access", method, route, status, millis, request_id = id, trace_id, "answered");
    } else {
        info!(target: "api::access", method, route, status, millis, request_id = id, trace_id, "answered");
    }
}

/// Methods that nobody knows share a label: a client can make up as many as it likes.
fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}
