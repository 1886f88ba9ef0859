//! Everybody who may come to a route, each with an account and a session of their own.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::{
    Aggregate, Command,
    roles::{DefineRole, Permission, RoleDescription, RoleName},
    users::{GrantRole, RevokeRole, SuspendUser, User},
};
use event_store::{EventStore, Execution, StreamId};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::{Person, TestApp, token_claims},
    client::Request,
};

const AT: chrono::DateTime<chrono::Utc> = chrono::DateTime::UNIX_EPOCH;

/// Who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Nobody,
    /// With something that is no token.
    Broken,
    /// With a token from before.
    Suspended,
    Member,
    /// With a role that permits `users:read:all` and `roles:read:all`, and no other one.
    Support,
    /// With an administrator's API key for `users:read:all` and `users:suspend:all`.
    Key,
    Admin,
}

impl Who {
    pub(crate) const ALL: [Self; 7] =
        [Self::Nobody, Self::Broken, Self::Suspended, Self::Member, Self::Support, Self::Key, Self::Admin];
}

/// Somebody who comes; `None` has no account.
pub(crate) struct Actor {
    pub(crate) person: Option<Person>,
    bearer: Option<String>,
}

impl Actor {
    pub(crate) fn sign(&self, request: Request) -> Request {
        match &self.bearer {
            Some(bearer) => request.token(bearer),
            None => request,
        }
    }
}

/// Makes people, and what they do in another process of the installation.
pub(crate) struct Cast {
    store: EventStore,
    count: AtomicUsize,
}

impl Cast {
    pub(crate) async fn of(app: &TestApp) -> Self {
        let pool = app.context.database().await.unwrap();
        let head = event_store::Head::new();
        let store = EventStore::open(app.database.url(), pool, head, &app.context.tasks, Default::default());
        Self { store, count: AtomicUsize::new(0) }
    }

    pub(crate) async fn execute<C>(&self, stream: &StreamId, command: C) -> i64
    where
        C: Command,
        C::Aggregate: Serialize + DeserializeOwned,
    {
        let done = self.store.execute(stream, command, Execution::new(Uuid::now_v7())).await.expect("executed");
        done.position.expect("something happened")
    }

    /// Defines a role; returns its name.
    pub(crate) async fn define(&self, role: &str, permissions: &[&str]) -> RoleName {
        let role = RoleName::parse(role).unwrap();
        let command = DefineRole {
            role: role.clone(),
            description: RoleDescription::default(),
            permissions: permissions.iter().map(|text| Permission::parse(text).unwrap()).collect(),
            at: AT,
        };
        self.execute(&api::auth::RoleBook::stream(), command).await;
        role
    }

    pub(crate) async fn grant(&self, person: &Person, role: RoleName) -> i64 {
        self.execute(&account(person), GrantRole { role, at: AT }).await
    }

    pub(crate) async fn revoke(&self, person: &Person, role: RoleName) -> i64 {
        self.execute(&account(person), RevokeRole { role, at: AT }).await
    }

    pub(crate) async fn suspend(&self, person: &Person) -> i64 {
        self.execute(&account(person), SuspendUser { at: AT }).await
    }

    /// A new person with a name that no other one has.
    pub(crate) async fn person(&self, app: &TestApp, name: &str) -> Person {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        app.person(&format!("{name}{number}@example.org")).await
    }

    /// A new person of this kind. The role `support` has to be defined.
    pub(crate) async fn actor(&self, app: &TestApp, who: Who) -> Actor {
        match who {
            Who::Nobody => return Actor { person: None, bearer: None },
            Who::Broken => return Actor { person: None, bearer: Some("broken".to_owned()) },
            Who::Suspended | Who::Member | Who::Support | Who::Key | Who::Admin => {}
        }
        let person = self.person(app, &format!("{who:?}").to_lowercase()).await;
        let mut bearer = person.token.clone();
        match who {
            Who::Suspended => drop(self.suspend(&person).await),
            Who::Support => {
                self.grant(&person, RoleName::parse("support").unwrap()).await;
                self.revoke(&person, RoleName::MEMBER).await;
            }
            Who::Admin => drop(self.grant(&person, RoleName::ADMIN).await),
            Who::Key => {
                self.grant(&person, RoleName::ADMIN).await;
                bearer = api_key(app, &person, &["users:read:all", "users:suspend:all"]).await.1;
            }
            Who::Nobody | Who::Broken | Who::Member => {}
        }
        Actor { person: Some(person), bearer: Some(bearer) }
    }
}

/// Makes an API key over HTTP; returns its id and the key.
pub(crate) async fn api_key(app: &TestApp, person: &Person, permissions: &[&str]) -> (Uuid, String) {
    let body = json!({"name": "Nightly export", "permissions": permissions});
    let answer = app.request("POST", "/v1/users/me/api-keys").token(&person.token).json(&body).send().await;
    let created = answer.ok(201).json();
    (created["id"].as_str().unwrap().parse().unwrap(), created["key"].as_str().unwrap().to_owned())
}

/// The session that a person has signed in with.
pub(crate) fn session(person: &Person) -> Uuid {
    token_claims(&person.token)["sid"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn account(person: &Person) -> StreamId {
    StreamId::new(User::CATEGORY, person.id)
}
