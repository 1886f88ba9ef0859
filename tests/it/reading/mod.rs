//! Where queries are answered from.

mod replica;
mod standby;
