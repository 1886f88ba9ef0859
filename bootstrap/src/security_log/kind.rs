//! What entries of the security log are about.

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Signing in.
    SignIn,
    /// Proving again who one is, signed in.
    Proof,
    /// The first code of a second factor.
    ConfirmTotp,
    AccessToken,
    ApiKey,
    RefreshToken,
    /// A token that was mailed.
    Link,
    /// Doing what one may not do, or not without a recent authentication.
    Access,
    /// A cookie without the token that only our own page has.
    Csrf,
    /// A browser's page of an origin that is not allowed.
    Origin,
    /// Requests beyond a limit.
    Limit,
    /// Signing in on a live connection.
    LiveSignIn,
    /// Subscribing to a topic.
    LiveTopic,
    /// A person was erased.
    Erasure,
    /// All sessions of a user were ended by somebody else.
    SessionsEnded,
    /// A mail server that did not prove who it is.
    MailTls,
}

impl Kind {
    pub const ALL: [Self; 16] = [
        Self::SignIn,
        Self::Proof,
        Self::ConfirmTotp,
        Self::AccessToken,
        Self::ApiKey,
        Self::RefreshToken,
        Self::Link,
        Self::Access,
        Self::Csrf,
        Self::Origin,
        Self::Limit,
        Self::LiveSignIn,
        Self::LiveTopic,
        Self::Erasure,
        Self::SessionsEnded,
        Self::MailTls,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Proof => "proof",
            Self::ConfirmTotp => "confirm_totp",
            Self::AccessToken => "access_token",
            Self::ApiKey => "api_key",
            Self::RefreshToken => "refresh",
            Self::Link => "link",
            Self::Access => "access",
            Self::Csrf => "csrf",
            Self::Origin => "origin",
            Self::Limit => "limit",
            Self::LiveSignIn => "live_sign_in",
            Self::LiveTopic => "live_topic",
            Self::Erasure => "erasure",
            Self::SessionsEnded => "sessions_ended",
            Self::MailTls => "mail_tls",
        }
    }

    /// Whether a process writes so many refusals a second at most, since strangers can cause as many as they like.
    pub(super) fn is_bounded(self) -> bool {
        match self {
            Self::Erasure | Self::SessionsEnded | Self::MailTls => false,
            Self::SignIn
            | Self::Proof
            | Self::ConfirmTotp
            | Self::AccessToken
            | Self::ApiKey
            | Self::RefreshToken
            | Self::Link
            | Self::Access
            | Self::Csrf
            | Self::Origin
            | Self::Limit
            | Self::LiveSignIn
            | Self::LiveTopic => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn kinds_have_names_of_their_own_and_stand_in_their_order() {
        let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().enumerate().all(|(place, kind)| *kind as usize == place));
    }
}
