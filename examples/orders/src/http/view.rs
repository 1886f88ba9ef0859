//! An order as those see it who may.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    domain::{Details, OrderId},
    read_model::OrderRow,
};

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    pub id: Uuid,
    /// As in the ETag.
    pub version: i64,
    pub customer: Uuid,
    /// `placed`, `awaiting_payment`, `paid`, `confirmed`, `payment_refused`, `cancelled` or `refunded`.
    #[schema(example = "confirmed")]
    pub status: String,
    /// `card` or `invoice`.
    #[schema(example = "card")]
    pub payment: String,
    /// What was ordered, with the prices of that moment.
    #[schema(value_type = Vec<ItemView>)]
    pub items: Value,
    /// In minor units of the currency, such as cents.
    #[schema(example = 900)]
    pub total: i64,
    #[schema(example = "EUR")]
    pub currency: String,
    /// `by_customer`, `payment_refused` or `payment_timed_out`, once it is cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<String>,
    /// Whether money is, or may be, on its way back.
    pub refund_due: bool,
    pub placed_at: DateTime<Utc>,
    /// An order that is not paid by then is cancelled.
    pub pay_by: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A line of an order.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the domain serialises")]
pub struct ItemView {
    #[schema(example = "tea")]
    sku: String,
    quantity: u32,
    /// In minor units.
    unit_price: i64,
}

impl OrderView {
    pub fn of(id: OrderId, version: i64, order: &Details) -> Result<Self, serde_json::Error> {
        Ok(Self {
            id: id.as_uuid(),
            version,
            customer: order.customer.as_uuid(),
            status: order.status().to_owned(),
            payment: order.method.as_str().to_owned(),
            items: serde_json::to_value(&order.items)?,
            total: order.total.minor,
            currency: order.total.currency.as_str().to_owned(),
            cancel_reason: order.cancel_reason().map(|reason| reason.as_str().to_owned()),
            refund_due: order.is_refund_due(),
            placed_at: order.placed_at,
            pay_by: order.pay_by,
            updated_at: order.updated_at,
        })
    }

    pub fn of_row(row: OrderRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            customer: row.customer,
            status: row.status,
            payment: row.method,
            items: row.items,
            total: row.total,
            currency: row.currency,
            cancel_reason: row.cancel_reason,
            refund_due: row.refund_due,
            placed_at: row.placed_at,
            pay_by: row.pay_by,
            updated_at: row.updated_at,
        }
    }
}
