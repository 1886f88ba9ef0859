//! The process that serves the HTTP API.

use bootstrap::{
    Config, Context,
    config::Role,
    process::{self, Exit},
};
use event_store::Head;

#[global_allocator]
static ALLOCATOR: process::Allocator = process::ALLOCATOR;

fn main() -> Exit {
    process::run("tidemark-api", Config::load_for(Role::Api, None), serve)
}

async fn serve(context: Context) -> anyhow::Result<()> {
    let head = Head::new();
    let bus = messaging::start(&context, &head)?;
    api::run(&context, bus, head).await
}
