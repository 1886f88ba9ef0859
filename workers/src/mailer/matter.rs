//! What a mail is about, and what its texts need to know of it beside whom they greet.

use std::time::Duration;

use chrono::{DateTime, Utc};
use event_store::one_time_token::Purpose;
use serde::{Deserialize, Serialize};

use super::{Notice, email_log::Limit};

/// Names what a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailKind {
    Welcome,
    RegistrationRepeated,
    Verification,
    PasswordReset,
    /// To the new address, which is to be confirmed.
    EmailChange,
    /// To the old address, from which the change can be undone.
    EmailChanged,
    SecurityAlert,
    ExportReady,
    /// Of an extension.
    Further(&'static str),
}

/// What a mail is about, with what its texts need.
pub(crate) enum Matter {
    Welcome,
    RegistrationRepeated,
    /// The link's purpose decides on the kind.
    OneTimeLink(OneTimeLink),
    SecurityAlert(SecurityReason),
    /// With the time until when the copy is kept. Without a link: a browser that follows one has no access token to show.
    ExportReady(DateTime<Utc>),
    /// Of an extension.
    Further(Notice),
}

/// A link that completes a request, once. No `Debug`: whoever has the token can use it.
pub(crate) struct OneTimeLink {
    pub(crate) purpose: Purpose,
    pub(crate) token: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// What people are told of because they would want to know if it was not they who did it. Stored in jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecurityReason {
    PasswordChanged,
    /// A session was ended because somebody presented a refresh token of it that had been used.
    RefreshTokenReused,
    TotpOn,
    TotpOff,
    /// By an operator, for somebody who had lost it.
    SecondFactorReset,
    RecoveryCodeUsed,
    RecoveryCodesReplaced,
    EmailChangeUndone,
    AccountSuspended,
    AccountReactivated,
    ApiKeyCreated,
}

/// For mails that strangers can ask for at will.
const ON_DEMAND: [Limit; 2] =
    [Limit { mails: 1, within: Duration::from_secs(60) }, Limit { mails: 5, within: Duration::from_secs(3600) }];

impl MailKind {
    /// The name in templates, in the log of mails, in Message-IDs and in metrics. Never changes once shipped.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::RegistrationRepeated => "registration_repeated",
            Self::Verification => "verification",
            Self::PasswordReset => "password_reset",
            Self::EmailChange => "email_change",
            Self::EmailChanged => "email_changed",
            Self::SecurityAlert => "security_alert",
            Self::ExportReady => "export_ready",
            Self::Further(kind) => kind,
        }
    }

    /// How many mails of this kind one person gets at most; what is beyond that waits.
    ///
    /// Warnings have no limit: whoever could use it up would keep the next one from its reader.
    pub(super) fn limits(self) -> &'static [Limit] {
        match self {
            Self::Verification | Self::PasswordReset | Self::EmailChange => &ON_DEMAND,
            Self::Welcome
            | Self::RegistrationRepeated
            | Self::EmailChanged
            | Self::SecurityAlert
            | Self::ExportReady
            | Self::Further(_) => &[],
        }
    }
}

impl Matter {
    pub(crate) fn kind(&self) -> MailKind {
        match self {
            Self::Welcome => MailKind::Welcome,
            Self::RegistrationRepeated => MailKind::RegistrationRepeated,
            Self::OneTimeLink(link) => match link.purpose {
                Purpose::VerifyEmail => MailKind::Verification,
                Purpose::ResetPassword => MailKind::PasswordReset,
                Purpose::ChangeEmail => MailKind::EmailChange,
                Purpose::UndoEmailChange => MailKind::EmailChanged,
            },
            Self::SecurityAlert(_) => MailKind::SecurityAlert,
            Self::ExportReady(_) => MailKind::ExportReady,
            Self::Further(notice) => MailKind::Further(notice.kind),
        }
    }
}

impl SecurityReason {
    /// The name in templates.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password_changed",
            Self::RefreshTokenReused => "refresh_token_reused",
            Self::TotpOn => "totp_on",
            Self::TotpOff => "totp_off",
            Self::SecondFactorReset => "second_factor_reset",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::RecoveryCodesReplaced => "recovery_codes_replaced",
            Self::EmailChangeUndone => "email_change_undone",
            Self::AccountSuspended => "account_suspended",
            Self::AccountReactivated => "account_reactivated",
            Self::ApiKeyCreated => "api_key_created",
        }
    }
}
