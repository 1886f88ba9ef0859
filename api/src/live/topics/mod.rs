//! The projections that can be followed.

mod read_model;
pub(crate) mod records;
pub(crate) mod users;
