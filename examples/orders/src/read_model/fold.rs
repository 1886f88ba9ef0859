//! What each event makes of an order's row.

use event_store::{RecordedEvent, consumer::HandlerError};
use serde_json::to_value;
use uuid::Uuid;

use super::OrderRow;
use crate::domain::{OrderEvent, events::Placed};

/// The row after one event; `None` when there is none.
pub(super) fn fold(row: Option<OrderRow>, id: Uuid, event: &RecordedEvent) -> Result<Option<OrderRow>, HandlerError> {
    let decoded: OrderEvent = event.decode()?;
    let at = decoded.at();
    let row = match (decoded, row) {
        (OrderEvent::Placed(order), _) => Some(placed(id, order)?),
        (_, None) => None,
        (OrderEvent::PaymentRequested(_), Some(row)) => Some(with_status(row, "awaiting_payment")),
        (OrderEvent::Paid(_), Some(row)) => Some(with_status(row, "paid")),
        (OrderEvent::PaymentRefused(_), Some(row)) => Some(with_status(row, "payment_refused")),
        (OrderEvent::Confirmed(_), Some(row)) => Some(with_status(row, "confirmed")),
        (OrderEvent::Cancelled(cancelled), Some(row)) => Some(OrderRow {
            cancel_reason: Some(cancelled.reason.as_str().to_owned()),
            refund_due: cancelled.refund_due,
            ..with_status(row, "cancelled")
        }),
        (OrderEvent::PaidLate(_), Some(row)) => Some(OrderRow { refund_due: true, ..with_status(row, "cancelled") }),
        (OrderEvent::Refunded(_), Some(row)) => Some(OrderRow { refund_due: false, ..with_status(row, "refunded") }),
        (OrderEvent::PaymentVoided(_), Some(row)) => Some(OrderRow { refund_due: false, ..row }),
    };
    let at_event = |row| OrderRow { version: event.stream_version, position: event.position, updated_at: at, ..row };
    Ok(row.map(at_event))
}

fn placed(id: Uuid, order: Placed) -> Result<OrderRow, HandlerError> {
    let items = to_value(&order.items).map_err(|error| HandlerError::Other(error.to_string()))?;
    Ok(OrderRow {
        id,
        // The event's, like the position.
        version: 0,
        customer: order.customer.as_uuid(),
        status: "placed".to_owned(),
        method: order.method.as_str().to_owned(),
        items,
        total: order.total.minor,
        currency: order.total.currency.as_str().to_owned(),
        cancel_reason: None,
        refund_due: false,
        placed_at: order.at,
        pay_by: order.pay_by,
        updated_at: order.at,
        position: 0,
    })
}

fn with_status(row: OrderRow, status: &str) -> OrderRow {
    OrderRow { status: status.to_owned(), ..row }
}
