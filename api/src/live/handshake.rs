//! `GET /v1/live`: the checks before a request becomes a WebSocket.

use std::sync::Arc;

use ::metrics::counter;
use actix_web::{
    FromRequest, HttpRequest, HttpResponse, dev,
    http::header::{self, HeaderMap},
    rt, web,
};
use bootstrap::config;

use super::{
    connection::Connection,
    inbound::Guarded,
    metrics,
    peer::Peer,
    protocol::{MAX_FRAME, SUBPROTOCOL},
    write,
};
use crate::{
    error::{ApiError, ApiResult, FieldError},
    state::State,
};

/// Upgrades to a WebSocket, if everything is as it should be.
pub async fn connect(state: State, request: HttpRequest, body: web::Payload) -> ApiResult<HttpResponse> {
    if state.shutdown.is_requested() {
        return refuse("draining", ApiError::Unavailable);
    }
    if !is_allowed_origin(&state.http, request.headers()) {
        return refuse("origin", ApiError::Forbidden);
    }
    if !offers_subprotocol(request.headers()) {
        return refuse("protocol", invalid(&header::SEC_WEBSOCKET_PROTOCOL, "must offer tidemark.v1"));
    }
    let Some(admission) = state.live.admit() else {
        let retry_after = super::RETRY_WHEN_FULL;
        return refuse("full", ApiError::Overloaded { retry_after });
    };
    let (guarded, verdict) = Guarded::new(body.into_inner());
    let mut guarded: dev::Payload = dev::Payload::Stream { payload: Box::pin(guarded) };
    let body = web::Payload::from_request(&request, &mut guarded).await.map_err(not_a_websocket)?;
    let (response, session, messages) =
        actix_ws::handle_with_protocols(&request, body, &[SUBPROTOCOL]).map_err(not_a_websocket)?;
    let messages = messages.max_frame_size(MAX_FRAME).aggregate_continuations().max_continuation_size(MAX_FRAME);
    let peer = Arc::new(Peer::new(state.roles.known().clone()));
    let in_flight = state.in_flight.token();
    let connection = Connection::new(state, Arc::clone(&peer), admission);
    rt::spawn(async move {
        // The server waits for it when it stops.
        let _in_flight = in_flight;
        tokio::select! {
            () = write::run(&peer, session) => {}
            () = connection.run(messages, verdict) => {}
        }
    });
    Ok(response)
}

fn refuse(reason: &'static str, error: ApiError) -> ApiResult<HttpResponse> {
    counter!(metrics::REFUSED, "reason" => reason).increment(1);
    Err(error)
}

fn invalid(name: &header::HeaderName, detail: &'static str) -> ApiError {
    ApiError::BadRequest(vec![FieldError::header(name, "invalid", detail)])
}

fn not_a_websocket(_: actix_web::Error) -> ApiError {
    counter!(metrics::REFUSED, "reason" => "protocol").increment(1);
    invalid(&header::UPGRADE, "must be a WebSocket handshake of version 13 (RFC 6455)")
}

/// Browsers always say where a page comes from, and any page may try to connect; programs don't.
fn is_allowed_origin(http: &config::Http, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN);
    let Some(origin) = origins.next() else { return true };
    let own = http.public_url.origin().ascii_serialization();
    let allowed =
        std::iter::once(&own).chain(&http.allowed_origins).any(|allowed| allowed.as_bytes() == origin.as_bytes());
    allowed && origins.next().is_none()
}

fn offers_subprotocol(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offered| offered.trim() == SUBPROTOCOL)
}
