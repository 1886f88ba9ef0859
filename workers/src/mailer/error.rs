//! Why a mail is not out, in words that hold no personal data.

use std::time::Duration;

use bootstrap::db;

use super::transport::{DeliveryError, Step};

/// Why a mail is not out. No variant holds personal data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    /// The server is being left alone, another attempt is under way, or the person has just had such a mail: ask again
    /// after this time.
    #[error("not now")]
    Paused(Duration),
    /// A server refused mail to this address for good.
    #[error("address_undeliverable")]
    Undeliverable,
    /// The server refused this mail for good.
    #[error("smtp_{code}_{}", step.as_str())]
    Refused { step: Step, code: u16 },
    /// It may work later.
    #[error("{0}")]
    Later(String),
    #[error("database_unavailable")]
    Pool(#[from] db::PoolError),
    #[error("database_error")]
    Query(#[from] diesel::result::Error),
}

impl MailError {
    /// For metrics.
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::Paused(_) => "paused",
            Self::Undeliverable => "undeliverable",
            Self::Refused { .. } => "refused",
            Self::Later(_) => "later",
            Self::Pool(_) | Self::Query(_) => "failed",
        }
    }
}

impl From<DeliveryError> for MailError {
    /// 5xx is for good (RFC 5321, 4.2.1), except to the sender: that is the installation's fault and can be mended.
    fn from(error: DeliveryError) -> Self {
        match error {
            DeliveryError::Reply { step: step @ (Step::Recipient | Step::Content), code: code @ 500.. } => {
                Self::Refused { step, code }
            }
            DeliveryError::Reply { step, code } => Self::Later(format!("smtp_{code}_{}", step.as_str())),
            DeliveryError::Unreachable => Self::Later("smtp_unreachable".to_owned()),
            DeliveryError::Untrusted => Self::Later("smtp_untrusted".to_owned()),
            DeliveryError::TimedOut => Self::Later("smtp_timeout".to_owned()),
            DeliveryError::Directory(_) => Self::Later("mail_directory".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(step: Step, code: u16) -> (String, bool) {
        let error = MailError::from(DeliveryError::Reply { step, code });
        (error.to_string(), matches!(error, MailError::Refused { .. }))
    }

    #[test]
    fn only_what_the_mail_or_its_address_is_to_blame_for_is_given_up() {
        for (step, code, reason, given_up) in [
            (Step::Recipient, 450, "smtp_450_recipient", false),
            (Step::Recipient, 550, "smtp_550_recipient", true),
            (Step::Content, 452, "smtp_452_content", false),
            (Step::Content, 554, "smtp_554_content", true),
            (Step::Sender, 451, "smtp_451_sender", false),
            (Step::Sender, 550, "smtp_550_sender", false),
        ] {
            assert_eq!(told(step, code), (reason.to_owned(), given_up));
        }
    }
}
