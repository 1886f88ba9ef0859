//! Faults that the installation survives.

mod broker;
mod kills;
mod redis;
