//! How guesses are slowed down, and that they do not keep the owner out.

use std::time::Instant;

use diesel::{QueryableByName, sql_query, sql_types::Integer};
use diesel_async::RunQueryDsl;
use futures::future::join_all;
use serde_json::json;

use super::{ADA, SignedIn, ada, another, login_with, run};
use crate::app::{PASSWORD, TestApp};

const WRONG: &str = "wrong horse battery";
const FREE: usize = 5;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Integer)]
    count: i32,
}

/// The failures that are written down, of everybody together.
async fn failures(app: &TestApp) -> i32 {
    let query = sql_query("SELECT coalesce(sum(failures), 0)::integer AS count FROM sign_in_attempts");
    query.get_result::<Count>(&mut app.database.connect().await).await.unwrap().count
}

/// As if everybody had waited as long as they have to.
async fn let_the_delay_pass(app: &TestApp) {
    run(app, "UPDATE sign_in_attempts SET allowed_at = now()").await;
}

/// CVE-2023-47111: guesses sent at once were all evaluated before the first was counted.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_guesses_at_once_no_more_are_evaluated_than_in_a_row() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let other = another(&app).await;
    app.register(ADA).await.ok(202);
    let started = Instant::now();
    let answers = join_all((0..200).map(|n| (if n % 2 == 0 { &app } else { &other }).login(ADA, WRONG))).await;
    // Delays of one, two, four … seconds that may have passed meanwhile.
    let passed = (started.elapsed().as_secs_f64() + 1.0).log2() as usize;
    let evaluated = answers.iter().filter(|answer| answer.status == 401).count();
    assert!((FREE..=FREE + passed).contains(&evaluated), "{evaluated}, {passed} delays");
    for refused in answers.iter().filter(|answer| answer.status != 401) {
        refused.problem(429, "too_many_attempts");
        assert!(refused.header("retry-after").is_some_and(|seconds| seconds.parse::<u64>().unwrap() >= 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn delays_double_up_to_a_quarter_of_an_hour() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut waits = vec![];
    for attempt in 1..=20 {
        let answer = app.login(ADA, WRONG).await;
        if answer.status == 429 {
            waits.push(answer.header("retry-after").unwrap().parse::<u64>().unwrap());
            let_the_delay_pass(&app).await;
            app.login(ADA, WRONG).await.problem(401, "invalid_credentials");
        } else {
            assert!(attempt <= FREE, "{attempt}");
        }
    }
    let expected: Vec<u64> = (0..15).map(|n| 2_u64.pow(n).min(900)).collect();
    assert_eq!(waits, expected);
}

/// CVE-2026-35597: the count was written in a transaction that was rolled back because the sign-in had failed.
#[tokio::test(flavor = "multi_thread")]
async fn the_count_is_there_after_a_failed_sign_in_and_gone_after_a_good_one() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register(ADA).await.ok(202);
    for expected in 1..=3 {
        app.login(ADA, WRONG).await.problem(401, "invalid_credentials");
        assert_eq!(failures(&app).await, expected);
    }
    app.login(ADA, PASSWORD).await.ok(200);
    assert_eq!(failures(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_yesterday_are_forgotten() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register(ADA).await.ok(202);
    for _ in 0..FREE {
        app.login(ADA, WRONG).await.problem(401, "invalid_credentials");
    }
    app.login(ADA, PASSWORD).await.problem(429, "too_many_attempts");
    run(&app, "UPDATE sign_in_attempts SET updated_at = now() - interval '25 h', allowed_at = now() + interval '1 h'")
        .await;
    app.login(ADA, WRONG).await.problem(401, "invalid_credentials");
    assert_eq!(failures(&app).await, 1);
}

/// GHSA-cq42-vhv7-xr7p (CVE-2024-1722): anybody could keep others from signing in.
#[tokio::test(flavor = "multi_thread")]
async fn the_owner_signs_in_on_a_known_device_while_a_stranger_guesses() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let first = ada(&app).await;
    for _ in 0..FREE {
        app.login(ADA, WRONG).await.problem(401, "invalid_credentials");
    }
    app.login(ADA, PASSWORD).await.problem(429, "too_many_attempts");
    let known = login_with(&app, json!({"device_token": first.device_token})).await;
    let again = SignedIn::of(&known);
    assert!(again.device_token.starts_with("tmd_"));
    // The stranger has gained nothing from that, and a known device does not guess without end either.
    app.login(ADA, PASSWORD).await.problem(429, "too_many_attempts");
    let guess = || login_with(&app, json!({"device_token": first.device_token, "password": WRONG}));
    for _ in 0..FREE {
        guess().await.problem(401, "invalid_credentials");
    }
    guess().await.problem(429, "too_many_attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_token_of_another_account_or_of_nobody_makes_no_way_in() {
    let app = TestApp::start_without_projections(|_| ()).await;
    ada(&app).await;
    app.register("eve@example.org").await.ok(202);
    let eve = SignedIn::of(&app.login("eve@example.org", PASSWORD).await);
    for _ in 0..FREE {
        app.login(ADA, WRONG).await.problem(401, "invalid_credentials");
    }
    for token in [eve.device_token.as_str(), "tmd_AAAA", ""] {
        login_with(&app, json!({"device_token": token})).await.problem(429, "too_many_attempts");
    }
}

/// CVE-2024-41952: what does not exist was answered in another way.
#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_accounts_that_are_there_and_that_are_not_are_answered_alike() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register(ADA).await.ok(202);
    let mut seen = vec![];
    for email in [ADA, "nobody@example.org", "no address"] {
        let mut answers = vec![];
        for _ in 0..=FREE {
            let answer = app.login(email, WRONG).await;
            let mut body = answer.json();
            body.as_object_mut().unwrap().remove("request_id");
            answers.push((answer.status, answer.header("retry-after").map(str::to_owned), body));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_can_be_read_off_the_counts() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.login(ADA, WRONG).await.problem(401, "invalid_credentials");
    let kept = super::listing::text_of_table(&app, "sign_in_attempts").await;
    let hex = ADA.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(!kept.is_empty() && !kept.contains(ADA) && !kept.contains(&hex), "{kept}");
}
