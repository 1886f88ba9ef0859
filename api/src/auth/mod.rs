//! Who is calling: access tokens, and what the caller may do right now.

pub mod caller;
pub mod standing;
pub mod token;

pub use caller::Caller;
pub use standing::Standings;
pub use token::{AccessToken, TokenError, Tokens};
