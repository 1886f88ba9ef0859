//! Whether the read models keep up with the log.

use bootstrap::{
    db::Pool,
    health::{Impact, Outcome, Registry},
};

use crate::status::{LaneStatus, status};

/// An event that has waited longer than this, in seconds, is not merely one of many.
const LATE_SECONDS: f64 = 10.0;

/// `projections`: every active lane keeps up, and none has parked a stream. Readers get older rows otherwise.
pub fn register(registry: &Registry, pool: Pool) {
    registry.register("projections", Impact::Partial, move || {
        let pool = pool.clone();
        async move {
            let Ok(mut conn) = pool.get().await else { return Outcome::degraded("the lag is unknown") };
            match status(&mut conn).await {
                Ok(lanes) => judge(&lanes),
                Err(_) => Outcome::degraded("the lag is unknown"),
            }
        }
    });
}

fn judge(lanes: &[LaneStatus]) -> Outcome {
    let active = || lanes.iter().filter(|lane| lane.state == "active");
    let parked: i64 = active().map(|lane| lane.parked).sum();
    let latest = active().max_by(|one, other| one.lag_seconds.total_cmp(&other.lag_seconds));
    match latest {
        Some(lane) if lane.lag_seconds > LATE_SECONDS => Outcome::degraded(format!(
            "{} is {} events and {:.0} s behind the log",
            lane.projection, lane.lag_events, lane.lag_seconds
        )),
        Some(_) | None if parked > 0 => Outcome::degraded(format!("{parked} stream(s) are parked")),
        Some(_) | None => Outcome::up(),
    }
}

#[cfg(test)]
mod tests {
    use bootstrap::health::State;
    use chrono::Utc;

    use super::*;

    fn lane(state: &str, lag_seconds: f64, parked: i64) -> LaneStatus {
        LaneStatus {
            projection: "users".to_owned(),
            build: 1,
            state: state.to_owned(),
            lane: 0,
            position: 5,
            lag_events: 7,
            lag_seconds,
            parked,
            started_at: Utc::now(),
            activated_at: None,
            updated_at: None,
        }
    }

    #[test]
    fn only_builds_that_serve_are_judged() {
        assert_eq!(
            judge(&[lane("active", 1.0, 0), lane("building", 900.0, 3), lane("retired", 900.0, 1)]),
            Outcome::up()
        );
        let late = judge(&[lane("active", 11.0, 0)]);
        assert_eq!(late.state, State::Degraded);
        assert_eq!(late.detail.as_deref(), Some("users is 7 events and 11 s behind the log"));
        let parked = judge(&[lane("active", 0.0, 2), lane("active", 0.0, 0)]);
        assert_eq!(parked.detail.as_deref(), Some("2 stream(s) are parked"));
    }
}
