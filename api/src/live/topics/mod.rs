//! The projections that can be followed.

pub(crate) mod files;
pub(crate) mod imports;
mod read_model;
pub(crate) mod records;
pub(crate) mod users;
