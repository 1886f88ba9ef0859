//! Users: registering, one's own account, and the administrators' view of all.

pub mod change_profile;
mod create_admin;
mod email_claim;
pub mod list;
pub mod me;
pub mod register;
pub mod show;
mod view;

pub use create_admin::create_admin;
pub use email_claim::EmailClaims;
pub use view::UserView;

/// What each sealed value is: part of what it was sealed with, so it never changes.
pub(crate) const EMAIL: &str = "user.email";
pub(crate) const DISPLAY_NAME: &str = "user.display_name";
pub(crate) const PASSWORD_HASH: &str = "user.password_hash";
