//! The projections that can be followed.

pub(crate) mod records;
pub(crate) mod users;
