//! The document has the routes of orders beside the product's, and says of them what is true.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::http::Call;

use crate::shop::Shop;

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_orders_is_described_like_the_products_own() {
    let shop = Shop::open().await;
    let document = shop.send(Call::get("/v1/openapi.json")).await.json();
    assert!(document["paths"]["/v1/users/me"]["get"].is_object(), "the product's own are there too");
    for endpoint in &orders::http::ENDPOINTS {
        let operation = &document["paths"][endpoint.path][endpoint.method.as_str().to_lowercase()];
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{endpoint:?}");
        assert!(operation["operationId"].as_str().unwrap().starts_with("orders_"), "{operation}");
        assert!(operation["x-permission"].as_str().unwrap().starts_with("orders:"), "{operation}");
        for status in ["401", "403", "429", "503"] {
            let problem = &operation["responses"][status]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(problem, "#/components/schemas/Problem", "{status} of {operation}");
        }
    }
    let problems = document["x-problems"].as_array().unwrap();
    assert!(problems.iter().any(|kind| kind["code"] == "payment_method_not_offered"), "{problems:?}");
    let mut found = vec![];
    references(&document, &mut found);
    for reference in found {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_has_exactly_the_members_that_the_document_promises() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada", "en").await;
    let document = shop.send(Call::get("/v1/openapi.json")).await.json();
    let order = shop.order(&ada, "card").await;
    shop.becomes(&ada, &order, "confirmed").await;
    shop.send(Call::post(format!("/v1/orders/{order}/cancel"), serde_json::json!({})).token(&ada.token)).await;
    let shown = shop.becomes(&ada, &order, "refunded").await;
    let properties = document["components"]["schemas"]["OrderView"]["properties"].as_object().unwrap();
    let promised: BTreeSet<_> = properties.keys().collect();
    assert_eq!(shown.as_object().unwrap().keys().collect::<BTreeSet<_>>(), promised);
    shop.close().await;
}
