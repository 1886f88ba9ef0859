//! What is told of a lane: how far it is, how far behind, and what it has parked.

use ::metrics::{Counter, Gauge, counter, gauge};
use chrono::Utc;

use super::{ConsumerKey, runner::Holding};
use crate::{
    RecordedEvent,
    metrics::{CONSUMED, LAG_EVENTS, LAG_SECONDS, PARKED},
};

/// Looked up once, since a lane may tell it a thousand times a second.
pub(super) struct Gauges {
    lag_events: Gauge,
    lag_seconds: Gauge,
    parked: Gauge,
    position: Counter,
}

impl Gauges {
    pub(super) fn of(ConsumerKey { consumer, lane, .. }: &ConsumerKey) -> Self {
        let labels = [("consumer", consumer.clone()), ("lane", lane.to_string())];
        Self {
            lag_events: gauge!(LAG_EVENTS, &labels),
            lag_seconds: gauge!(LAG_SECONDS, &labels),
            parked: gauge!(PARKED, &labels),
            position: counter!(CONSUMED, &labels),
        }
    }

    pub(super) fn record(&self, holding: &Holding, head: i64, last: Option<&RecordedEvent>) {
        let behind = (head - holding.position).max(0);
        self.lag_events.set(behind as f64);
        let age = match last {
            Some(last) if behind > 0 => (Utc::now() - last.recorded_at).as_seconds_f64().max(0.0),
            Some(_) | None => 0.0,
        };
        self.lag_seconds.set(age);
        self.parked.set(holding.parked.len() as f64);
        self.position.absolute(holding.position as u64);
    }
}
