//! From what a client asks for to the topic that it gets.

use std::time::Duration;

use domain::{
    collections::{Action, CollectionName},
    records::RecordId,
};
use tracing::warn;
use uuid::Uuid;

use super::{
    peer::FORBIDDEN,
    protocol::{ErrorCode, Refusal},
    records_rule::RecordsRule,
    source::Scope,
    topic::{Rights, Topic},
    topic_name::TopicName,
};
use crate::{
    collections::Found,
    error::{ApiError, ApiResult},
    state::AppState,
};

/// Waiting for a turn, when many come back at once, and finding a collection or an import.
const FIND_TIMEOUT: Duration = Duration::from_secs(30);

/// What a client asks for.
pub(crate) struct Asked<'a> {
    pub(crate) id: u64,
    pub(crate) topic: &'a str,
    pub(crate) filter: Option<&'a str>,
    /// Whether the client says something of itself.
    pub(crate) has_state: bool,
}

/// The topic that is asked for as a user with these rights may see it.
pub(crate) async fn find(state: &AppState, asked: &Asked<'_>, rights: &Rights) -> Result<Topic, Refusal> {
    let name = TopicName::parse(asked.topic).ok_or_else(|| asked.unknown())?;
    if asked.has_state && !matches!(name, TopicName::Presence(_)) {
        return Err(Refusal::new(asked.id, ErrorCode::InvalidState, "this topic takes no state"));
    }
    match name {
        TopicName::OwnUser => asked.without_filter(Topic::own_user(rights)),
        TopicName::Users => asked.without_filter(Topic::users(rights)),
        TopicName::OwnFiles => asked.without_filter(Topic::own_files(rights)),
        TopicName::Files => asked.without_filter(Topic::files(rights)),
        TopicName::Presence(room) => asked.without_filter(Topic::presence(room, rights)),
        TopicName::Import(id) => {
            let owner = in_turn(state, asked, crate::imports::owner(state, id)).await?;
            // To others it is not there.
            let topic = owner.and_then(|owner| Topic::import(id, owner, rights)).ok_or_else(|| asked.unknown())?;
            asked.without_filter(Some(topic))
        }
        TopicName::Collection(name) => {
            let found = collection(state, asked, &name).await?;
            let rule = RecordsRule::new(found.id, found.shape, Action::List, state.clock.now());
            // Before the filter is looked at: what is wrong with it tells of the collection's fields.
            if rule.audience(rights).is_none() {
                return Err(asked.forbidden());
            }
            let rule = match asked.filter {
                Some(text) => rule.filtered(text).map_err(|problem| Refusal::of_filter(asked.id, problem))?,
                None => rule,
            };
            let (name, scope) = (format!("collections/{name}"), Scope::Part(found.id.as_uuid()));
            Topic::records(name, scope, rule, rights).ok_or_else(|| asked.forbidden())
        }
        TopicName::Record(name, id) => {
            let found = collection(state, asked, &name).await?;
            let rule = RecordsRule::new(found.id, found.shape, Action::View, state.clock.now());
            asked.without_filter(record(&name, RecordId::from_uuid(id), rule, rights))
        }
    }
}

fn record(name: &CollectionName, id: RecordId, rule: RecordsRule, rights: &Rights) -> Option<Topic> {
    let id: Uuid = id.as_uuid();
    Topic::records(format!("collections/{name}/records/{id}"), Scope::One(id), rule, rights)
}

async fn collection(state: &AppState, asked: &Asked<'_>, name: &CollectionName) -> Result<Found, Refusal> {
    in_turn(state, asked, state.collections.read(name, None)).await
}

async fn in_turn<T>(
    state: &AppState,
    asked: &Asked<'_>,
    look: impl Future<Output = ApiResult<T>>,
) -> Result<T, Refusal> {
    let turns = state.live.turns();
    let find = async {
        // Those who come back all at once wait here, not for a connection of the pool. The semaphore is never closed.
        let _turn = turns.acquire().await;
        look.await
    };
    match tokio::time::timeout(FIND_TIMEOUT, find).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(ApiError::NotFound)) => Err(asked.unknown()),
        Ok(Err(error)) => {
            warn!(%error, "what a topic is about cannot be read");
            Err(asked.unavailable())
        }
        Err(_) => Err(asked.unavailable()),
    }
}

impl Asked<'_> {
    fn without_filter(&self, topic: Option<Topic>) -> Result<Topic, Refusal> {
        let topic = topic.ok_or_else(|| self.forbidden())?;
        match self.filter {
            None => Ok(topic),
            Some(_) => Err(Refusal::new(self.id, ErrorCode::InvalidFilter, "this topic takes no filter")),
        }
    }

    fn unknown(&self) -> Refusal {
        Refusal::new(self.id, ErrorCode::UnknownTopic, "there is no such topic")
    }

    fn forbidden(&self) -> Refusal {
        Refusal::new(self.id, ErrorCode::Forbidden, FORBIDDEN)
    }

    fn unavailable(&self) -> Refusal {
        Refusal::new(self.id, ErrorCode::Unavailable, "try again")
    }
}
