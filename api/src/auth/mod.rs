//! Who is calling: access tokens, and what the caller may do right now.

pub mod caller;
pub mod login;
pub mod passwords;
pub mod standing;
pub mod token;

pub use caller::Caller;
pub use passwords::Passwords;
pub use standing::Standings;
pub use token::{AccessToken, TokenError, Tokens};
