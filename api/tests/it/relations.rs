//! Records that refer to records: never to one that is not there.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Person, TestApp},
    client::{Answer, Request},
    collections::define,
};

pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) admin: Person,
}

impl Scene {
    /// Collections of people and of posts by them: with editors that can go, readers in a list, and comments that go with
    /// their post.
    pub(crate) async fn set() -> Self {
        let app = TestApp::start().await;
        let admin = app.admin("admin@example.org").await;
        let id = json!({"type": "string", "format": "uuid"});
        let open = json!({"list": "true", "view": "true", "create": "true", "update": "true", "delete": "true"});
        let people = json!({
            "name": "people",
            "schema": {"type": "object", "properties": {"name": {"type": "string"}, "hidden": {"type": "boolean"}}},
            "rules": {"view": "record.hidden != true", "create": "true", "update": "true", "delete": "true"},
        });
        let posts = json!({
            "name": "posts",
            "schema": {"type": "object", "properties": {
                "title": {"type": "string"}, "author": id, "editor": {"type": ["string", "null"], "format": "uuid"},
                "readers": {"type": "array", "items": id, "maxItems": 200}, "parent": id,
                "reviewers": {"type": "array", "items": id, "minItems": 1},
            }},
            "relations": {
                "author": {"collection": "people", "on_delete": "restrict"},
                "editor": {"collection": "people", "on_delete": "set_null"},
                "readers": {"collection": "people", "on_delete": "set_null"},
                "reviewers": {"collection": "people", "on_delete": "set_null"},
                "parent": {"collection": "posts", "on_delete": "cascade"},
            },
            "rules": open,
        });
        let comments = json!({
            "name": "comments",
            "schema": {"type": "object", "properties": {"post": id, "text": {"type": "string"}}, "required": ["post"]},
            "relations": {"post": {"collection": "posts", "on_delete": "cascade"}},
            "rules": open,
        });
        for collection in [people, posts, comments] {
            define(&app, &admin, &collection).send().await.ok(201);
        }
        Self { app, admin }
    }

    pub(crate) async fn person(&self) -> Person {
        self.app.person("ada@example.org").await
    }

    pub(crate) fn create(&self, person: &Person, collection: &str, body: &Value) -> Request {
        self.app.request("POST", &format!("/v1/collections/{collection}/records")).token(&person.token).json(body)
    }

    pub(crate) async fn made(&self, person: &Person, collection: &str, body: Value) -> String {
        self.create(person, collection, &body).send().await.ok(201).json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn request(&self, method: &str, person: &Person, collection: &str, id: &str) -> Request {
        let path = format!("/v1/collections/{collection}/records/{id}");
        self.app.request(method, &path).token(&person.token)
    }

    async fn delete(&self, person: &Person, collection: &str, id: &str) -> Answer {
        self.request("DELETE", person, collection, id).send().await
    }

    async fn shown(&self, person: &Person, collection: &str, id: &str) -> Answer {
        let after = self.app.head().await.to_string();
        self.request("GET", person, collection, id).header("Tidemark-After", after).send().await
    }
}

#[track_caller]
fn assert_errors(answer: &Answer, expected: &[(&str, &str)]) {
    let problem = answer.problem(422, "validation_failed");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = problem["errors"].as_array().unwrap().iter();
    let told: Vec<_> = errors.map(|error| (text(&error["pointer"]), text(&error["code"]))).collect();
    let expected: Vec<_> = expected.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect();
    assert_eq!(told, expected, "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_leads_to_a_record_that_is_there_and_may_be_seen() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    let bob = scene.made(&ada, "people", json!({"name": "Bob"})).await;
    let hidden = scene.made(&ada, "people", json!({"name": "Eve", "hidden": true})).await;
    let post = scene.made(&ada, "posts", json!({"title": "A"})).await;
    for (body, place) in [
        (json!({"author": Uuid::now_v7()}), "/author"),
        (json!({"author": post}), "/author"),
        (json!({"author": hidden}), "/author"),
        (json!({"readers": [bob, Uuid::now_v7()]}), "/readers/1"),
        (json!({"parent": bob}), "/parent"),
    ] {
        assert_errors(&scene.create(&ada, "posts", &body).send().await, &[(place, "unknown_reference")]);
        let change = scene.request("PATCH", &ada, "posts", &post).json(&body);
        assert_errors(&change.send().await, &[(place, "unknown_reference")]);
    }
    let many: Vec<Uuid> = (0..101).map(|_| Uuid::now_v7()).collect();
    assert_errors(&scene.create(&ada, "posts", &json!({"readers": many})).send().await, &[("/readers", "too_many")]);
    scene.create(&scene.admin, "posts", &json!({"author": hidden})).send().await.ok(201);

    let mine = scene.made(&ada, "posts", json!({"author": bob, "readers": [bob, bob], "parent": post})).await;
    let to_itself = json!({ "parent": mine });
    scene.request("PATCH", &ada, "posts", &mine).json(&to_itself).send().await.ok(200);
    // What it refers to already is nobody's affair, whoever changes what else.
    scene.request("PATCH", &ada, "people", &bob).json(&json!({"hidden": true})).send().await.ok(200);
    scene.request("PATCH", &ada, "posts", &mine).json(&json!({"title": "B"})).send().await.ok(200);
    let again = json!({"title": "C", "author": bob});
    scene.request("PATCH", &ada, "posts", &mine).json(&again).send().await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_needed_is_not_deleted() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    let bob = scene.made(&ada, "people", json!({"name": "Bob"})).await;
    let post = scene.made(&ada, "posts", json!({"author": bob})).await;
    let problem = scene.delete(&ada, "people", &bob).await.problem(409, "referenced");
    assert_eq!(problem["detail"], json!("Records of posts do, by author."));
    scene.request("PATCH", &ada, "posts", &post).json(&json!({"author": null})).send().await.ok(200);
    scene.delete(&ada, "people", &bob).await.ok(204);

    let (eve, kim) = (scene.made(&ada, "people", json!({})).await, scene.made(&ada, "people", json!({})).await);
    let last = scene.made(&ada, "posts", json!({"reviewers": [eve]})).await;
    scene.delete(&ada, "people", &eve).await.problem(409, "referenced");
    scene.request("PATCH", &ada, "posts", &last).json(&json!({"reviewers": [eve, kim]})).send().await.ok(200);
    scene.delete(&ada, "people", &eve).await.ok(204);
    assert_eq!(scene.shown(&ada, "posts", &last).await.json()["reviewers"], json!([kim]));
    scene.delete(&ada, "posts", &last).await.ok(204);
    scene.delete(&ada, "people", &kim).await.ok(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn references_are_taken_out_and_records_deleted_with_what_they_refer_to() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    let bob = scene.made(&ada, "people", json!({"name": "Bob"})).await;
    let kim = scene.made(&ada, "people", json!({"name": "Kim"})).await;
    let top = scene.made(&ada, "posts", json!({"editor": bob, "readers": [kim, bob]})).await;
    let below = scene.made(&ada, "posts", json!({"parent": top, "author": kim})).await;
    let comment = scene.made(&ada, "comments", json!({"post": below, "text": "x"})).await;
    let other = scene.made(&ada, "comments", json!({"post": top})).await;

    let gone = scene.delete(&ada, "people", &bob).await;
    let position: i64 = gone.ok(204).header("tidemark-position").unwrap().parse().unwrap();
    assert_eq!(position, scene.app.head().await, "deleted and let go of at once");
    let view = scene.shown(&ada, "posts", &top).await.ok(200).json();
    assert_eq!((&view["editor"], &view["readers"], &view["version"]), (&json!(null), &json!([kim]), &json!(2)));

    scene.delete(&ada, "posts", &top).await.ok(204);
    for (collection, id) in [("posts", &top), ("posts", &below), ("comments", &comment), ("comments", &other)] {
        scene.shown(&ada, collection, id).await.problem(404, "not_found");
    }
    scene.delete(&ada, "people", &kim).await.ok(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_has_bounded_consequences() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    let post = scene.made(&ada, "posts", json!({})).await;
    let making = (0..101).map(|_| scene.made(&ada, "comments", json!({ "post": post })));
    let comments = futures::future::join_all(making).await;
    let problem = scene.delete(&ada, "posts", &post).await.problem(409, "too_many_references");
    assert_eq!(problem["detail"], json!("There may be at most 100."));
    scene.delete(&ada, "comments", &comments[0]).await.ok(204);
    scene.delete(&ada, "posts", &post).await.ok(204);
    scene.shown(&ada, "comments", &comments[100]).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_deletion_and_a_new_reference_at_one_moment_one_is_refused() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    for round in 0..40 {
        let bob = scene.made(&ada, "people", json!({})).await;
        let (delete, refer) = (
            scene.request("DELETE", &ada, "people", &bob).send(),
            scene.create(&ada, "posts", &json!({ "author": bob })).send(),
        );
        let (gone, made) = tokio::join!(delete, refer);
        match (gone.status, made.status) {
            (204, 422) => assert_errors(&made, &[("/author", "unknown_reference")]),
            (409, 201) => drop(gone.problem(409, "referenced")),
            statuses => panic!("round {round}: {statuses:?}"),
        }
        let is_there = scene.shown(&ada, "people", &bob).await.status == 200;
        assert_eq!(is_there, made.status == 201, "nothing refers to what is not there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_refers_at_the_moment_of_a_cascade_goes_with_it_or_is_refused() {
    let scene = Scene::set().await;
    let ada = scene.person().await;
    for _ in 0..25 {
        let post = scene.made(&ada, "posts", json!({})).await;
        let body = json!({ "post": post });
        let refer = || scene.create(&ada, "comments", &body).send();
        let (first, gone, second) =
            tokio::join!(refer(), scene.request("DELETE", &ada, "posts", &post).send(), refer());
        gone.ok(204);
        for made in [first, second] {
            if made.status == 201 {
                let id = made.json()["id"].as_str().unwrap().to_owned();
                scene.shown(&ada, "comments", &id).await.problem(404, "not_found");
            } else {
                assert_errors(&made, &[("/post", "unknown_reference")]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_to_which_relations_lead_stays() {
    let scene = Scene::set().await;
    let delete = |name: &str| {
        let request = scene.app.request("DELETE", &format!("/v1/collections/{name}?force=true"));
        request.token(&scene.admin.token).send()
    };
    delete("people").await.problem(409, "collection_referenced");
    delete("posts").await.problem(409, "collection_referenced");
    let relations = json!({"relations": {"author": null, "editor": null, "readers": null, "reviewers": null}});
    let end = scene.app.request("PATCH", "/v1/collections/posts").token(&scene.admin.token).json(&relations);
    end.send().await.ok(200);
    delete("people").await.ok(204);
    delete("comments").await.ok(204);
    delete("posts").await.ok(204);
}
