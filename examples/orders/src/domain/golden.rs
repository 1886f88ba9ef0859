//! Every event as it is shipped today, held to its golden file.

use std::{collections::BTreeSet, fs, path::PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{DecodeError, DomainEvent, users::UserId};
use serde_json::{Value, value::to_raw_value};
use uuid::Uuid;

use super::{
    CancelReason, Method, OrderEvent, RefusalReason,
    events::{Cancelled, Confirmed, Paid, PaidLate, PaymentRefused, PaymentRequested, PaymentVoided, Placed, Refunded},
    fixtures::{basket, reference},
};

fn shipped() -> Vec<OrderEvent> {
    let at: DateTime<Utc> = DateTime::from_timestamp(1_760_000_000, 0).unwrap();
    let (basket, reference) = (basket(), || reference("ch_1"));
    vec![
        OrderEvent::Placed(Placed {
            customer: UserId::from_uuid(Uuid::from_u128(1)),
            items: basket.items().to_vec(),
            total: basket.total().clone(),
            method: Method::Card,
            pay_by: at + TimeDelta::minutes(15),
            at,
        }),
        OrderEvent::PaymentRequested(PaymentRequested { at }),
        OrderEvent::Paid(Paid { reference: reference(), at }),
        OrderEvent::PaymentRefused(PaymentRefused { reason: RefusalReason::Declined, at }),
        OrderEvent::Confirmed(Confirmed { at }),
        OrderEvent::Cancelled(Cancelled { reason: CancelReason::PaymentTimedOut, refund_due: true, at }),
        OrderEvent::PaidLate(PaidLate { reference: reference(), at }),
        OrderEvent::Refunded(Refunded { reference: reference(), at }),
        OrderEvent::PaymentVoided(PaymentVoided { at }),
    ]
}

#[test]
fn every_shipped_event_has_the_shape_of_its_golden_file() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut names = BTreeSet::new();
    for event in shipped() {
        let name = event.name();
        let file = format!("{}.v{}.json", name.name, name.version);
        let golden: Value = serde_json::from_str(&fs::read_to_string(folder.join(&file)).expect(&file)).unwrap();
        let written: Value = serde_json::from_str(event.encode().unwrap().get()).unwrap();
        assert_eq!(written, golden, "{file}");
        let payload = to_raw_value(&golden).unwrap();
        assert_eq!(OrderEvent::decode(name.name, name.version, &payload).unwrap(), event, "{file}");
        let newer = OrderEvent::decode(name.name, 99, &payload);
        assert!(matches!(newer, Err(DecodeError::Unknown { .. })), "an unknown event is an error, and not skipped");
        names.insert(file);
    }
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(files.collect::<BTreeSet<_>>(), names, "every golden file is of a shipped event");
}
