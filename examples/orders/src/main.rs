//! `orders`: the product with orders, and all of its commands.

use bootstrap::process::Exit;

fn main() -> Exit {
    orders::app().main()
}
