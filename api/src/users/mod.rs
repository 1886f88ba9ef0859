//! Users: registering, one's own account, and the administrators' view of all.

pub(crate) mod addresses;
mod administered;
pub mod avatar;
pub mod change_profile;
mod create_admin;
mod email_claim;
pub mod erase;
pub mod grant_role;
pub mod list;
mod list_query;
pub mod logout_all;
pub mod me;
mod operator;
mod password_link;
pub mod reactivate;
pub mod register;
mod reindex_addresses;
mod reset_second_factor;
pub mod revoke_role;
mod seed;
pub mod show;
pub mod suspend;
mod view;

pub use create_admin::{FirstPassword, create_admin};
pub use email_claim::EmailClaims;
pub use operator::find_user;
pub use password_link::{PasswordLink, password_link};
pub use reindex_addresses::{Reindexed, reindex_addresses};
pub use reset_second_factor::reset_second_factor;
pub use seed::{SeedUser, seed_user};
pub use view::UserView;

/// What each sealed value is: part of what it was sealed with, so it never changes.
pub(crate) const EMAIL: &str = "user.email";
pub(crate) const DISPLAY_NAME: &str = "user.display_name";
pub(crate) const PASSWORD_HASH: &str = "user.password_hash";
