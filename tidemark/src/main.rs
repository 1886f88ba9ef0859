//! `tidemark`: the whole backend in one process, and the operator's commands.

use bootstrap::process::Exit;
use tidemark::App;

fn main() -> Exit {
    App::new("tidemark").main()
}
