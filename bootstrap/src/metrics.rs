//! The process's metrics: one recorder, rendered in the Prometheus text format on the admin port.

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use ::metrics::{gauge, set_global_recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::Tasks;

/// Always 1; its label `version` says what runs.
pub const BUILD_INFO: &str = "tidemark_build_info";
/// Supervised tasks by `state`: running, restarting, stopped.
pub const TASKS: &str = "tidemark_process_tasks_count";
/// Connections of the pool by `state`: busy, idle.
pub const POOL_CONNECTIONS: &str = "tidemark_database_pool_connections";
/// Callers that wait for a connection of the pool.
pub const POOL_WAITING: &str = "tidemark_database_pool_waiting_callers";
/// State of each health check by `check`: 0 up, 1 degraded, 2 down.
pub const HEALTH_STATE: &str = "tidemark_health_check_state";

/// Upper bounds in seconds, from a cached read to a password hash and a slow mail server.
const SECONDS: [f64; 15] =
    [0.0005, 0.001, 0.002, 0.003, 0.005, 0.008, 0.012, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// Upper bounds for everything that is counted rather than timed: batch sizes, rows, bytes.
const COUNTS: [f64; 9] = [1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0, 65_536.0, 1_048_576.0];

const UPKEEP_EVERY: Duration = Duration::from_secs(15);

static RECORDER: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();

/// Why metrics cannot be recorded.
#[derive(Debug, thiserror::Error)]
#[error("cannot record metrics: {0}")]
pub struct MetricsError(String);

/// Renders what was recorded. Clones share the same samplers.
#[derive(Clone)]
pub struct Metrics {
    recorder: PrometheusHandle,
    samplers: Arc<Mutex<Vec<Sampler>>>,
}

type Sampler = Box<dyn Fn() + Send>;

impl Metrics {
    /// Installs the process's recorder; a second call finds the first one's.
    pub fn install() -> Result<Self, MetricsError> {
        let recorder = RECORDER.get_or_init(install_recorder).clone().map_err(MetricsError)?;
        gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1);
        Ok(Self { recorder, samplers: Arc::default() })
    }

    /// Runs `sample` before every rendering: for gauges that cost nothing while nobody looks.
    pub fn on_render(&self, sample: impl Fn() + Send + 'static) {
        self.samplers.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(sample));
    }

    /// Everything recorded so far, in the Prometheus text format.
    pub fn render(&self) -> String {
        for sample in self.samplers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            sample();
        }
        self.recorder.render()
    }

    /// Keeps memory bounded while nobody asks for the metrics: samples of histograms wait to be put into buckets.
    pub fn supervise_upkeep(&self, tasks: &Tasks) {
        let (recorder, shutdown) = (self.recorder.clone(), tasks.shutdown().clone());
        tasks.supervise("metrics upkeep", move || {
            let (recorder, shutdown) = (recorder.clone(), shutdown.clone());
            async move {
                while shutdown.sleep(UPKEEP_EVERY).await {
                    recorder.run_upkeep();
                }
                Ok::<_, MetricsError>(())
            }
        });
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

fn install_recorder() -> Result<PrometheusHandle, String> {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&COUNTS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS))
        .map_err(|error| error.to_string())?
        .build_recorder();
    let handle = recorder.handle();
    set_global_recorder(recorder).map_err(|error| error.to_string())?;
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use ::metrics::{counter, histogram};

    use super::*;

    #[test]
    fn a_second_installation_renders_the_same_numbers() {
        let (first, second) = (Metrics::install().unwrap(), Metrics::install().unwrap());
        counter!("tidemark_test_installs_total").increment(3);
        for metrics in [first, second] {
            assert!(metrics.render().contains("tidemark_test_installs_total 3"));
        }
    }

    #[test]
    fn times_and_counts_have_buckets_of_their_own() {
        let metrics = Metrics::install().unwrap();
        histogram!("tidemark_test_append_duration_seconds").record(0.004);
        histogram!("tidemark_test_batch_events").record(300.0);
        let text = metrics.render();
        assert!(text.contains(r#"tidemark_test_append_duration_seconds_bucket{le="0.003"} 0"#), "{text}");
        assert!(text.contains(r#"tidemark_test_append_duration_seconds_bucket{le="0.005"} 1"#), "{text}");
        assert!(text.contains(r#"tidemark_test_batch_events_bucket{le="1024"} 1"#), "{text}");
    }

    #[test]
    fn samplers_run_when_somebody_looks() {
        let metrics = Metrics::install().unwrap();
        metrics.on_render(|| gauge!("tidemark_test_sampled_count").increment(1));
        metrics.render();
        assert!(metrics.render().contains("tidemark_test_sampled_count 2"));
    }
}
