//! The process that runs reactions and jobs.

use bootstrap::{
    Config, Context,
    config::Role,
    process::{self, Exit},
};
use event_store::Head;

#[global_allocator]
static ALLOCATOR: process::Allocator = process::ALLOCATOR;

fn main() -> Exit {
    process::run("tidemark-worker", Config::load_for(Role::Worker, None), run)
}

async fn run(context: Context) -> anyhow::Result<()> {
    let head = Head::new();
    messaging::start(&context, &head)?;
    workers::run(&context, head).await
}
