//! Names of the metrics of orders.

/// Attempts to take or to return the money of an order, by `method`, `request` (charge, refund) and `outcome`: done,
/// refused, nothing, later, unknown, paused.
pub const PAYMENTS: &str = "orders_payment_attempts_total";
/// How long the card provider took to answer, by `request`.
pub const PROVIDER_SECONDS: &str = "orders_card_provider_seconds";
/// The way to the card provider: 0 in use, 1 being tried, 2 left alone for a while.
pub const CARD_BREAKER_STATE: &str = "orders_card_breaker_state";
