//! What happens to every request before and after its handler.

mod admission;
mod body;
pub mod client_address;
pub mod context;
mod cors;
mod observation;
pub mod rate_limit;
mod security_headers;

use std::time::Instant;

use actix_web::{
    HttpMessage, HttpResponse, ResponseError,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, Method, Version, header},
    middleware::Next,
};

pub(crate) use admission::caller_again;

use self::{body::Body, client_address::ClientAddress, context::RequestContext};
use crate::{
    auth::security_log::{self, Kind},
    error::{ApiError, ApiResult},
    http2::OpenRequest,
    routes::{self, Endpoint},
    state::{AppState, State},
};

/// Wraps every resource: `path` is its template, `endpoints` are its methods.
pub(crate) async fn around(
    path: &'static str,
    endpoints: &'static [&'static Endpoint],
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let started = Instant::now();
    let Some(state) = request.app_data::<State>().cloned() else { return next.call(request).await };
    let _in_flight = state.in_flight.token();
    let open = OpenRequest::begin(&request);
    let context = begin(&state, &request);
    // A WebSocket goes on after its answer.
    let body = if path == routes::LIVE { None } else { Body::hold(&mut request) };
    let origin = cors::allowed_origin(&state.http, request.headers());
    let foreign = cors::is_foreign(&state.http, request.headers());
    let answering = async {
        if foreign {
            security_log::refused(Kind::Origin, None, &"origin_not_allowed");
        }
        answer(&state, endpoints, request, next).await
    };
    let mut response = context.scope(answering).await?;

    context::write_id(&context, response.headers_mut());
    cors::write(origin.as_ref(), &state.http, endpoints, response.headers_mut());
    security_headers::write(&state.http, response.headers_mut());
    if state.shutdown.is_requested() {
        // No further request may come on a connection that is about to end.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    if let Some(body) = body {
        response = body.release_with(response);
    }
    if let Some(open) = open {
        response = open.end_with(response);
    }
    observation::record(path, &context, &response, started.elapsed());
    Ok(response)
}

fn begin(state: &AppState, request: &ServiceRequest) -> RequestContext {
    let peer = request.peer_addr().map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
    let client = ClientAddress::of(peer, request.headers(), &state.http.trusted_proxies);
    let context = RequestContext::new(request.headers(), client);
    request.extensions_mut().insert(context.clone());
    context
}

async fn answer(
    state: &AppState,
    endpoints: &'static [&'static Endpoint],
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let own_options = endpoints.iter().any(|endpoint| endpoint.method == Method::OPTIONS);
    if *request.method() == Method::OPTIONS && !endpoints.is_empty() && !own_options {
        let allow = (header::ALLOW, allowed_methods(endpoints));
        return Ok(request.into_response(HttpResponse::NoContent().insert_header(allow).finish()));
    }
    let method = if *request.method() == Method::HEAD { &Method::GET } else { request.method() };
    // Without an endpoint the resource's own default refuses the method.
    let Some(endpoint) = endpoints.iter().find(|endpoint| endpoint.method == method) else {
        return next.call(request).await;
    };
    // An HTTP/2 connection cannot be told that it ends with its last answer. What still comes on it must not keep the
    // process from stopping, nor be cut off half done.
    if state.shutdown.is_requested() && request.version() == Version::HTTP_2 && endpoint.class.is_some() {
        return Ok(request.into_response(ApiError::Unavailable.error_response()));
    }
    let (admitted, limits) = admission::admit(state, endpoint, &request).await;
    let mut response = match admitted {
        Ok(()) => {
            let response = next.call(request).await?;
            security_log::answered(&response);
            response
        }
        Err(error) => request.into_response(error.error_response()),
    };
    if let Some(limits) = limits {
        limits.write(response.headers_mut());
    }
    Ok(response)
}

/// The methods of a resource, as `Allow` lists them.
pub(crate) fn allowed_methods(endpoints: &[&Endpoint]) -> String {
    let mut methods: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    if !methods.contains(&"OPTIONS") {
        methods.push("OPTIONS");
    }
    methods.join(", ")
}

/// What a resource answers to methods that it does not have.
pub(crate) async fn method_not_allowed(endpoints: &'static [&'static Endpoint]) -> ApiResult<HttpResponse> {
    Err(ApiError::MethodNotAllowed { allow: allowed_methods(endpoints) })
}

/// What is answered where nothing is.
pub(crate) async fn not_found() -> ApiResult<HttpResponse> {
    Err(ApiError::NotFound)
}
