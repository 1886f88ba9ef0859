//! `GET /v1/users` and `GET /v1/users/{id}`, for administrators.

use serde_json::{Value, json};

use crate::{
    app::{Person, TestApp},
    cast::Cast,
    client::Answer,
};

async fn page(app: &TestApp, admin: &Person, query: &str) -> Answer {
    app.get(&format!("/v1/users{query}"))
        .token(&admin.token)
        .header("Tidemark-After", app.head().await.to_string())
        .send()
        .await
}

fn emails(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lead_through_all_users_once_from_the_newest() {
    let app = TestApp::start().await;
    let admin = app.admin("user0@example.org").await;
    for n in 1..8 {
        app.register(&format!("user{n}@example.org")).await.ok(202);
    }
    let (mut query, mut seen, mut pages) = ("?limit=3".to_owned(), vec![], 0);
    loop {
        let answer = page(&app, &admin, &query).await;
        let body = answer.ok(200).json();
        seen.extend(emails(&body));
        pages += 1;
        assert!(answer.header("tidemark-position").unwrap().parse::<i64>().unwrap() >= 9);
        let Some(cursor) = body["next_cursor"].as_str() else {
            assert_eq!(answer.header("link"), None);
            break;
        };
        let link = answer.header("link").unwrap();
        assert_eq!(link, format!("</v1/users?limit=3&cursor={cursor}>; rel=\"next\""));
        query = link.split(['<', '>']).nth(1).unwrap().strip_prefix("/v1/users").unwrap().to_owned();
    }
    let expected: Vec<_> = (0..8).rev().map(|n| format!("user{n}@example.org")).collect();
    assert_eq!((seen, pages), (expected, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_cursor_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin("user0@example.org").await;
    app.register("user1@example.org").await.ok(202);
    let cursor = page(&app, &admin, "?limit=1").await.ok(200).json()["next_cursor"].as_str().unwrap().to_owned();
    page(&app, &admin, &format!("?limit=2&cursor={cursor}")).await.ok(200);
    let (head, tail) = cursor.split_at(cursor.len() / 2);
    for forged in [String::new(), "AAAA".to_owned(), head.to_owned(), format!("{tail}{head}"), format!("{cursor}A")] {
        page(&app, &admin, &format!("?cursor={forged}")).await.problem(400, "cursor_mismatch");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_narrowed_by_state_role_and_address() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    let admin = app.admin("admin@example.org").await;
    let support = cast.define("support", &["users:read:all"]).await;
    let mut people = vec![];
    for n in 0..4 {
        people.push(app.person(&format!("user{n}@example.org")).await);
    }
    cast.grant(&people[1], support.clone()).await;
    cast.grant(&people[3], support).await;
    cast.suspend(&people[3]).await;
    let find = async |query: &str| emails(&page(&app, &admin, query).await.ok(200).json());
    let user = |n: usize| format!("user{n}@example.org");
    assert_eq!(find("?status=suspended").await, [user(3)]);
    assert_eq!(find("?role=support").await, [user(3), user(1)]);
    assert_eq!(find("?role=support&status=active").await, [user(1)]);
    assert_eq!(find("?role=member&status=active").await, [user(2), user(1), user(0), "admin@example.org".to_owned()]);
    assert_eq!(find("?role=nobody").await, Vec::<String>::new());
    assert_eq!(find("?search=USER2%40example.org").await, [user(2)]);
    assert_eq!(find("?search=user2%40example.org&status=suspended").await, Vec::<String>::new());
    assert_eq!(find("?search=nobody%40example.org").await, Vec::<String>::new());
    assert_eq!(find("?filter=record.status%20%3D%3D%20%22suspended%22").await, [user(3)]);
    assert_eq!(
        find("?role=support&filter=record.id%20%21%3D%20user.id%20%26%26%20record.created_at%20%3C%20now").await,
        [user(3), user(1)]
    );
    assert_eq!(find("?filter=record.id%20%3D%3D%20user.id").await, ["admin@example.org"]);
    assert_eq!(
        find("?filter=record.created_at%20%3E%20now%20-%20duration(%221h%22)%20%26%26%20record.totp").await,
        Vec::<String>::new()
    );
    assert_eq!(find("?sort=created_at&role=support").await, [user(1), user(3)]);
    assert_eq!(find("?sort=-created_at&limit=1").await, [user(3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_goes_on_with_its_own_list_only() {
    let app = TestApp::start().await;
    let admin = app.admin("user0@example.org").await;
    app.register("user1@example.org").await.ok(202);
    let answer = page(&app, &admin, "?sort=created_at&role=member&limit=1").await;
    let cursor = answer.ok(200).json()["next_cursor"].as_str().unwrap().to_owned();
    let next = format!("</v1/users?role=member&sort=created_at&limit=1&cursor={cursor}>; rel=\"next\"");
    assert_eq!(answer.header("link"), Some(next.as_str()));
    let rest = page(&app, &admin, &format!("?role=member&sort=created_at&cursor={cursor}")).await;
    assert_eq!(emails(&rest.ok(200).json()), ["user1@example.org"]);
    for query in ["?", "?role=member&", "?sort=created_at&", "?role=member&sort=created_at&status=active&"] {
        page(&app, &admin, &format!("{query}cursor={cursor}")).await.problem(400, "cursor_mismatch");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_checked() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    for (query, name, code) in [
        ("?limit=0", "limit", "out_of_range"),
        ("?limit=201", "limit", "out_of_range"),
        ("?limit=ten", "limit", "out_of_range"),
        ("?limit=1&limit=2", "limit", "repeated"),
        ("?after=-1", "after", "out_of_range"),
        ("?offset=3", "offset", "unknown_parameter"),
        ("?status=erased", "status", "unknown_status"),
        ("?role=No", "role", "malformed"),
        ("?search=ada", "search", "malformed"),
        ("?sort=email", "sort", "unknown_sort"),
        ("?filter=record.stauts%20%3D%3D%20%22a%22", "filter", "expression_unknown_field"),
        ("?filter=record.email%20%3D%3D%20%22a%22", "filter", "expression_unknown_field"),
        ("?filter=record.status%20%3D%3D%201", "filter", "expression_type_mismatch"),
        ("?filter=record.status%20%3D%3D", "filter", "expression_syntax"),
    ] {
        let problem =
            app.get(&format!("/v1/users{query}")).token(&admin.token).send().await.problem(400, "invalid_request");
        assert_eq!((&problem["errors"][0]["parameter"], &problem["errors"][0]["code"]), (&json!(name), &json!(code)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_any_user() {
    let app = TestApp::start().await;
    let (admin, eve) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    let show = |id: &str| {
        let request = app.get(&format!("/v1/users/{id}")).token(&admin.token);
        async { request.header("Tidemark-After", app.head().await.to_string()).send().await }
    };
    let answer = show(&eve.id.to_string()).await;
    assert_eq!(
        (answer.ok(200).json()["email"].as_str(), answer.header("etag")),
        (Some("eve@example.org"), Some("\"v3\""))
    );
    for id in [uuid::Uuid::now_v7().to_string().as_str(), "7", "%00", "%ff%fe", "..%2f..", "'; DROP TABLE users"] {
        let id = id.replace(' ', "%20");
        show(&id).await.problem(404, "not_found");
    }
}
