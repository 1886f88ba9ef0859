//! `orders`: the product with orders, and all of its commands.

use bootstrap::process::{self, Exit};

#[global_allocator]
static ALLOCATOR: process::Allocator = process::ALLOCATOR;

fn main() -> Exit {
    orders::app().main()
}
