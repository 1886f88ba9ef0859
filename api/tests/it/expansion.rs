//! Records that come with those that refer to them: only what the caller may view, by the rules of the moment.

use serde_json::{Value, json};

use crate::{app::Person, client::Answer, relations::Scene};

async fn read(scene: &Scene, person: &Person, path: &str) -> Answer {
    let after = scene.app.head().await.to_string();
    let path = format!("/v1/collections/{path}");
    scene.app.get(&path).token(&person.token).header("Tidemark-After", after).send().await
}

fn names(people: &Value) -> Vec<&str> {
    people.as_array().unwrap().iter().map(|person| person["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_with_those_to_which_they_refer_and_which_the_caller_may_view() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    let bob = scene.made(&ada, "people", json!({"name": "Bob"})).await;
    let kim = scene.made(&ada, "people", json!({"name": "Kim"})).await;
    let eve = scene.made(&ada, "people", json!({"name": "Eve", "hidden": true})).await;
    let content = json!({"title": "A", "author": bob, "editor": eve, "readers": [kim, eve, bob]});
    let post = scene.made(&scene.admin, "posts", content).await;
    let reply = scene.made(&ada, "posts", json!({"title": "B", "parent": post, "editor": null})).await;
    let comment = scene.made(&ada, "comments", json!({"post": reply})).await;

    let shown = read(&scene, &ada, &format!("posts/records/{post}?expand=readers,author,editor,reviewers")).await;
    assert_eq!((shown.header("etag"), shown.header("cache-control")), (None, Some("no-store")));
    let shown = shown.ok(200).json();
    assert_eq!((&shown["author"], &shown["editor"]), (&json!(bob), &json!(eve)), "the record stays as it is");
    let expand = &shown["expand"];
    assert_eq!((&expand["author"]["name"], &expand["author"]["version"]), (&json!("Bob"), &json!(1)));
    assert_eq!(names(&expand["readers"]), ["Kim", "Bob"], "in their order, without whom the caller may not view");
    assert_eq!((expand.get("editor"), &expand["reviewers"]), (None, &json!([])));
    let shown = read(&scene, &scene.admin, &format!("posts/records/{post}?expand=editor,readers")).await.ok(200).json();
    assert_eq!((&shown["expand"]["editor"]["name"], names(&shown["expand"]["readers"]).len()), (&json!("Eve"), 3));

    let path = format!("comments/records/{comment}?expand=post.parent.author,post.editor");
    let shown = read(&scene, &ada, &path).await.ok(200).json();
    let inner = &shown["expand"]["post"]["expand"];
    assert_eq!(inner["parent"]["expand"], json!({"author": inner["parent"]["expand"]["author"]}));
    assert_eq!(inner["parent"]["expand"]["author"]["id"], json!(bob));
    assert_eq!(inner.get("editor"), None, "nothing is there where there is no reference");

    let list =
        read(&scene, &ada, "posts/records?sort=title&fields=title&expand=author,parent.author").await.ok(200).json();
    assert_eq!((&list["items"][0]["expand"]["author"]["id"], list["items"][0].get("author")), (&json!(bob), None));
    assert_eq!(list["items"][1]["expand"]["parent"]["expand"]["author"]["name"], json!("Bob"));
    let body = json!({"sort": ["title"], "expand": ["author"], "limit": 1});
    let search = scene.app.request("POST", "/v1/collections/posts/records/search").token(&ada.token).json(&body);
    let found = search.send().await.ok(200).json();
    assert_eq!(found["items"][0]["expand"]["author"]["name"], json!("Bob"));

    // What is read again is what is true then.
    scene.request("PATCH", &ada, "people", &bob).json(&json!({"name": "Rob"})).send().await.ok(200);
    let list = read(&scene, &ada, "posts/records?sort=title&expand=author").await.ok(200).json();
    assert_eq!(list["items"][0]["expand"]["author"]["name"], json!("Rob"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_now_hold_for_what_comes_with_a_record() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    let bob = scene.made(&ada, "people", json!({"name": "Bob"})).await;
    let post = scene.made(&ada, "posts", json!({"author": bob})).await;
    let (one, list) = (format!("posts/records/{post}?expand=author"), "posts/records?expand=author");
    assert_eq!(read(&scene, &ada, &one).await.ok(200).json()["expand"]["author"]["id"], json!(bob));
    assert_eq!(read(&scene, &ada, list).await.ok(200).json()["items"][0]["expand"]["author"]["id"], json!(bob));
    let change = scene.app.request("PATCH", "/v1/collections/people").token(&scene.admin.token);
    change.json(&json!({"rules": {"view": "false"}})).send().await.ok(200);
    assert_eq!(read(&scene, &ada, &one).await.ok(200).json()["expand"], json!({}));
    assert_eq!(read(&scene, &ada, list).await.ok(200).json()["items"][0]["expand"], json!({}));
    assert_eq!(read(&scene, &scene.admin, &one).await.ok(200).json()["expand"]["author"]["id"], json!(bob));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_expanded_is_refused() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    let post = scene.made(&ada, "posts", json!({"title": "A"})).await;
    scene.made(&ada, "posts", json!({"title": "B"})).await;
    for (expand, code) in [
        ("title", "not_a_relation"),
        ("author.boss", "not_a_relation"),
        ("", "malformed"),
        ("a.b.c.d", "malformed"),
        ("a,b,c,d,e,f,g,h,i,j,k", "malformed"),
    ] {
        for path in [format!("posts/records?expand={expand}"), format!("posts/records/{post}?expand={expand}")] {
            let problem = read(&scene, &ada, &path).await.problem(400, "invalid_request");
            assert_eq!(
                (&problem["errors"][0]["parameter"], &problem["errors"][0]["code"]),
                (&json!("expand"), &json!(code))
            );
        }
        let body = json!({"expand": expand.split(',').collect::<Vec<_>>()});
        let search = scene.app.request("POST", "/v1/collections/posts/records/search").token(&ada.token).json(&body);
        let problem = search.send().await.problem(422, "validation_failed");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!("/expand"), &json!(code))
        );
    }
    let past = read(&scene, &ada, &format!("posts/records/{post}?expand=author&at=1")).await;
    assert_eq!(past.problem(400, "invalid_request")["errors"][0]["code"], json!("not_combinable"));
    let page = read(&scene, &ada, "posts/records?expand=author&limit=1").await.ok(200).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let other = read(&scene, &ada, &format!("posts/records?limit=1&expand=editor&cursor={cursor}")).await;
    other.problem(400, "cursor_mismatch");
    let next = read(&scene, &ada, &format!("posts/records?limit=1&expand=author&cursor={cursor}")).await;
    assert_eq!(next.ok(200).json()["items"].as_array().unwrap().len(), 1);

    let reserved =
        json!({"name": "others", "schema": {"type": "object", "properties": {"expand": {"type": "string"}}}});
    let problem = crate::collections::define(&scene.app, &scene.admin, &reserved).send().await;
    let problem = problem.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["code"], json!("reserved_name"));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_comes_with_one_answer_is_refused() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    for _ in 0..21 {
        let ids: Vec<_> = (0..99).map(|_| uuid::Uuid::now_v7()).collect();
        let people = ids.iter().map(|id| json!({"op": "create", "collection": "people", "id": id, "data": {}}));
        let post = json!({"op": "create", "collection": "posts", "data": {"readers": ids}});
        let body = json!({ "operations": people.chain([post]).collect::<Vec<_>>() });
        scene.app.request("POST", "/v1/batch").token(&ada.token).json(&body).send().await.ok(200);
    }
    let problem = read(&scene, &ada, "posts/records?expand=readers&limit=21").await;
    problem.problem(422, "expansion_too_large");
    let page = read(&scene, &ada, "posts/records?expand=readers&limit=20").await.ok(200).json();
    assert_eq!(page["items"][19]["expand"]["readers"].as_array().unwrap().len(), 99);
}
