//! Installations that demand a second factor: who has none gets nowhere but to setting one up.

use api::{auth::totp, routes::Endpoint};
use bootstrap::config::SecondFactor;
use domain::roles::RoleName;
use serde_json::json;

use super::{Access, ENDPOINTS, request};
use crate::{
    app::{PASSWORD, Person, TestApp, eventually},
    cast::{Cast, api_key},
    client::{Answer, Request},
};

/// What is open all the same, as a person who reads the documentation would say it.
const OPEN: [(&str, &str); 5] = [
    ("POST", "/v1/auth/logout"),
    ("POST", "/v1/auth/logout-all"),
    ("POST", "/v1/auth/step-up"),
    ("POST", "/v1/auth/mfa/totp/enrol"),
    ("POST", "/v1/auth/mfa/totp/confirm"),
];
const CODE: &str = "second_factor_not_set_up";

async fn demanding(of: SecondFactor) -> (TestApp, Cast) {
    let app = TestApp::start_with(|config| config.accounts.second_factor = of).await;
    let cast = Cast::of(&app).await;
    (app, cast)
}

fn is_shut(answer: &Answer) -> bool {
    answer.status == 403 && answer.json()["code"] == CODE
}

async fn until(what: &str, ask: impl Fn() -> Request, wanted: impl Fn(&Answer) -> bool) {
    eventually(what, async || wanted(&ask().send().await).then_some(())).await;
}

async fn try_all(app: &TestApp, cast: &Cast, who: &str, role: Option<RoleName>) {
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.access != Access::Public) {
        let Endpoint { method, path, .. } = endpoint;
        // The last use of a session may be its end.
        let person = cast.person(app, who).await;
        if let Some(role) = role.clone() {
            cast.grant(&person, role).await;
        }
        let answer = request(app, endpoint, Some(person.id)).token(&person.token).send().await;
        let is_open = OPEN.contains(&(method.as_str(), path));
        assert_eq!(!is_shut(&answer), is_open, "{who} {method} {path}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_second_factor_that_is_demanded_every_route_is_shut_but_those_that_set_one_up() {
    let (app, cast) = demanding(SecondFactor::Everybody).await;
    try_all(&app, &cast, "member", None).await;
    try_all(&app, &cast, "admin", Some(RoleName::ADMIN)).await;
}

/// Whatever their roles permit: who had to enrol and may not would be shut out for good.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_to_set_one_up_may_and_can_do_everything_then() {
    let (app, cast) = demanding(SecondFactor::Administrators).await;
    let role = cast.define("keeper", &["roles:manage:all", "roles:read:all"]).await;
    let keeper = cast.person(&app, "keeper").await;
    cast.grant(&keeper, role).await;
    cast.revoke(&keeper, RoleName::MEMBER).await;
    until("it is demanded", || app.get("/v1/roles").token(&keeper.token), is_shut).await;

    let enrolled = app.request("POST", "/v1/auth/mfa/totp/enrol").token(&keeper.token).send().await.ok(200).json();
    let now = chrono::Utc::now().timestamp() / totp::STEP;
    let code = json!({"code": totp::code_at(enrolled["secret"].as_str().unwrap(), now).unwrap()});
    let confirm = app.request("POST", "/v1/auth/mfa/totp/confirm").token(&keeper.token).json(&code).send().await;
    let recovery_code = confirm.ok(200).json()["recovery_codes"][0].clone();
    let again = json!({"email": keeper.email, "password": PASSWORD, "recovery_code": recovery_code});
    let signed_in = app.request("POST", "/v1/auth/login").json(&again).send().await.ok(200).json();
    let token = signed_in["access_token"].as_str().unwrap();
    until("it is there", || app.get("/v1/roles").token(token), |answer| answer.status == 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_demands_one_shuts_sessions_and_keys_that_were_open() {
    let (app, cast) = demanding(SecondFactor::Administrators).await;
    let ada: Person = cast.person(&app, "ada").await;
    let (_, key) = api_key(&app, &ada, &["users:read:own"]).await;
    let me = |bearer: &str| app.get("/v1/users/me").token(bearer);
    for bearer in [&ada.token, &key] {
        until("a member needs none", || me(bearer), |answer| answer.status == 200).await;
    }
    cast.grant(&ada, RoleName::ADMIN).await;
    for bearer in [&ada.token, &key] {
        until("an administrator does", || me(bearer), is_shut).await;
        me(bearer).send().await.problem(403, CODE);
    }
    cast.revoke(&ada, RoleName::ADMIN).await;
    for bearer in [&ada.token, &key] {
        until("nor does who was one", || me(bearer), |answer| answer.status == 200).await;
    }
}
