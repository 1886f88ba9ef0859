//! Placing orders, and reading them.

use serde_json::{Value, json};
use tests::{
    access::{self, Visitor},
    http::Call,
};

use crate::shop::{Customer, Shop};

fn two_teas() -> Value {
    json!({"items": [{"sku": "tea", "quantity": 2}], "payment": "card"})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_costs_what_the_price_list_says_and_is_placed_once_for_each_key() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    let place = || Call::post("/v1/orders", two_teas()).token(&ada.token).header("idempotency-key", "k1");
    let first = shop.send(place()).await;
    let shown = first.json();
    assert_eq!((first.status, first.version()), (201, Some(1)), "{shown}");
    assert_eq!((&shown["total"], &shown["currency"], &shown["status"]), (&json!(900), &json!("EUR"), &json!("placed")));
    assert_eq!(first.header("location"), Some(&*format!("/v1/orders/{}", shown["id"].as_str().unwrap())));
    let again = shop.send(place()).await;
    assert_eq!((again.status, &again.json()["id"]), (201, &shown["id"]));
    let other = Call::post("/v1/orders", json!({"items": [{"sku": "pot", "quantity": 1}], "payment": "card"}));
    let other = shop.send(other.token(&ada.token).header("idempotency-key", "k1")).await;
    assert_eq!((other.status, other.problem().as_deref()), (422, Some("idempotency_mismatch")));
    shop.becomes(&ada, shown["id"].as_str().unwrap(), "confirmed").await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_ordered_is_refused_with_the_place_that_is_wrong() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    let refused = async |items: Value, pointer: &str, code: &str| {
        let body = json!({"items": items, "payment": "card"});
        let reply = shop.send(Call::post("/v1/orders", body).token(&ada.token)).await;
        let problem = reply.json();
        assert_eq!((reply.status, problem["code"].as_str()), (422, Some("validation_failed")), "{problem}");
        let error = &problem["errors"][0];
        assert_eq!((error["pointer"].as_str(), error["code"].as_str()), (Some(pointer), Some(code)), "{problem}");
    };
    let line = |sku: &str, quantity: i64| json!({"sku": sku, "quantity": quantity});
    refused(json!([]), "/items", "empty").await;
    refused(json!([line("tea", 1), line("gold", 1)]), "/items/1/sku", "unknown_product").await;
    refused(json!([line("Tea", 1)]), "/items/0/sku", "unknown_product").await;
    refused(json!([line("tea", 0)]), "/items/0/quantity", "out_of_range").await;
    refused(json!([line("tea", -1)]), "/items/0/quantity", "invalid_value").await;
    refused(json!([line("tea", 1), line("tea", 1)]), "/items/1/sku", "repeated").await;
    refused(json!(vec![line("tea", 1); 51]), "/items", "too_many").await;
    refused(json!([{"sku": "tea", "quantity": 1, "unit_price": 1}]), "/items/0/unit_price", "unknown_field").await;
    assert_eq!(shop.provider.requests(), 0);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_without_a_card_provider_offers_invoices_only() {
    let none = [("TIDEMARK_ORDERS__CARD_URL", ""), ("TIDEMARK_ORDERS__CARD_API_KEY", "")];
    let shop = Shop::open_with(&none).await;
    let ada = shop.customer("ada", "en").await;
    let reply = shop.send(Call::post("/v1/orders", two_teas()).token(&ada.token)).await;
    assert_eq!((reply.status, reply.problem().as_deref()), (409, Some("payment_method_not_offered")));
    let order = shop.order(&ada, "invoice").await;
    shop.becomes(&ada, &order, "confirmed").await;
    assert_eq!(shop.health_of("order_payments").await, None, "there is nothing to look at");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_lists_their_own_page_by_page_and_sees_nobody_elses() {
    let shop = Shop::open().await;
    let (ada, eve) = (shop.customer("ada", "en").await, shop.customer("eve", "en").await);
    let mut placed = vec![];
    for _ in 0..3 {
        placed.push(shop.order(&ada, "card").await);
    }
    placed.reverse();
    let get = |path: String, who: &Customer| Call::get(path).token(&who.token);
    let at = shop.head().await;
    let first = shop.once_read(get(format!("/v1/orders?limit=2&after={at}"), &ada)).await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = shop.send(get(format!("/v1/orders?limit=2&cursor={cursor}"), &ada)).await.json();
    let ids = [&first, &second].map(|page| page["items"].as_array().unwrap().clone()).concat();
    let ids: Vec<_> = ids.iter().map(|order| order["id"].as_str().unwrap()).collect();
    assert_eq!((ids, &second["next_cursor"]), (placed.iter().map(String::as_str).collect::<Vec<_>>(), &Value::Null));

    assert_eq!(shop.send(get("/v1/orders".to_owned(), &eve)).await.json()["items"], json!([]));
    let stolen = shop.send(get(format!("/v1/orders?limit=2&cursor={cursor}"), &eve)).await;
    assert_eq!(stolen.problem().as_deref(), Some("cursor_mismatch"));
    for call in [
        get(format!("/v1/orders/{}", placed[0]), &eve),
        Call::post(format!("/v1/orders/{}/cancel", placed[0]), json!({})).token(&eve.token),
    ] {
        assert_eq!(shop.send(call).await.problem().as_deref(), Some("not_found"));
    }
    shop.promote(&eve).await;
    let shown = shop.send(get(format!("/v1/orders/{}", placed[0]), &eve)).await;
    assert_eq!((shown.status, &shown.json()["customer"]), (200, &json!(ada.id)), "orders:read:all");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_it_should() {
    let shop = Shop::open().await;
    let (member, admin) = (shop.customer("member", "en").await, shop.customer("admin", "en").await);
    shop.promote(&admin).await;
    let key = async |permission: &str| {
        let body = json!({"name": "Till", "permissions": [permission]});
        let reply = shop.send(Call::post("/v1/users/me/api-keys", body).token(&member.token)).await;
        assert_eq!(reply.status, 201, "{}", reply.json());
        reply.json()["key"].as_str().unwrap().to_owned()
    };
    let visitor = |name, bearer: &str| Visitor { name, bearer: Some(bearer.to_owned()) };
    let visitors = [
        Visitor { name: "nobody", bearer: None },
        visitor("broken", "broken"),
        visitor("member", &member.token),
        visitor("admin", &admin.token),
        visitor("reading key", &key("orders:read:own").await),
        visitor("other key", &key("users:read:own").await),
    ];
    access::check(shop.address, &orders::http::ENDPOINTS, &visitors, |method, _, who| match who {
        "member" | "admin" => true,
        "reading key" => method == "GET",
        _ => false,
    })
    .await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_can_be_given_what_orders_offer_and_nothing_that_they_do_not() {
    let shop = Shop::open().await;
    let admin = shop.customer("admin", "en").await;
    shop.promote(&admin).await;
    let define = |permission: &str| {
        let body = json!({"name": "till", "permissions": [permission]});
        Call::post("/v1/roles", body).token(&admin.token)
    };
    let refused = shop.send(define("orders:eat:all")).await;
    assert_eq!(refused.json()["errors"][0]["code"], "unknown_permission", "{}", refused.json());
    assert_eq!(shop.send(define("orders:cancel:all")).await.status, 201);
    let roles = shop.send(Call::get("/v1/roles/member").token(&admin.token)).await.json();
    assert!(roles["permissions"].as_array().unwrap().contains(&json!("orders:create:own")), "{roles}");
    shop.close().await;
}
