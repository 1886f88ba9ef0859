//! The read model of orders.

mod fold;
pub mod project;
pub mod queries;
mod schema;

use chrono::{DateTime, Utc};
use diesel::{Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use project::Orders;

use self::schema::orders;

/// Name of the projection, and topic of its changes.
pub const NAME: &str = "orders";

/// An order as the read model has it. Serialised, it is the `row` of a change.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg))]
pub struct OrderRow {
    pub id: Uuid,
    /// Of the order's stream: what the next command may expect.
    pub version: i64,
    pub customer: Uuid,
    pub status: String,
    pub method: String,
    pub items: Value,
    /// In minor units.
    pub total: i64,
    pub currency: String,
    pub cancel_reason: Option<String>,
    pub refund_due: bool,
    pub placed_at: DateTime<Utc>,
    pub pay_by: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Of the last event applied.
    pub position: i64,
}
