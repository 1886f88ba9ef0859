//! Placing an order.

use chrono::{DateTime, Utc};
use domain::{Command, users::UserId};

use super::{Basket, Method, Order, OrderEvent, events::Placed};

#[derive(Clone, Debug)]
pub struct PlaceOrder {
    pub customer: UserId,
    pub basket: Basket,
    pub method: Method,
    pub pay_by: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceOrderRefused {
    #[error("there is this order already")]
    AlreadyPlaced,
}

impl Command for PlaceOrder {
    type Aggregate = Order;
    type Refusal = PlaceOrderRefused;

    fn decide(self, order: &Order) -> Result<Vec<OrderEvent>, PlaceOrderRefused> {
        match order {
            Order::Unknown => Ok(vec![OrderEvent::Placed(Placed {
                customer: self.customer,
                items: self.basket.items().to_vec(),
                total: self.basket.total().clone(),
                method: self.method,
                pay_by: self.pay_by,
                at: self.at,
            })]),
            Order::Known(_) => Err(PlaceOrderRefused::AlreadyPlaced),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::given;

    use super::{
        super::fixtures::{AT, ada, basket, pay_by, placed},
        *,
    };

    #[test]
    fn an_order_is_placed_once() {
        let place = || PlaceOrder { customer: ada(), basket: basket(), method: Method::Card, pay_by: pay_by(), at: AT };
        given([]).when(place()).then([placed()]);
        given([placed()]).when(place()).then_refused(PlaceOrderRefused::AlreadyPlaced);
    }
}
