//! Tests of the bus and the relay against a real broker and a real database.

mod broker;
mod contract;
mod external_consumer;
mod faults;
mod installation;
mod relay;
mod topology;
