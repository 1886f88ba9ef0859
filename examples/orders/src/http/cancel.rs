//! `POST /v1/orders/{id}/cancel`.

use actix_web::{HttpResponse, web};
use api::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, IfMatch},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};
use domain::roles::Scope;

use super::{named, stream, view::OrderView};
use crate::domain::{CancelOrder, CancelReason, Order, cancel::CancelOrderRefused};

const ROUTE: &str = "POST /v1/orders/{id}/cancel";

/// Cancel an order
///
/// Also one that is paid, whose money is given back. A repeat is answered alike.
#[utoipa::path(
    post, path = "/v1/orders/{id}/cancel", tag = "orders",
    params(
        ("id" = Uuid, Path, description = "The order's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The order as it is now", body = OrderView))
)]
pub async fn cancel_order(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    id: web::Path<String>,
    seen: IfMatch,
) -> ApiResult<HttpResponse> {
    let (user, id) = (caller.user_id, named(&id)?);
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, id.as_uuid().as_bytes())?;
    // Whose an order is does not change, so it need not be part of the decision.
    let loaded = state.events.load::<Order>(&stream(id)).await?;
    let customer = loaded.state.details().map(|details| details.customer);
    if customer != Some(user) && !(customer.is_some() && caller.may("orders", "cancel", Scope::All)) {
        return Err(ApiError::NotFound);
    }
    let mut execution = begun.execution(context.metadata(Some(user)), 200)?;
    execution.expected = seen.0;
    let command = CancelOrder { reason: CancelReason::ByCustomer, at: state.clock.now() };
    let done = state.events.execute(&stream(id), command, execution).await?;
    let (order, version) = match done.state {
        Some(order) => (order, done.version),
        // A repeat: the order as it is by now.
        None => {
            let loaded = state.events.load::<Order>(&stream(id)).await?;
            (loaded.state, loaded.version)
        }
    };
    let view = OrderView::of(id, version, order.details().ok_or(ApiError::NotFound)?);
    let view = view.map_err(|error| ApiError::Internal(error.into()))?;
    let position = done.position.unwrap_or_else(|| state.events.head().position());
    Ok(answer::changed(HttpResponse::Ok(), &view, version, Some(position)))
}

impl From<CancelOrderRefused> for ApiError {
    fn from(refused: CancelOrderRefused) -> Self {
        match refused {
            CancelOrderRefused::UnknownOrder => Self::NotFound,
            CancelOrderRefused::Paid => Self::Conflict,
        }
    }
}
