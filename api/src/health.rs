//! Health for load balancers and people, as on the admin port.

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::State;

/// The process answers.
#[derive(Serialize, ToSchema)]
pub struct Liveness {
    #[schema(value_type = String, example = "up")]
    status: &'static str,
}

/// Whether the process answers
///
/// It does so whatever its servers do: starting it again would not bring a database back.
#[utoipa::path(get, path = "/health/live", tag = "health",
    responses((status = 200, description = "It does", body = Liveness)))]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Liveness { status: "up" })
}

/// Whether the process can do its work
#[utoipa::path(get, path = "/health/ready", tag = "health", responses(
    (status = 200, description = "It can, perhaps with less comfort", body = HealthReport),
    (status = 503, description = "It cannot, or it is stopping", body = HealthReport),
))]
pub async fn ready(state: State) -> HttpResponse {
    report(state).await
}

/// How the process and its servers are
#[utoipa::path(get, path = "/health", tag = "health", responses(
    (status = 200, description = "Up or degraded", body = HealthReport),
    (status = 503, description = "Down", body = HealthReport),
))]
pub async fn report(state: State) -> HttpResponse {
    let report = state.health.report().await;
    let status = StatusCode::from_u16(report.http_status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    HttpResponse::build(status).json(report)
}

/// The document's picture of [`bootstrap::health::Report`].
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what another crate serialises")]
pub struct HealthReport {
    status: HealthState,
    version: String,
    checks: std::collections::BTreeMap<String, HealthCheck>,
}

/// From best to worst.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum HealthState {
    Up,
    Degraded,
    Down,
}

/// One thing that was looked at.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what another crate serialises")]
pub struct HealthCheck {
    state: HealthState,
    latency_ms: f64,
    /// One sentence for an operator.
    detail: Option<String>,
}
