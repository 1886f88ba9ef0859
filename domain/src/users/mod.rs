//! A person with an account.

pub mod change_profile;
pub mod display_name;
pub mod email;
pub mod events;
pub mod grant_role;
pub mod locale;
pub mod note_repeated_registration;
pub mod password;
pub mod register;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use change_profile::ChangeProfile;
pub use display_name::DisplayName;
pub use email::Email;
pub use events::UserEvent;
pub use grant_role::GrantRole;
pub use locale::Locale;
pub use note_repeated_registration::NoteRepeatedRegistration;
pub use password::Password;
pub use register::RegisterUser;

use crate::{Aggregate, Sealed};

/// Identifies a user. UUIDv7, made at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(Uuid);

impl UserId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for UserId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What a user may do, coarsely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Member,
    Admin,
}

/// The user's account as decisions see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum User {
    #[default]
    Unknown,
    Active(Account),
}

/// The facts of an active account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub email: Sealed,
    /// The password's hash, sealed too: it dies with the person's key.
    pub password_hash: Sealed,
    pub display_name: Option<Sealed>,
    pub locale: Locale,
    /// Sorted, without repeats.
    pub roles: Vec<Role>,
}

impl Aggregate for User {
    type Event = UserEvent;
    const CATEGORY: &'static str = "user";
    const STATE_VERSION: i16 = 1;

    fn apply(self, event: &UserEvent) -> Self {
        match event {
            UserEvent::Registered(registered) => User::Active(Account {
                email: registered.email.clone(),
                password_hash: registered.password_hash.clone(),
                display_name: registered.display_name.clone(),
                locale: registered.locale,
                roles: vec![Role::Member],
            }),
            UserEvent::ProfileChanged(changed) => self.change(|account| {
                account.display_name.clone_from(&changed.display_name);
                account.locale = changed.locale;
            }),
            UserEvent::RoleGranted(granted) => self.change(|account| {
                account.roles.push(granted.role);
                account.roles.sort_unstable();
                account.roles.dedup();
            }),
            UserEvent::RegistrationRepeated(_) => self,
        }
    }
}

impl User {
    fn change(mut self, change: impl FnOnce(&mut Account)) -> Self {
        match &mut self {
            User::Active(account) => change(account),
            User::Unknown => {}
        }
        self
    }
}
