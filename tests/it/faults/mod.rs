//! Faults that the installation survives.

mod kills;
