//! The person a mail is for, as the log has them now, opened for the moment of sending.

use domain::{
    Aggregate, Sealed,
    users::{DisplayName, Email, Locale, User},
};
use event_store::{EventStore, ReadError, StreamId, SubjectKeys, subject_keys::SubjectKeyError};
use uuid::Uuid;

/// Personal data in the clear: it lives as long as the attempt to send, and has no `Debug`.
pub(super) struct Recipient {
    pub(super) address: Email,
    pub(super) sealed_address: Sealed,
    pub(super) name: Option<DisplayName>,
    pub(super) locale: Locale,
}

/// Why there is nobody to write to.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecipientError {
    /// Erased, or never there.
    #[error("there is nobody to write to")]
    Gone,
    #[error("the person's data cannot be opened: {0}")]
    Keys(SubjectKeyError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("no mail can be sent to what is stored as the address")]
    Invalid,
}

impl From<SubjectKeyError> for RecipientError {
    fn from(error: SubjectKeyError) -> Self {
        match error {
            SubjectKeyError::Erased => Self::Gone,
            // A missing key is not an erased one: the keys' database may be an old copy, or the wrong one.
            SubjectKeyError::Unknown
            | SubjectKeyError::DoesNotOpen
            | SubjectKeyError::Pool(_)
            | SubjectKeyError::Query(_) => Self::Keys(error),
        }
    }
}

impl Recipient {
    pub(super) async fn load(store: &EventStore, keys: &SubjectKeys, user_id: Uuid) -> Result<Self, RecipientError> {
        let account = match store.load::<User>(&StreamId::new(User::CATEGORY, user_id)).await?.state {
            User::Active(account) => account,
            User::Unknown => return Err(RecipientError::Gone),
        };
        let key = keys.get(user_id).await?;
        let address = key.open("user.email", &account.email)?;
        let name = account.display_name.map(|name| key.open("user.display_name", &name)).transpose()?;
        Ok(Self {
            address: Email::parse(&address).map_err(|_| RecipientError::Invalid)?,
            sealed_address: account.email,
            // A name that is none by today's rules is left out of the greeting.
            name: name.and_then(|name| DisplayName::parse(&name).ok()),
            locale: account.locale,
        })
    }
}
