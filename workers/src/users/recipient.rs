//! The person a mail is for, as the log has them now, opened for the moment of sending.

use domain::{
    Aggregate, Sealed,
    users::{Account, DisplayName, Email, Locale, User},
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

/// The account of a user, suspended or not.
pub(super) async fn account(store: &EventStore, user_id: Uuid) -> Result<Account, RecipientError> {
    match store.load::<User>(&StreamId::new(User::CATEGORY, user_id)).await?.state {
        User::Active(account) | User::Suspended(account) => Ok(account),
        User::Unknown | User::Erased => Err(RecipientError::Gone),
    }
}

/// The account as it was when an event of it happened.
pub(super) async fn account_as_of(
    store: &EventStore,
    user_id: Uuid,
    event_id: Uuid,
) -> Result<Option<Account>, RecipientError> {
    let user: Option<User> = store.load_as_of(&StreamId::new(User::CATEGORY, user_id), event_id).await?;
    Ok(user.and_then(|user| user.account().cloned()))
}

impl Recipient {
    /// Opens what a mail to one of a user's addresses needs. Name and language are those of `greeted`.
    pub(super) async fn open(
        keys: &SubjectKeys,
        user_id: Uuid,
        greeted: &Account,
        address: &Sealed,
    ) -> Result<Self, RecipientError> {
        let key = keys.get(user_id).await?;
        let opened = key.open("user.email", address)?;
        let name = greeted.display_name.as_ref().map(|name| key.open("user.display_name", name)).transpose()?;
        Ok(Self {
            address: Email::parse(&opened).map_err(|_| RecipientError::Invalid)?,
            sealed_address: address.clone(),
            // A name that is none by today's rules is left out of the greeting.
            name: name.and_then(|name| DisplayName::parse(&name).ok()).filter(|name| !reads_as_link(name.as_str())),
            locale: greeted.locale,
        })
    }
}

/// Whether mail readers might make a link of a name. Anybody can choose a name and somebody else's address, and have a
/// mail sent there: it would be theirs to say where that mail's reader is asked to click.
fn reads_as_link(name: &str) -> bool {
    // `example.com`, but neither `J.R.R.` nor `3.5`.
    let is_host = |word: &str| {
        word.split('.').skip(1).any(|label| label.chars().take_while(|char| char.is_alphabetic()).count() > 1)
    };
    name.contains(['/', '@', ':']) || name.split_whitespace().any(is_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_become_links_are_not_greeted() {
        for name in ["http://evil.example", "Win at evil.example now", "evil.com", "www.evil.com/ada", "a@evil.com"] {
            assert!(reads_as_link(name), "{name}");
        }
        for name in ["Ada", "J.R.R. Tolkien", "Dr. Ada Lovelace", "Ada King-Noel, Jr.", "王小明", "Ada 3.5", "Ada..."]
        {
            assert!(!reads_as_link(name), "{name}");
        }
    }
}
