//! What was done to an account is told to its owner, in case it was not they who did it.

use chrono::Utc;
use domain::{
    Aggregate, Command,
    users::{
        ConfirmTotp, CreateApiKey, DisableTotp, EndSession, EnrolTotp, Locale, ReactivateUser, ReplaceRecoveryCodes,
        ResetSecondFactor, SignOutEverywhere, SuspendUser, UseRecoveryCode, User, events::EndReason,
    },
};
use event_store::{StreamId, log};
use uuid::Uuid;

use crate::{installation::Installation, worker_process::WorkerProcess};

/// Executes a command that writes several events; returns the id of the one of this type.
async fn done<C: Command<Aggregate = User>>(
    installation: &Installation,
    user: Uuid,
    command: C,
    event_type: &str,
) -> Uuid {
    installation.execute(user, command).await;
    let stream = StreamId::new(User::CATEGORY, user);
    let events = log::stream(&mut installation.database.connect().await, stream.as_str(), 0, 1000).await.unwrap();
    events.iter().rfind(|event| event.event_type == event_type).unwrap().event_id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_else_may_have_done_is_mailed_and_the_rest_is_not() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", Some("Ada"), Locale::En).await.user_id;
    let now = Utc::now();
    let codes = vec!["code".to_owned()];
    let sealed = installation.seal(ada, "user.totp_secret", "secret").await;
    let end = |reason| EndSession { session_id: Uuid::now_v7(), reason, at: now };

    let mut untold = vec![installation.execute(ada, end(EndReason::SignedOut)).await];
    untold.push(installation.execute(ada, end(EndReason::Revoked)).await);
    let enrol = EnrolTotp { secret: sealed, at: now };
    untold.push(installation.execute(ada, enrol.clone()).await);
    let key = CreateApiKey {
        key_id: Uuid::now_v7(),
        name: installation.seal(ada, "user.api_key_name", "Nightly export").await,
        secret_hash: "hash".to_owned(),
        permissions: vec![],
        expires_at: None,
        at: now,
    };
    let confirmed = ConfirmTotp { recovery_codes: codes.clone(), at: now };
    let told = [
        ("refresh_token_reused", installation.execute(ada, end(EndReason::RefreshTokenReused)).await),
        ("totp_on", done(&installation, ada, confirmed, "user.totp_confirmed").await),
        ("recovery_code_used", installation.execute(ada, UseRecoveryCode { code: "code".to_owned(), at: now }).await),
        ("recovery_codes_replaced", {
            let replace = ReplaceRecoveryCodes { recovery_codes: codes, at: now };
            done(&installation, ada, replace, "user.recovery_codes_replaced").await
        }),
        ("totp_off", done(&installation, ada, DisableTotp { at: now }, "user.totp_disabled").await),
        ("second_factor_reset", {
            untold.push(installation.execute(ada, enrol).await);
            installation.execute(ada, ResetSecondFactor { at: now }).await
        }),
        ("api_key_created", installation.execute(ada, key).await),
        ("password_changed", installation.change_password(ada).await),
        ("account_suspended", installation.execute(ada, SuspendUser { at: now }).await),
        ("account_reactivated", installation.execute(ada, ReactivateUser { at: now }).await),
    ];
    untold.push(installation.execute(ada, SignOutEverywhere { at: now }).await);
    let last = installation.execute(ada, SuspendUser { at: now }).await;

    for (reason, event_id) in told {
        let mail = installation.mail_of(event_id).await;
        assert_eq!(mail.to, ["ada@example.com"]);
        assert!(mail.text().starts_with("Hello Ada,"), "{}", mail.text());
        let job = installation.job_of(event_id).await.unwrap();
        assert_eq!(job.kind, "email.security_alert");
        let args = job.args.as_object().unwrap();
        assert_eq!(args["reason"], reason);
        assert_eq!(args["user_id"], ada.to_string());
        assert_eq!(args["cause"], event_id.to_string());
        assert_eq!(args.len(), 3);
    }
    // Reactions go in the order of the log, so what was to follow from earlier events is there.
    installation.mail_of(last).await;
    for event_id in untold {
        assert!(installation.job_of(event_id).await.is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_are_in_the_language_of_their_reader() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let bjoern = installation.register("bjoern@example.com", Some("Björn"), Locale::De).await.user_id;
    let suspended = installation.execute(bjoern, SuspendUser { at: Utc::now() }).await;
    let mail = installation.mail_of(suspended).await;
    assert_eq!(mail.subject(), "Ihr Konto bei Tidemark wurde gesperrt");
    assert!(mail.text().contains("von der Verwaltung gesperrt"), "{}", mail.text());
}
