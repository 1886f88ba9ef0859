//! An independent fold of the log: what every user was after every event, made without the product's code.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use projections::users::UserRow;
use serde_json::Value;
use uuid::Uuid;

use super::Logged;
use crate::faults::history::{Operation, Person, Request};

/// Every state of every user; the one at index 0 is version 1.
#[derive(Clone, Debug, Default)]
pub struct Fold(pub BTreeMap<Uuid, Vec<State>>);

/// A user after an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub row: UserRow,
    /// The display name in the clear, as the clients gave it.
    pub name: Option<String>,
    pub person: Option<Person>,
}

impl Fold {
    /// Folds the whole log; the history says what sealed fields hold.
    pub fn of(history: &[Operation], log: &[Logged]) -> Self {
        let operations: HashMap<Uuid, &Operation> =
            history.iter().map(|operation| (operation.op_id, operation)).collect();
        let mut fold = Self::default();
        for event in log {
            let Some(user) = event.user() else { continue };
            let states = fold.0.entry(user).or_default();
            let operation = event.cause.and_then(|cause| operations.get(&cause).copied());
            if let Some(state) = apply(states.last(), user, event, operation) {
                states.push(state);
            }
        }
        fold
    }

    /// The user at a version.
    pub fn at(&self, user: Uuid, version: i64) -> Option<&State> {
        self.0.get(&user)?.get(usize::try_from(version).ok()?.checked_sub(1)?)
    }

    /// Every user as of the end of the log.
    pub fn last(&self) -> impl Iterator<Item = (&Uuid, &State)> {
        self.0.iter().filter_map(|(user, states)| Some((user, states.last()?)))
    }

    pub fn user_of(&self, person: Person) -> Option<Uuid> {
        self.last().find(|(_, state)| state.person == Some(person)).map(|(user, _)| *user)
    }
}

fn apply(before: Option<&State>, user: Uuid, event: &Logged, operation: Option<&Operation>) -> Option<State> {
    let payload = &event.payload;
    let text = |name: &str| payload[name].as_str().map(str::to_owned);
    let mut state = match event.event_type.as_str() {
        "user.registered" => State {
            row: UserRow {
                id: user,
                version: 0,
                email: text("email")?,
                display_name: text("display_name"),
                locale: text("locale")?,
                roles: vec!["member".to_owned()],
                created_at: time(payload)?,
                updated_at: time(payload)?,
                position: 0,
                deleted: false,
                email_verified: false,
                status: "active".to_owned(),
                totp: false,
                generation: 0,
                avatar: None,
            },
            name: operation.map(|operation| operation.person.first_name()),
            person: operation.map(|operation| operation.person),
        },
        _ => before?.clone(),
    };
    match event.event_type.as_str() {
        "user.profile_changed" => {
            (state.row.display_name, state.row.locale) = (text("display_name"), text("locale")?);
            state.row.updated_at = time(payload)?;
            state.name = match operation.map(|operation| &operation.request) {
                Some(Request::Rename { name, .. }) => Some(name.clone()),
                _ => None,
            };
        }
        "user.role_granted" => {
            state.row.roles.push(text("role")?);
            state.row.roles.sort();
            state.row.updated_at = time(payload)?;
        }
        _ => {}
    }
    (state.row.version, state.row.position) = (event.version, event.position);
    Some(state)
}

fn time(payload: &Value) -> Option<DateTime<Utc>> {
    payload["at"].as_str()?.parse().ok()
}
