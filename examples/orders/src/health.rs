//! What the health of a worker says about orders.

use bootstrap::{
    BreakerState,
    db::Pool,
    health::{Impact, Outcome},
};
use workers::Services;

use crate::{payments::CardProvider, read_model::queries};

/// `order_payments`: the card provider is in use. `order_refunds`: nobody waits for their money for longer than an hour.
pub(crate) fn register(services: &Services, card: Option<&CardProvider>) {
    let (registry, pool) = (&services.context.health, services.pool.clone());
    if let Some(breaker) = card.map(|card| card.breaker().clone()) {
        registry.register("order_payments", Impact::Partial, move || {
            let state = breaker.state();
            async move {
                match state {
                    BreakerState::Closed(0) => Outcome::up(),
                    BreakerState::Closed(_) => Outcome::degraded("the last request to the card provider failed"),
                    BreakerState::HalfOpen => Outcome::degraded("the card provider is being tried again"),
                    BreakerState::Open(_) => Outcome::down("the card provider does not answer; orders wait"),
                }
            }
        });
    }
    registry.register("order_refunds", Impact::Partial, move || {
        let pool: Pool = pool.clone();
        async move {
            let Ok(mut conn) = pool.get().await else { return Outcome::degraded("refunds cannot be looked at") };
            match queries::refunds_overdue(&mut conn).await {
                Ok(0) => Outcome::up(),
                Ok(orders) => Outcome::degraded(format!("{orders} refund(s) are due for more than an hour")),
                Err(_) => Outcome::degraded("refunds cannot be looked at"),
            }
        }
    });
}
