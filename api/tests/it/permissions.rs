//! Who gets in where: every route of the table, for everybody there is.

mod cases;
mod second_factor;

use std::collections::HashMap;

use api::routes::{Access, ENDPOINTS, Endpoint};
use domain::roles::{Scope, permission::KNOWN};
use uuid::Uuid;

use self::cases::{Case, Object, case};
use crate::{
    app::{Person, TestApp, eventually},
    cast::{Actor, Cast, Who, api_key, session},
    client::{Answer, Request},
    collections::{define, posts},
    imports::{NDJSON, start},
};

/// The actors and the other person that a route is tried with. Reads leave them as they are, so one set does for all of
/// those.
struct Scene {
    actors: Vec<(Who, Actor)>,
    stranger: Person,
    /// By kind, those of the stranger.
    objects: HashMap<&'static str, Uuid>,
}

impl Scene {
    async fn of(app: &TestApp, cast: &Cast) -> Self {
        let stranger = cast.person(app, "stranger").await;
        let mut actors = vec![];
        for who in Who::ALL {
            actors.push((who, cast.actor(app, who).await));
        }
        let objects = objects(app, &stranger).await;
        Self { actors, stranger, objects }
    }
}

async fn objects(app: &TestApp, person: &Person) -> HashMap<&'static str, Uuid> {
    let export = app.request("POST", "/v1/users/me/exports").token(&person.token).send().await.ok(202).json();
    let export = export["id"].as_str().unwrap().parse().unwrap();
    let (api_key, _) = api_key(app, person, &["users:read:own"]).await;
    let (session, file) = (session(person), upload(app, person).await);
    let import = import(app, person).await;
    HashMap::from([
        ("user", person.id),
        ("session", session),
        ("api key", api_key),
        ("export", export),
        ("file", file),
        ("import", import),
    ])
}

async fn import(app: &TestApp, person: &Person) -> Uuid {
    let request = start(app, person, "posts", "ndjson");
    request.send().await.ok(201).json()["id"].as_str().unwrap().parse().unwrap()
}

async fn upload(app: &TestApp, person: &Person) -> Uuid {
    let request = app.request("POST", "/v1/files").token(&person.token).body("text/plain", "a");
    request.send().await.ok(201).json()["id"].as_str().unwrap().parse().unwrap()
}

fn id_of(object: Object, objects: &HashMap<&'static str, Uuid>) -> Option<Uuid> {
    let kind = match object {
        Object::Nothing => return None,
        Object::User => "user",
        Object::Session => "session",
        Object::ApiKey => "api key",
        Object::Export => "export",
        Object::File => "file",
        Object::Import => "import",
    };
    objects.get(kind).copied()
}

/// A request that is right as far as access goes.
fn request(app: &TestApp, endpoint: &Endpoint, id: Option<Uuid>) -> Request {
    let path = endpoint.path.replace("{name}", "other").replace("{page}", "reset-password");
    let path = path.replace("{id}", &id.unwrap_or_default().to_string());
    let request = app.request(endpoint.method.as_str(), &path);
    match endpoint.method.as_str() {
        "GET" => request,
        "PUT" if path.ends_with("/content") => request.body(NDJSON, "{}"),
        "PATCH" => request.body("application/merge-patch+json", "{}"),
        _ => request.body("application/json", "{}"),
    }
}

/// Turned away at the door, for who one is; what else is wrong with the request does not matter here.
fn is_refused(answer: &Answer) -> bool {
    let code = || answer.json()["code"].as_str().unwrap().to_owned();
    match answer.status {
        401 => matches!(code().as_str(), "unauthenticated" | "invalid_token" | "token_expired"),
        403 => code() == "forbidden",
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_it_should_and_shows_nobody_what_is_not_theirs() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    cast.define("support", &["users:read:all", "roles:read:all"]).await;
    cast.define("other", &["users:read:own"]).await;
    let admin = app.admin("admin@example.org").await;
    define(&app, &admin, &posts()).send().await.ok(201);
    let reads = Scene::of(&app, &cast).await;
    app.caught_up(&reads.stranger).await;
    for endpoint in ENDPOINTS {
        let case = case(endpoint.method.as_str(), endpoint.path);
        let changes_nothing = endpoint.method == "GET" || endpoint.access == Access::Public;
        let fresh = if changes_nothing { None } else { Some(Scene::of(&app, &cast).await) };
        try_route(&app, endpoint, &case, fresh.as_ref().unwrap_or(&reads)).await;
    }
}

async fn try_route(app: &TestApp, endpoint: &Endpoint, case: &Case, scene: &Scene) {
    let what = format!("{} {}", endpoint.method, endpoint.path);
    let is_own = matches!(endpoint.access, Access::Permission { scope: Scope::Own, .. });
    for (who, actor) in &scene.actors {
        let may = case.may.contains(who);
        let foreign = id_of(case.object, &scene.objects);
        let answer = actor.sign(request(app, endpoint, foreign)).send().await;
        assert_eq!(!is_refused(&answer), may, "{who:?} {what}: {answer:?}");
        if !may {
            assert_how_refused(*who, &answer, &what);
        } else if is_own
            && foreign.is_some()
            && !(matches!(case.object, Object::File | Object::Import) && *who == Who::Admin)
        {
            answer.problem(404, "not_found");
        }
        let sees_others = matches!(who, Who::Support | Who::Key | Who::Admin) && may && !is_own;
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(sees_others || !body.contains(&scene.stranger.email), "{who:?} {what}: {body}");

        let Some(person) = &actor.person else { continue };
        if case.object == Object::Nothing || *who == Who::Suspended || !may && case.object != Object::User {
            continue;
        }
        // The last use of a session may be its end.
        let own = match case.object {
            Object::Nothing | Object::User => person.id,
            Object::Session => session(person),
            Object::File => upload(app, person).await,
            Object::Import => import(app, person).await,
            Object::ApiKey | Object::Export => id_of(case.object, &objects(app, person).await).unwrap(),
        };
        let answer = actor.sign(request(app, endpoint, Some(own))).send().await;
        assert_eq!(!is_refused(&answer), may, "{who:?} {what} of one's own: {answer:?}");
        if is_own && !endpoint.path.ends_with("/download") {
            assert!(matches!(answer.status, 200..=299), "{who:?} {what} of one's own: {answer:?}");
        }
    }
}

#[track_caller]
fn assert_how_refused(who: Who, answer: &Answer, what: &str) {
    let (status, code) = match who {
        Who::Nobody => (401, "unauthenticated"),
        Who::Broken | Who::Suspended => (401, "invalid_token"),
        Who::Member | Who::Support | Who::Key | Who::Admin => (403, "forbidden"),
    };
    assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{who:?} {what}");
    assert_eq!(answer.header("www-authenticate").is_some(), status == 401, "{who:?} {what}");
}

#[test]
fn every_permission_that_a_route_names_is_one_that_can_be_given() {
    for Endpoint { path, access, api_keys, .. } in ENDPOINTS {
        match access {
            Access::Public | Access::SignedIn => assert!(!api_keys, "{path}"),
            Access::Permission { resource, action, scope } => {
                assert!(KNOWN.contains(&(*resource, *action)), "{path}: {resource}:{action}");
                let is_own = path.starts_with("/v1/users/me")
                    || *path == "/v1/users/{id}/avatar"
                    || path.starts_with("/v1/auth/")
                    || *path == "/v1/batch"
                    || path.starts_with("/v1/files")
                    || path.starts_with("/v1/imports")
                    || matches!(*path, "/v1/collections/{name}/imports" | "/v1/collections/{name}/export")
                    || path.starts_with("/v1/collections/{name}/records");
                assert_eq!(*scope == Scope::Own, is_own, "{path}");
            }
        }
        let is_about_credentials =
            path.starts_with("/v1/auth/") || path.contains("/api-keys") || path.contains("/mfa/");
        assert!(!(is_about_credentials && *api_keys), "no API key may come to {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_felt_without_a_new_token() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    app.get("/v1/users").token(&ada.token).send().await.problem(403, "forbidden");
    app.grant_admin(ada.id).await;
    eventually("the role", async || {
        let answer = app.get("/v1/users").token(&ada.token).send().await;
        (answer.status == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_counts_in_its_header_only() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let refused = [
        app.get(&format!("/v1/users/me?access_token={}", ada.token)),
        app.get("/v1/users/me").header("Cookie", format!("access_token={}", ada.token)),
        app.get("/v1/users/me").header("Authorization", &ada.token),
        app.get("/v1/users/me").header("Authorization", format!("Basic {}", ada.token)),
        app.get("/v1/users/me").token(&ada.token).token("other"),
        app.get("/v1/users/me").header("Authorization", b"Bearer \xff\xfe"),
    ];
    for request in refused {
        assert_eq!(request.send().await.status, 401);
    }
    app.get("/v1/users/me")
        .header("authorization", format!("bearer  {}", ada.token))
        .header("Tidemark-After", "1")
        .send()
        .await
        .ok(200);
}

/// Known to nobody: signed by us, for somebody whom the log does not have.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_somebody_who_is_not_there_is_refused() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let config = &app.context.config;
    let tokens = api::auth::Tokens::new(&config.secrets.token_key, &config.http.public_url).unwrap();
    let nobody = domain::users::UserId::from_uuid(uuid::Uuid::now_v7());
    let (token, _) = tokens.issue(nobody, uuid::Uuid::now_v7(), Default::default()).unwrap();
    app.get("/v1/users/me").token(&token).send().await.problem(401, "unauthenticated");
}
