//! How events, change notices and wake-ups travel between processes: the bus, in memory or on RabbitMQ, and the relay.
//!
//! The log is truth: whatever travels here may be lost or come twice, and nobody may rely on it for completeness. What
//! [`Bus::publish_events`] confirms is the exception: it is held by the broker until its consumers acknowledge it.

mod bus;
mod change;
mod cloud_event;
mod in_process;
pub mod metrics;
mod rabbit;
pub mod relay;
mod start;
mod subscription;

pub use bus::{Bus, BusError, BusState, Published};
pub use change::ChangeNotice;
pub use cloud_event::CloudEvent;
pub use in_process::InProcessBus;
pub use rabbit::{ConsumerQueue, RabbitBus, RabbitSettings};
pub use start::start;
pub use subscription::{Received, Subscription};
