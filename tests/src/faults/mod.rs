//! The fault harness: real processes under a seeded load, killed and stopped at will, and the checkers that judge what
//! became of it.

pub mod check;
mod client;
mod cluster;
mod collect;
pub mod history;
mod inject;
mod judge;
mod leases;
mod load;
mod process;
mod programs;
mod reader;
mod report;
mod run;
mod subscriber;

pub use report::Report;
pub use run::{Plan, run};
