//! Orders over HTTP: routes beside the product's own, with the same limits, access checks, headers and document.

pub mod cancel;
pub mod list;
pub mod place;
pub mod show;
mod view;

use actix_web::{http::Method, web};
use api::{
    error::{ApiError, ApiResult, ProblemKind},
    routes::{self, Endpoint},
};
use domain::{Aggregate, roles::Offer};
use event_store::StreamId;
use utoipa::OpenApi;
use uuid::Uuid;

pub use view::{ItemView, OrderView};

use crate::domain::{Order, OrderId};

/// Everybody's own; administrators see and cancel those of all.
pub const PERMISSIONS: [Offer; 3] = [
    Offer { resource: "orders", action: "create", to_members: true },
    Offer { resource: "orders", action: "read", to_members: true },
    Offer { resource: "orders", action: "cancel", to_members: true },
];

pub static ENDPOINTS: [Endpoint; 4] = [
    routes::own(Method::GET, "/v1/orders", ("orders", "read"), || routes::get(list::list_orders)),
    routes::own(Method::POST, "/v1/orders", ("orders", "create"), || web::post().to(place::place_order)),
    routes::own(Method::GET, "/v1/orders/{id}", ("orders", "read"), || routes::get(show::show_order)),
    routes::own(Method::POST, "/v1/orders/{id}/cancel", ("orders", "cancel"), || web::post().to(cancel::cancel_order)),
];

/// What the document lists beside the problems of every route.
pub static PROBLEMS: [ProblemKind; 1] = [ProblemKind {
    status: 409,
    code: "payment_method_not_offered",
    title: "This installation does not offer this way to pay",
}];
static METHOD_NOT_OFFERED: &ProblemKind = &PROBLEMS[0];

#[derive(OpenApi)]
#[openapi(paths(list::list_orders, place::place_order, show::show_order, cancel::cancel_order))]
struct Document;

pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The order that a URL names; nothing but a UUID names one.
fn named(text: &str) -> ApiResult<OrderId> {
    Uuid::try_parse(text).map(OrderId::from_uuid).map_err(|_| ApiError::NotFound)
}

fn stream(id: OrderId) -> StreamId {
    StreamId::new(Order::CATEGORY, id.as_uuid())
}
