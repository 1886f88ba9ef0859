//! Waiting for conditions that nothing announces, with an end.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Asks again and again until there is an answer.
///
/// # Panics
/// When there is none within `patience`.
pub async fn until<T>(what: &str, patience: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let looking = async {
        loop {
            look.tick().await;
            if let Some(answer) = ask().await {
                return answer;
            }
        }
    };
    match timeout(patience, looking).await {
        Ok(answer) => answer,
        Err(_) => panic!("{what} did not come within {} s", patience.as_secs()),
    }
}
