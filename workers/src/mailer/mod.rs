//! Sends mails: each at least once, and once in all but the worst case. docs/email.md tells what that means.

mod email_log;
mod error;
mod links;
mod matter;
mod message;
mod notice;
mod settings;
mod smtp;
mod templates;
mod transport;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use ::metrics::{counter, histogram};
use anyhow::Context as _;
use backon::{ExponentialBuilder, Retryable};
use bootstrap::{Breaker, BreakerState, Config, Permit, Shutdown, db};
use domain::{
    Sealed,
    users::{DisplayName, Email, Locale},
};
use lettre::Address;
use tracing::{info, warn};
use uuid::Uuid;

pub use matter::SecurityReason;
pub use notice::{MailText, MailTexts};
pub use settings::MailerSettings;
pub use smtp::{InvalidSmtpUrl, SmtpServer};

pub(crate) use email_log::prune;
pub(crate) use error::MailError;
pub(crate) use matter::{MailKind, Matter, OneTimeLink};
pub(crate) use notice::Notice;

use self::{
    email_log::{Attempt, Claim, MailKey},
    message::{Envelope, Letterhead},
    templates::Templates,
    transport::{DeliveryError, Step, Transport},
};
use crate::metrics::{BREAKER_STATE, MAILS, SEND_SECONDS};

const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// Sends mails through the configured transport. Clones share connections and breaker.
#[derive(Clone)]
pub struct Mailer {
    shared: Arc<Shared>,
}

struct Shared {
    pool: db::Pool,
    templates: Templates,
    letterhead: Letterhead,
    transport: Transport,
    breaker: Breaker,
    claim_for: Duration,
}

/// A mail to a person, with what it needs of their personal data: never shown, never stored.
pub(crate) struct Mail<'a> {
    pub(crate) matter: &'a Matter,
    pub(crate) subject: Uuid,
    /// The id of the event that the mail answers to.
    pub(crate) cause: Uuid,
    pub(crate) address: &'a Email,
    /// The same address as it is stored.
    pub(crate) sealed_address: &'a Sealed,
    pub(crate) name: Option<&'a DisplayName>,
    pub(crate) locale: Locale,
}

impl Mail<'_> {
    fn kind(&self) -> &'static str {
        self.matter.kind().as_str()
    }
}

/// How a mail came to be out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Now,
    /// An earlier attempt had sent it.
    Before,
}

impl Mailer {
    /// Checks the configuration; the mail server need not be up.
    pub fn new(config: &Config, pool: db::Pool, settings: MailerSettings) -> anyhow::Result<Self> {
        Self::with_texts(config, pool, settings, [])
    }

    /// The same with texts of further kinds of mail.
    pub fn with_texts<'t>(
        config: &Config,
        pool: db::Pool,
        settings: MailerSettings,
        texts: impl IntoIterator<Item = &'t MailTexts>,
    ) -> anyhow::Result<Self> {
        let from = config.mail.from.parse().context("mail.from must be a mailbox: Name <address>")?;
        let templates = Templates::with_texts(&config.http.public_url, texts).context("the mail templates")?;
        let transport = Transport::open(&config.mail.transport, config.jobs.concurrency, settings.send_timeout)?;
        let shared = Shared {
            pool,
            templates,
            letterhead: Letterhead { from },
            transport,
            breaker: Breaker::new("the mail server", BREAKER_STATE, settings.breaker),
            // For what comes before and after the talk with the server, too.
            claim_for: settings.send_timeout * 5 / 4,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Whether the mail server is being used, tried, or left alone.
    pub fn state(&self) -> BreakerState {
        self.shared.breaker.state()
    }

    /// Sends a mail unless an earlier attempt has; claims it first, so that no two attempts overlap, and not before the
    /// limits of its kind allow it.
    pub(crate) async fn send(&self, mail: &Mail<'_>) -> Result<Sent, MailError> {
        let result = self.try_send(mail).await;
        let outcome = match &result {
            Ok(Sent::Now) => "sent",
            Ok(Sent::Before) => "repeat",
            Err(error) => error.outcome(),
        };
        counter!(MAILS, "kind" => mail.kind(), "outcome" => outcome).increment(1);
        result
    }

    async fn try_send(&self, mail: &Mail<'_>) -> Result<Sent, MailError> {
        let permit = self.shared.breaker.admit(Instant::now()).map_err(MailError::Paused)?;
        let key = MailKey { kind: mail.kind(), subject: mail.subject, cause: mail.cause };
        let attempt = {
            let mut conn = self.shared.pool.get().await?;
            if email_log::is_undeliverable(&mut conn, mail.subject, mail.sealed_address).await? {
                return Err(MailError::Undeliverable);
            }
            match email_log::claim(&mut conn, key, mail.matter.kind().limits(), self.shared.claim_for).await? {
                Claim::Granted(attempt) => attempt,
                Claim::AlreadySent => return Ok(Sent::Before),
                Claim::Busy(wait) => return Err(MailError::Paused(wait)),
            }
        };
        let delivered = self.deliver(mail, key, &attempt, permit).await;
        self.record(mail, key, &attempt, delivered).await
    }

    /// Renders the mail and hands it to the transport.
    async fn deliver(&self, mail: &Mail<'_>, key: MailKey, attempt: &Attempt, permit: Permit) -> Result<(), MailError> {
        let Shared { templates, letterhead, transport, .. } = &*self.shared;
        let name = mail.name.map(DisplayName::as_str);
        // The errors of templates and of the message's builder may quote what was put into them.
        let content =
            templates.render(mail.matter, mail.locale, name).map_err(|_| MailError::Later("template".to_owned()))?;
        let to: Address =
            mail.address.as_str().parse().map_err(|_| MailError::Later("address_not_mailable".to_owned()))?;
        let envelope = Envelope { key, to: &to, language: mail.locale.as_str(), date: attempt.created_at };
        let bytes = letterhead.format(&envelope, content).map_err(|_| MailError::Later("message".to_owned()))?;

        let started = Instant::now();
        let delivered = transport.deliver(&key.name(), &letterhead.from.email, &to, &bytes).await;
        histogram!(SEND_SECONDS, "kind" => mail.kind()).record(started.elapsed().as_secs_f64());
        match &delivered {
            Ok(()) | Err(DeliveryError::Reply { .. }) => permit.succeeded(),
            Err(
                DeliveryError::Unreachable
                | DeliveryError::Untrusted
                | DeliveryError::TimedOut
                | DeliveryError::Directory(_),
            ) => {
                permit.failed(Instant::now());
            }
        }
        delivered.map_err(|error| {
            warn!(kind = mail.kind(), cause = %mail.cause, %error, "a mail was not taken");
            MailError::from(error)
        })
    }

    /// Writes down what became of an attempt.
    async fn record(
        &self,
        mail: &Mail<'_>,
        key: MailKey,
        attempt: &Attempt,
        delivered: Result<(), MailError>,
    ) -> Result<Sent, MailError> {
        match delivered {
            Ok(()) => {
                // Failing here would send the mail again, so a database that is away for a moment is waited for.
                let mark = || self.mark_sent(key);
                mark.retry(ExponentialBuilder::default().with_max_times(4)).await?;
                info!(kind = mail.kind(), cause = %mail.cause, "sent a mail");
                Ok(Sent::Now)
            }
            Err(error) => {
                let mut conn = self.shared.pool.get().await?;
                if let MailError::Refused { step, code } = error {
                    let address = (step == Step::Recipient).then_some(mail.sealed_address);
                    email_log::mark_refused(&mut conn, key, code, address).await?;
                } else {
                    email_log::release(&mut conn, key, attempt).await?;
                }
                Err(error)
            }
        }
    }

    async fn mark_sent(&self, key: MailKey) -> Result<(), MailError> {
        let mut conn = self.shared.pool.get().await?;
        Ok(email_log::mark_sent(&mut conn, key).await?)
    }

    /// Whether a mail of this kind was sent to the person not longer ago than `period`.
    pub(crate) async fn has_sent_within(
        &self,
        kind: MailKind,
        subject: Uuid,
        period: Duration,
    ) -> Result<bool, MailError> {
        let mut conn = self.shared.pool.get().await?;
        Ok(email_log::was_sent_within(&mut conn, kind.as_str(), subject, period).await?)
    }

    /// Closes connections that are not used any more; returns when the process stops.
    pub(crate) async fn keep_tidy(&self, shutdown: &Shutdown) {
        let Transport::Smtp(smtp) = &self.shared.transport else { return };
        while shutdown.sleep(SWEEP_EVERY).await {
            smtp.close_idle(false).await;
        }
        smtp.close_idle(true).await;
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { transport, breaker, .. } = &*self.shared;
        f.debug_struct("Mailer").field("transport", transport).field("breaker", breaker).finish_non_exhaustive()
    }
}
