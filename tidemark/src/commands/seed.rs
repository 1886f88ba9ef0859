//! `tidemark seed`: people for development, the same at each run.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use anyhow::{Context as _, ensure};
use api::{
    AppState, operator,
    users::{SeedUser, seed_user},
};
use bootstrap::{Context, process::Exit};
use clap::Args;
use domain::{
    Aggregate,
    roles::{DefineRole, Permission, ROLES_STREAM, RoleDescription, RoleName, Roles, define::DefineRoleRefused},
    users::{DisplayName, Email, Locale},
};
use event_store::{ExecuteError, Head, StreamId};

use crate::ConfigSource;

/// Everybody's. The installation is for development, so it is no secret.
const PASSWORD: &str = "seeded for development only";
const FIRST_NAMES: [&str; 20] = [
    "Ada",
    "Alan",
    "Barbara",
    "Claude",
    "Dorothy",
    "Edsger",
    "Frances",
    "Grace",
    "Hedy",
    "Ivan",
    "Joan",
    "Katherine",
    "Lise",
    "Mary",
    "Niklaus",
    "Olga",
    "Radia",
    "Sophie",
    "Tim",
    "Zuse",
];
const LAST_NAMES: [&str; 20] = [
    "Bauer", "Clarke", "Dijkstra", "Engel", "Fischer", "Hamilton", "Hopper", "Johnson", "Kovač", "Lovelace", "Meyer",
    "Nygård", "Okafor", "Perlman", "Ritchie", "Schmidt", "Turing", "Vaughan", "Wirth", "Özdemir",
];
/// Roles that the people of an organisation might have, and what they may do.
const ROLES: [(&str, &str, &[&str]); 2] = [
    ("support", "Answers users", &["users:read:all", "users:suspend:all", "audit:read:own"]),
    ("auditor", "Looks at what was done, and changes nothing", &["users:read:all", "audit:read:all", "roles:read:all"]),
];

#[derive(Debug, Args)]
pub struct Arguments {
    /// How many people there are to be; those that there are count.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    users: u32,
}

pub fn main(config: &ConfigSource, arguments: Arguments) -> Exit {
    super::run("tidemark seed", config, |context| run(context, arguments))
}

async fn run(context: Context, Arguments { users }: Arguments) -> anyhow::Result<()> {
    ensure!(context.config.environment.is_development(), "people are made up in development only");
    let head = Head::new();
    let bus = messaging::start(&context, &head)?;
    let state = AppState::new(&context, bus, head, api::Options::default()).await?;
    define_roles(&state).await?;
    let hashed = state.passwords.hash(PASSWORD).await;
    let password_hash = hashed.map_err(|error| anyhow::anyhow!("the password: {error:?}"))?;
    let mut made = 0;
    for number in 0..users {
        if context.shutdown.is_requested() {
            break;
        }
        let user = person(number as usize, &password_hash)?;
        made += u32::from(seed_user(&state, &user).await.with_context(|| format!("person {number}"))?);
    }
    println!("{made} of {users} people were made; the others were there");
    println!("each signs in with the password: {PASSWORD}");
    println!("for example {}", person(0, "")?.email.as_str());
    Ok(())
}

async fn define_roles(state: &AppState) -> anyhow::Result<()> {
    let stream = StreamId::new(Roles::CATEGORY, ROLES_STREAM);
    for (name, description, permissions) in ROLES {
        let command = DefineRole {
            role: RoleName::parse(name)?,
            description: RoleDescription::parse(description)?,
            permissions: permissions.iter().map(|text| Permission::parse(text)).collect::<Result<_, _>>()?,
            at: state.clock.now(),
        };
        match state.events.execute(&stream, command, operator::execution()).await {
            Ok(_) | Err(ExecuteError::Refused(DefineRoleRefused::AlreadyDefined | DefineRoleRefused::NameUsed)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The person of this number, always the same: most of them are verified, some have a role, few are suspended.
fn person(number: usize, password_hash: &str) -> anyhow::Result<SeedUser<'_>> {
    let first = FIRST_NAMES[number % FIRST_NAMES.len()];
    let last = LAST_NAMES[(number / FIRST_NAMES.len() + number) % LAST_NAMES.len()];
    let role = match number % 25 {
        7 | 14 => Some("support"),
        21 => Some("auditor"),
        _ => None,
    };
    Ok(SeedUser {
        email: Email::parse(&format!("{}.{number}@example.test", first.to_lowercase()))?,
        display_name: DisplayName::parse(&format!("{first} {last}"))?,
        locale: if number.is_multiple_of(3) { Locale::De } else { Locale::En },
        password_hash,
        verified: number % 5 != 4,
        role: role.map(RoleName::parse).transpose()?,
        suspended: number % 20 == 19,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn everybody_is_valid_and_somebody_else() {
        let people: Vec<_> = (0..1000).map(|number| person(number, "").unwrap()).collect();
        let addresses: HashSet<_> = people.iter().map(|person| person.email.canonical()).collect();
        assert_eq!(addresses.len(), 1000);
        for wanted in [true, false] {
            assert!(people.iter().any(|person| person.verified == wanted));
            assert!(people.iter().any(|person| person.suspended == wanted));
            assert!(people.iter().any(|person| person.role.is_some() == wanted));
        }
    }

    #[test]
    fn roles_are_valid() {
        for (name, description, permissions) in ROLES {
            assert!(RoleName::parse(name).is_ok() && RoleDescription::parse(description).is_ok());
            assert!(permissions.iter().all(|text| Permission::parse(text).is_ok()));
        }
    }
}
