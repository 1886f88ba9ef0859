//! Live updates: `GET /v1/live`.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::{
    error::{ApiError, ApiResult},
    state::State,
};

/// Upgrades to a WebSocket.
pub(crate) async fn connect(_state: State, _request: HttpRequest, _body: web::Payload) -> ApiResult<HttpResponse> {
    Err(ApiError::Unavailable)
}
