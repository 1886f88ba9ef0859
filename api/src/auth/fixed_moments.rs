//! Work whose end is told at fixed moments, so that an answer does not tell by its time what the work has found.

use std::time::{Duration, Instant};

/// The runtime's timer goes in whole milliseconds from when it is set: by the fraction it is late, it tells when that was.
/// What is left is slept by a thread, to within some 0.1 ms.
const COARSE: Duration = Duration::from_millis(2);

/// Does the work, and returns what came of it when the next multiple of `step` since the beginning is over. As long as
/// `step` is longer than the work mostly takes, that is always the first.
pub(crate) async fn told_in_steps<T>(step: Duration, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    let end = begun + rounded_up(begun.elapsed(), step);
    if let Some(early) = end.checked_sub(COARSE) {
        tokio::time::sleep_until(early.into()).await;
    }
    let rest = move || std::thread::sleep(end.saturating_duration_since(Instant::now()));
    // Fails only where the process stops, and then nobody measures.
    drop(tokio::task::spawn_blocking(rest).await);
    done
}

/// The next multiple of `step` after `elapsed`.
fn rounded_up(elapsed: Duration, step: Duration) -> Duration {
    let steps = (elapsed.as_nanos() / step.as_nanos().max(1)).saturating_add(1);
    step.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(10);

    #[test]
    fn all_that_takes_less_than_a_step_takes_one() {
        for micros in [0, 1, 2_500, 9_999] {
            assert_eq!(rounded_up(Duration::from_micros(micros), STEP), STEP, "{micros}");
        }
        assert_eq!(rounded_up(STEP, STEP), STEP * 2);
        assert_eq!(rounded_up(Duration::from_millis(34), STEP), STEP * 4);
    }

    #[tokio::test]
    async fn what_is_done_at_once_is_not_told_before_its_step_is_over() {
        let begun = Instant::now();
        assert_eq!(told_in_steps(STEP, async { 7 }).await, 7);
        assert!(begun.elapsed() >= STEP, "{:?}", begun.elapsed());
    }
}
