//! Who is calling: access tokens, and what the caller may do right now.

pub mod caller;
mod choose_password;
pub mod jwks;
pub mod login;
pub mod passwords;
pub mod role_book;
pub mod rotation;
pub mod standing;
pub mod token;

pub use caller::Caller;
pub use passwords::Passwords;
pub use role_book::RoleBook;
pub use standing::{Standing, Standings};
pub use token::{AccessToken, TokenError, Tokens};
