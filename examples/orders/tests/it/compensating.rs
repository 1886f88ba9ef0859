//! Money that was taken for what nobody gets is given back, however late it came.

use std::sync::Arc;

use jobs::admin::{self, JobFilter};
use serde_json::json;
use tests::{http::Call, wait};
use tokio::sync::Semaphore;

use crate::{
    provider::Fault,
    shop::{Customer, PATIENCE, Shop},
};

async fn cancel(shop: &Shop, who: &Customer, order: &str) -> tests::http::Reply {
    shop.send(Call::post(format!("/v1/orders/{order}/cancel"), json!({})).token(&who.token)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_order_that_its_customer_cancels_is_refunded_once() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    let order = shop.order(&ada, "card").await;
    shop.becomes(&ada, &order, "confirmed").await;
    let reply = cancel(&shop, &ada, &order).await;
    assert_eq!((reply.status, &reply.json()["status"]), (200, &json!("cancelled")), "{}", reply.json());
    assert_eq!((&reply.json()["refund_due"], reply.version()), (&json!(true), Some(5)));
    let shown = shop.becomes(&ada, &order, "refunded").await;
    assert_eq!((&shown["refund_due"], &shown["cancel_reason"]), (&json!(false), &json!("by_customer")));
    assert_eq!(shop.provider.refunded(&order), 1);
    let again = cancel(&shop, &ada, &order).await;
    assert_eq!((again.status, &again.json()["status"]), (200, &json!("refunded")));
    let subjects: Vec<_> = shop.mails(&ada, 3).await.iter().map(|mail| mail.subject()).collect();
    for subject in ["Your order is confirmed", "Your order is cancelled", "Your money is on its way back"] {
        assert!(subjects.iter().any(|known| known == subject), "{subjects:?}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_credited_once() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    let order = shop.order(&ada, "invoice").await;
    shop.becomes(&ada, &order, "confirmed").await;
    cancel(&shop, &ada, &order).await;
    shop.becomes(&ada, &order, "refunded").await;
    let mails = shop.mails(&ada, 4).await;
    let refund = mails.iter().find(|mail| mail.subject() == "Your money is on its way back").unwrap();
    assert!(refund.text().contains("INV-000001"), "{}", refund.text());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_the_customer_has_not_seen_is_not_cancelled() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    let order = shop.order(&ada, "card").await;
    shop.becomes(&ada, &order, "confirmed").await;
    let stale = Call::post(format!("/v1/orders/{order}/cancel"), json!({})).token(&ada.token);
    let reply = shop.send(stale.header("if-match", "\"v1\"")).await;
    assert_eq!((reply.status, reply.problem().as_deref()), (412, Some("version_mismatch")));
    shop.close().await;
}

/// Booked at the provider, answered when the order was given up.
#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_when_the_order_was_given_up_goes_back() {
    let settings = [("TIDEMARK_ORDERS__PAYMENT_TIMEOUT_SECONDS", "6"), ("TIDEMARK_ORDERS__CARD_TIMEOUT_SECONDS", "30")];
    let shop = Shop::open_with(&settings).await;
    let ada = shop.customer("ada", "en").await;
    let permit = Arc::new(Semaphore::new(0));
    shop.provider.will([Fault::AnswerLate(Arc::clone(&permit))]);
    let order = shop.order(&ada, "card").await;
    let given_up = shop.ends(&order, "order.refunded").await;
    assert_eq!(given_up, ["order.placed", "order.payment_requested", "order.cancelled", "order.refunded"]);
    assert_eq!((shop.provider.charged(&order).len(), shop.provider.refunded(&order)), (1, 1));
    // The answer to the charge is of no consequence any more.
    permit.add_permits(1);
    let shown = shop.becomes(&ada, &order, "refunded").await;
    assert_eq!(shown["cancel_reason"], "payment_timed_out");
    wait::until("rest", PATIENCE, async || (unfinished(&shop).await == 0).then_some(())).await;
    assert_eq!(shop.ends(&order, "order.refunded").await, given_up);
    assert_eq!(shop.provider.refunded(&order), 1);
    shop.close().await;
}

/// The answer to the charge comes between the cancellation and the refund.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_heard_of_after_the_cancellation_is_noted_and_goes_back_once() {
    let shop = Shop::open_with(&[("TIDEMARK_ORDERS__CARD_TIMEOUT_SECONDS", "30")]).await;
    let ada = shop.customer("ada", "en").await;
    let permit = Arc::new(Semaphore::new(0));
    shop.provider.will([Fault::AnswerLate(Arc::clone(&permit))]);
    shop.provider.will_fail_to_refund(1);
    let order = shop.order(&ada, "card").await;
    wait::until("the charge", PATIENCE, async || (!shop.provider.charged(&order).is_empty()).then_some(())).await;
    assert_eq!(cancel(&shop, &ada, &order).await.json()["refund_due"], true);
    wait::until("the failure", PATIENCE, async || (shop.provider.requests() == 2).then_some(())).await;
    permit.add_permits(1);
    let expected = ["order.placed", "order.payment_requested", "order.cancelled", "order.paid_late", "order.refunded"];
    assert_eq!(shop.ends(&order, "order.refunded").await, expected);
    // Both the cancellation and the late payment ask for a refund, and one of them finds nothing to do.
    wait::until("rest", PATIENCE, async || (unfinished(&shop).await == 1).then_some(())).await;
    assert_eq!(shop.ends(&order, "order.refunded").await, expected);
    assert_eq!(shop.provider.refunded(&order), 1);
    shop.close().await;
}

/// Nothing came of it in time, and nothing will: the provider takes nothing for an order that was given up.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_provider_never_answers_is_given_up_and_void() {
    let settings = [("TIDEMARK_ORDERS__PAYMENT_TIMEOUT_SECONDS", "6")];
    let shop = Shop::open_with(&settings).await;
    let ada = shop.customer("ada", "en").await;
    shop.provider.will(vec![Fault::HangUnbooked; 5]);
    let order = shop.order(&ada, "card").await;
    let given_up = shop.ends(&order, "order.payment_voided").await;
    assert_eq!(given_up, ["order.placed", "order.payment_requested", "order.cancelled", "order.payment_voided"]);
    let shown = shop.becomes(&ada, &order, "cancelled").await;
    assert_eq!((&shown["cancel_reason"], &shown["refund_due"]), (&json!("payment_timed_out"), &json!(false)));
    assert_eq!((shop.provider.charged(&order).len(), shop.provider.refunded(&order)), (0, 0));
    let mail = &shop.mails(&ada, 1).await[0];
    assert!(mail.text().contains("not paid in time"), "{}", mail.text());
    shop.close().await;
}

/// Jobs of orders that run or will; the one that gives an order up at its time is one.
async fn unfinished(shop: &Shop) -> usize {
    let jobs = admin::list(&mut shop.database.connect().await, &JobFilter::default(), None, 200).await.unwrap();
    jobs.iter().filter(|job| job.kind.starts_with("orders.") && job.finished_at.is_none()).count()
}
