//! Processes that are killed, and processes that wake up after their time.

use tests::faults::{self, Plan};

/// Repeats the choices of a run that failed.
fn seed() -> u64 {
    match std::env::var("TIDEMARK_FAULT_SEED") {
        Ok(seed) => seed.parse().expect("TIDEMARK_FAULT_SEED is a number"),
        Err(_) => rand::random::<u32>().into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_reordered_when_one_process_of_each_role_is_stopped_and_one_killed() {
    let plan = Plan::short(seed());
    println!("TIDEMARK_FAULT_SEED={}", plan.seed);
    let report = faults::run(&plan).await;
    println!("{report}");
    assert!(report.is_clean(), "{report}");
}
