//! `tidemark`: the whole backend in one process, and the operator's commands.

use bootstrap::process::{self, Exit};
use tidemark::App;

#[global_allocator]
static ALLOCATOR: process::Allocator = process::ALLOCATOR;

fn main() -> Exit {
    App::new("tidemark").main()
}
