//! The operator's commands on accounts: administrators without a password that stays, lost second factors.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod installation;

use chrono::{TimeDelta, Utc};
use domain::users::{SuspendUser, User};
use uuid::Uuid;

use crate::installation::{Installation, PASSWORD};

fn token_in(said: &str) -> &str {
    said.lines().find_map(|line| line.split_once("/account/reset-password#token=")).unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_chooses_the_password_by_a_link_that_counts_once_and_not_for_long() {
    let installation = Installation::with(|config| config.accounts.require_verified_email = true).await;
    let said = installation.said(&["create-admin", "root@example.org"]);
    let events = installation.events().await;
    let root = events[0].aggregate_id().unwrap();
    assert!(said.starts_with(&format!("{root} is an administrator")), "{said}");
    let account = installation.user(root).await.account().unwrap().clone();
    let request = account.requests.password_reset.unwrap();
    assert!(request.expires_at <= Utc::now() + TimeDelta::minutes(30), "{request:?}");
    assert!(events.iter().all(|event| event.metadata().actor.as_deref() == Some("operator")));

    let token = token_in(&said);
    assert_eq!(installation.reset(token, PASSWORD).await, 204);
    assert_eq!(installation.login("root@example.org", PASSWORD).await, 200);
    assert_eq!(installation.reset(token, "another linen twelve moon").await, 400, "it counts once");

    // Whose link got lost gets another one, and only the last one counts.
    let (first, second) = (
        installation.said(&["password-link", "root@example.org"]),
        installation.said(&["password-link", &root.to_string()]),
    );
    assert_eq!(installation.reset(token_in(&first), PASSWORD).await, 400);
    assert_eq!(installation.reset(token_in(&second), "another linen twelve moon").await, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_has_an_account_becomes_an_administrator_and_keeps_the_password() {
    let installation = Installation::new().await;
    let ada = installation.register("ada@example.org").await;
    installation.verify(ada).await;
    let said = installation.said(&["create-admin", "ada@example.org"]);
    assert!(said.contains("is an administrator now") && !said.contains("#token="), "{said}");
    assert!(installation.is_administrator(ada).await);
    assert_eq!(installation.login("ada@example.org", PASSWORD).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_verified_the_address_does_not_become_an_administrator() {
    let installation = Installation::new().await;
    let stranger = installation.register("boss@example.org").await;
    let said = installation.refused(&["create-admin", "boss@example.org"]);
    assert!(said.contains(&stranger.to_string()) && said.contains("has not verified this address"), "{said}");
    assert!(!installation.is_administrator(stranger).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_find_nobody_by_an_address_that_they_had_before() {
    let installation = Installation::new().await;
    let eve = installation.register("it@example.org").await;
    installation.verify(eve).await;
    installation.change_email(eve, "eve@example.net", Utc::now() + TimeDelta::days(7)).await;
    let before = installation.events().await.len();
    for command in ["create-admin", "password-link", "reset-second-factor"] {
        let said = installation.refused(&[command, "it@example.org"]);
        assert!(said.contains("nobody has this address") && said.contains(&eve.to_string()), "{said}");
    }
    assert_eq!(installation.events().await.len(), before, "nothing was done");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_there_is_no_way_back_to_is_free_for_an_administrator() {
    let installation = Installation::new().await;
    let eve = installation.register("it@example.org").await;
    installation.change_email(eve, "eve@example.net", Utc::now()).await;
    let said = installation.refused(&["password-link", "it@example.org"]);
    assert!(said.contains("there is no account with this address"), "{said}");
    let said = installation.said(&["create-admin", "it@example.org"]);
    assert!(said.contains("/account/reset-password#token="), "somebody was made: {said}");
    assert!(!installation.is_administrator(eve).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_second_factor_is_taken_off_by_the_operator_and_that_is_written_down() {
    let installation = Installation::new().await;
    let ada = installation.register("ada@example.org").await;
    let said = installation.said(&["reset-second-factor", "ada@example.org"]);
    assert!(said.ends_with("nothing was done\n"), "{said}");

    installation.set_up_second_factor(ada).await;
    assert_eq!(installation.login("ada@example.org", PASSWORD).await, 401, "it takes a code");
    let before = installation.user(ada).await.account().unwrap().sessions_generation;

    let said = installation.said(&["reset-second-factor", &ada.to_string()]);
    assert!(said.contains("has no second factor any more"), "{said}");
    let account = installation.user(ada).await.account().unwrap().clone();
    assert_eq!((account.totp.is_on(), account.sessions_generation > before), (false, true));
    let events = installation.events().await;
    let last = events.last().unwrap();
    assert_eq!(
        (last.event_type.as_str(), last.metadata().actor.as_deref()),
        ("user.second_factor_reset", Some("operator"))
    );
    assert_eq!(installation.login("ada@example.org", PASSWORD).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_second_factor_is_taken_off_an_account_that_was_suspended_first() {
    let installation = Installation::new().await;
    let ada = installation.register("ada@example.org").await;
    installation.set_up_second_factor(ada).await;
    installation.execute(ada, SuspendUser { at: Utc::now() }).await;
    let said = installation.said(&["reset-second-factor", "ada@example.org"]);
    assert!(said.contains("has no second factor any more"), "{said}");
    let user = installation.user(ada).await;
    assert!(matches!(&user, User::Suspended(account) if !account.totp.is_on()), "{user:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_said_in_one_sentence() {
    let installation = Installation::new().await;
    let nobody = Uuid::now_v7().to_string();
    for (arguments, expected) in [
        (["create-admin", "root"], "tidemark user: the e-mail address: "),
        (["password-link", "eve@example.org"], "tidemark user: there is no account with this address"),
        (["reset-second-factor", &nobody], "tidemark user: there is no such user"),
        (["reset-second-factor", "ada"], "tidemark user: neither an id nor an e-mail address"),
    ] {
        let said = installation.refused(&arguments);
        assert!(said.starts_with(expected), "{said}");
    }
}
