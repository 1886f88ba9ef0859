//! What becomes of an order, by what becomes of its payment.

use bootstrap::health::State;
use serde_json::json;

use crate::{provider::Fault, shop::Shop};

const CONFIRMED: [&str; 4] = ["order.placed", "order.payment_requested", "order.paid", "order.confirmed"];

#[tokio::test(flavor = "multi_thread")]
async fn an_order_by_card_is_charged_once_confirmed_and_the_customer_told() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "de").await;
    let order = shop.order(&ada, "card").await;
    assert_eq!(shop.ends(&order, "order.confirmed").await, CONFIRMED);
    assert_eq!(shop.provider.charged(&order), [900]);
    let mails = shop.mails(&ada, 1).await;
    assert_eq!(mails[0].subject(), "Ihre Bestellung ist bestätigt");
    assert!(mails[0].text().contains("Guten Tag ada") && mails[0].text().contains("9.00 EUR"), "{}", mails[0].text());
    assert!(mails[0].html().contains(&format!("Ihre Bestellung {order}")), "{}", mails[0].html());
    assert_eq!(shop.health_of("order_payments").await, Some(State::Up));
    assert_eq!(shop.health_of("order_refunds").await, Some(State::Up));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_on_account_is_confirmed_with_an_invoice() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    let order = shop.order(&ada, "invoice").await;
    assert_eq!(shop.ends(&order, "order.confirmed").await, CONFIRMED);
    let mails = shop.mails(&ada, 2).await;
    let invoice = mails.iter().find(|mail| mail.subject() == "Invoice INV-000001").unwrap();
    assert!(invoice.text().contains("over 9.00 EUR"), "{}", invoice.text());
    assert!(mails.iter().any(|mail| mail.subject() == "Your order is confirmed"));
    assert_eq!((mails.len(), shop.provider.requests()), (2, 0));
    let second = shop.order(&ada, "invoice").await;
    shop.ends(&second, "order.confirmed").await;
    assert!(shop.mails(&ada, 4).await.iter().any(|mail| mail.subject() == "Invoice INV-000002"));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_cancels_the_order_and_nothing_is_given_back() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    shop.provider.will([Fault::Decline]);
    let order = shop.order(&ada, "card").await;
    let expected = ["order.placed", "order.payment_requested", "order.payment_refused", "order.cancelled"];
    assert_eq!(shop.ends(&order, "order.cancelled").await, expected);
    let shown = shop.becomes(&ada, &order, "cancelled").await;
    assert_eq!((&shown["cancel_reason"], &shown["refund_due"]), (&json!("payment_refused"), &json!(false)));
    let mail = &shop.mails(&ada, 1).await[0];
    assert!(mail.text().contains("since the payment was refused") && mail.text().contains("Nothing was taken"));
    assert_eq!((shop.provider.charged(&order).len(), shop.provider.refunded(&order)), (0, 0));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_fails_hangs_and_answers_twice_charges_once() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    shop.provider.will([Fault::Fail, Fault::HangUnbooked, Fault::HangBooked, Fault::AnswerTwice]);
    let order = shop.order(&ada, "card").await;
    assert_eq!(shop.ends(&order, "order.confirmed").await, CONFIRMED);
    assert_eq!(shop.provider.charged(&order), [900]);
    assert_eq!(shop.provider.requests(), 4, "asked until the answer was known, under the same key");
    // The second answer to one request must not be taken for the answer to another.
    let next = shop.order(&ada, "card").await;
    assert_eq!(shop.ends(&next, "order.confirmed").await, CONFIRMED);
    assert_eq!(shop.provider.charged(&next), [900]);
    shop.close().await;
}
