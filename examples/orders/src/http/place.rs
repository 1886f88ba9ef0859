//! `POST /v1/orders`.

use actix_web::{HttpResponse, http::header, web};
use api::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult, FieldError, Problem},
    extract::{IdempotencyKey, Json, RequestBody},
    idempotency::{Requester, made},
    middleware::context::RequestContext,
    state::State,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::users::UserId;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{METHOD_NOT_OFFERED, stream, view::OrderView};
use crate::{
    domain::{
        Basket, Item, Method, Order, OrderId, PlaceOrder, Sku,
        basket::{InvalidBasket, MAX_LINES},
        place::PlaceOrderRefused,
    },
    settings::Settings,
};

const ROUTE: &str = "POST /v1/orders";

/// The order to place. What it costs, the price list says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrderRequest {
    #[schema(min_items = 1, max_items = 50)]
    items: Vec<OrderLine>,
    #[schema(inline)]
    payment: PaymentMethod,
}

/// A line of the order to place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderLine {
    #[schema(example = "tea", pattern = "^[a-z0-9_-]{1,64}$")]
    sku: String,
    #[schema(minimum = 1, maximum = 1000)]
    quantity: u32,
}

/// How to pay.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PaymentMethod {
    Card,
    Invoice,
}

impl RequestBody for PlaceOrderRequest {}

/// Place an order
///
/// The payment is asked for afterwards; the order's `status` tells what came of it.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", request_body = PlaceOrderRequest,
    params(("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not")),
    responses(
        (status = 201, description = "The order", body = OrderView),
        (status = 409, description = "Nobody can pay like that here, or the first request with this idempotency key is not finished", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn place_order(
    state: State,
    settings: web::Data<Settings>,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    body: Json<PlaceOrderRequest>,
) -> ApiResult<HttpResponse> {
    let user = caller.user_id;
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &body.bytes)?;
    let command = body.value.parse(user, &settings, state.clock.now())?;
    let id = OrderId::from_uuid(Uuid::now_v7());
    let execution = begun.execution_making(context.metadata(Some(user)), id.as_uuid())?;
    let done = state.events.execute(&stream(id), command, execution).await?;
    let id = OrderId::from_uuid(made(done.replay.as_ref(), id.as_uuid())?);
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
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/orders/{id}")));
    Ok(answer::changed(response, &view, version, done.position))
}

impl PlaceOrderRequest {
    fn parse(self, customer: UserId, settings: &Settings, at: DateTime<Utc>) -> ApiResult<PlaceOrder> {
        let method = match self.payment {
            PaymentMethod::Card => Method::Card,
            PaymentMethod::Invoice => Method::Invoice,
        };
        let (mut items, mut errors) = (vec![], vec![]);
        // What stands on too long a list is not looked up.
        for (place, OrderLine { sku, quantity }) in self.items.into_iter().enumerate().take(MAX_LINES + 1) {
            let sku = Sku::parse(&sku).ok();
            let priced = sku.and_then(|sku| settings.prices.get(&sku).map(|price| (sku, *price)));
            match priced {
                Some((sku, unit_price)) => items.push(Item { sku, quantity, unit_price }),
                None => {
                    let pointer = format!("/items/{place}/sku");
                    errors.push(FieldError::at(pointer, "unknown_product", "is nothing that can be ordered"));
                }
            }
        }
        if !errors.is_empty() {
            return Err(ApiError::Invalid(errors));
        }
        let basket = Basket::of(items, settings.currency.clone())
            .map_err(|refused| ApiError::Invalid(vec![field_error(refused)]))?;
        if !settings.offers(method) {
            return Err(ApiError::Further(METHOD_NOT_OFFERED));
        }
        let timeout = TimeDelta::from_std(settings.payment_timeout).unwrap_or(TimeDelta::days(1));
        Ok(PlaceOrder { customer, basket, method, pay_by: at + timeout, at })
    }
}

fn field_error(refused: InvalidBasket) -> FieldError {
    let (pointer, code) = match refused {
        InvalidBasket::Empty => ("/items".to_owned(), "empty"),
        InvalidBasket::TooManyLines => ("/items".to_owned(), "too_many"),
        InvalidBasket::Quantity(place) => (format!("/items/{place}/quantity"), "out_of_range"),
        InvalidBasket::Repeated(place) => (format!("/items/{place}/sku"), "repeated"),
        InvalidBasket::TooExpensive => ("/items".to_owned(), "too_expensive"),
    };
    FieldError::at(pointer, code, refused.to_string())
}

impl From<PlaceOrderRefused> for ApiError {
    fn from(refused: PlaceOrderRefused) -> Self {
        match refused {
            PlaceOrderRefused::AlreadyPlaced => Self::Conflict,
        }
    }
}
