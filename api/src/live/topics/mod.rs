//! The projections that can be followed.

pub(crate) mod users;
