//! How the worker is: its way to the mail server and to those of webhooks, and its hold on the job queue.

use std::time::Instant;

use bootstrap::{
    BreakerState,
    health::{Impact, Outcome, Registry},
};
use jobs::JobsHealth;

use crate::{mailer::Mailer, webhooks::Webhooks};

/// `mail`: the mail server is in use. Nothing is sent to find out; the last mails tell.
pub(crate) fn mail(registry: &Registry, mailer: Mailer) {
    registry.register("mail", Impact::Partial, move || {
        let state = mailer.state();
        async move {
            match state {
                BreakerState::Closed(0) => Outcome::up(),
                BreakerState::Closed(_) => Outcome::degraded("the last mail could not be handed over"),
                BreakerState::HalfOpen => Outcome::degraded("the mail server is being tried again"),
                BreakerState::Open(_) => Outcome::down("the mail server does not answer; mails wait"),
            }
        }
    });
}

/// `webhooks`: events go to all webhooks that there are some for. That a server of others does not answer is never more
/// than a degradation.
pub(crate) fn webhooks(registry: &Registry, webhooks: Webhooks) {
    registry.register("webhooks", Impact::Partial, move || {
        let left_alone = webhooks.endpoints.left_alone(Instant::now());
        async move {
            match left_alone {
                0 => Outcome::up(),
                _ => Outcome::degraded("servers of webhooks fail and are left alone for a while"),
            }
        }
    });
}

/// `jobs`: jobs are taken and settled.
pub(crate) fn jobs(registry: &Registry, health: JobsHealth) {
    registry.register("jobs", Impact::Partial, move || {
        let report = health.report();
        async move {
            match (report.healthy, report.listening) {
                (true, true) => Outcome::up(),
                (true, false) => Outcome::degraded("jobs are found by polling only"),
                (false, _) => Outcome::down("the job queue cannot be reached"),
            }
        }
    });
}
