//! What every integration test stands on: databases of its own, and faults between a process and its servers.
#![expect(clippy::expect_used, reason = "test support fails the test at once, with a message")]

mod database;
mod proxy;
mod receiver;
mod s3;
mod smtp;

pub use database::TestDatabase;
pub use proxy::TcpProxy;
pub use receiver::{HttpReceiver, HttpReply, ReceivedRequest};
pub use s3::S3Server;
pub use smtp::{ReceivedMail, SmtpFault, SmtpSink, SmtpStep, SmtpTls};

/// URL of the RabbitMQ server for tests.
pub fn amqp_url() -> String {
    variable("TIDEMARK_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/%2f")
}

/// URL of the Redis server for tests.
pub fn redis_url() -> String {
    variable("TIDEMARK_TEST_REDIS_URL", "redis://127.0.0.1:6379")
}

/// A prefix that no other test uses, for exchanges, queues and keys.
pub fn unique_prefix() -> String {
    format!("t{}", uuid::Uuid::now_v7().simple())
}

fn variable(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}
