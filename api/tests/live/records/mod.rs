//! Records of a collection, followed live.

mod away;
mod board;
mod crowd;
mod filters;
mod following;
mod hidden;
mod redefined;
mod resuming;

pub(crate) use board::Board;
