//! Ending the sessions of everybody, for the operator's command.

use chrono::{DateTime, Utc};
use domain::sessions::EndAllSessions;
use event_store::EventStore;

use crate::{auth::Eras, operator};

/// All have to sign in anew; API keys stay.
pub async fn end_all_sessions(events: &EventStore, at: DateTime<Utc>) -> anyhow::Result<()> {
    events.execute(&Eras::stream(), EndAllSessions { at }, operator::execution()).await?;
    Ok(())
}
