//! `tidemark keys`: the keys that sign access tokens, the master key that wraps all others, and the key of addresses'
//! blind indexes.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use anyhow::{Context as _, ensure};
use api::{
    auth::rotation,
    clock::Clock,
    users::{EmailClaims, Reindexed, reindex_addresses},
};
use bootstrap::{Context, config::Secrets, process::Exit};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use event_store::{EventStore, Head, SigningKeys, SubjectKeys, master_keys, signing_keys::SigningKeyRecord};

use crate::ConfigSource;

const NAME: &str = "tidemark keys";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows all keys there ever were, newest first.
    List,
    /// Makes a new key. It signs from a minute on; tokens that its predecessor has signed stay good until their end.
    Rotate,
    /// Withdraws a key at once, and with it all tokens that it has signed: for a key that others may have. Their users
    /// have to renew them or to sign in again.
    Revoke { kid: String },
    /// Wraps the keys of persons and of access tokens anew under secrets.master_key, those that
    /// secrets.previous_master_key has wrapped. Can be interrupted and repeated; nothing stops meanwhile.
    RotateMaster,
    /// Moves the blind indexes of addresses to secrets.index_key, those that secrets.previous_index_key has made. Can be
    /// interrupted and repeated; nothing stops meanwhile.
    RotateIndex,
}

pub fn main(config: &ConfigSource, command: Command) -> Exit {
    super::run(NAME, config, |context| run(context, command))
}

async fn run(context: Context, command: Command) -> anyhow::Result<()> {
    let secrets = &context.config.secrets;
    let (keys, now) = (SigningKeys::new(context.keys_database().await?, secrets), Clock.now());
    match command {
        Command::List => list(&keys, now).await,
        Command::Rotate => {
            // Before the first start, or the new key would be the first one.
            rotation::ensure_first(&keys, &context.config.secrets.token_key, now).await?;
            let (kid, signs_from) = rotation::rotate(&keys, now).await?;
            println!("{kid} signs from {}", shown(signs_from));
            Ok(())
        }
        Command::Revoke { kid } => {
            if let Some(replacement) = rotation::revoke(&keys, &kid, now).await? {
                println!("{replacement} signs from now on");
            }
            println!("{kid} is revoked; every process refuses it within ten seconds");
            Ok(())
        }
        Command::RotateIndex => rotate_index(&context).await,
        Command::RotateMaster => {
            ensure_distinct(secrets)?;
            let persons = SubjectKeys::new(context.keys_database().await?, secrets).rewrap_all().await?;
            let signing = keys.rewrap_all().await?;
            println!("wrapped anew: keys of {persons} persons, {signing} keys of access tokens");
            println!("all keys are under secrets.master_key");
            Ok(())
        }
    }
}

async fn rotate_index(context: &Context) -> anyhow::Result<()> {
    let secrets = &context.config.secrets;
    let other = secrets.previous_index_key.as_ref().context("secrets.previous_index_key is not set")?;
    let claims = EmailClaims::new(&secrets.index_key).beside(Some(other));
    let pool = context.database().await?;
    let keys = SubjectKeys::new(context.keys_database().await?, secrets);
    let url = context.config.database_url()?;
    let events = EventStore::open(url, pool, Head::new(), &context.tasks, Default::default());
    let Reindexed { moved, current, dropped, held, strange } = reindex_addresses(&events, &keys, &claims).await?;
    println!("made anew: blind indexes of {moved} addresses; {current} were under secrets.index_key already");
    if dropped > 0 {
        println!("{dropped} were of addresses that their users have no more, and are gone");
    }
    for claim in held {
        println!("{} and {} have the same address, and keep it both", claim.stream.id(), claim.holder.id());
    }
    if strange > 0 {
        println!("{strange} are of no address of their user under either key, and were left alone");
    }
    Ok(())
}

/// What is still to be wrapped anew is told by a hash of the master key.
fn ensure_distinct(secrets: &Secrets) -> anyhow::Result<()> {
    let alike = |previous| master_keys::look_alike(secrets.master_key.expose(), previous);
    let is_alike = secrets.previous_master_key.as_ref().is_some_and(|previous| alike(previous.expose()));
    ensure!(!is_alike, "the two master keys have one version by chance: make another one");
    Ok(())
}

async fn list(keys: &SigningKeys, now: DateTime<Utc>) -> anyhow::Result<()> {
    println!("{:<43}  {:<9}  {:<20}  {:<20}  {:<20}", "kid", "state", "made", "signs from", "ends");
    let records = keys.list().await?;
    for (record, state) in records.iter().zip(states(&records, now)) {
        let ends = record.revoked_at.or(record.verifies_until).map(shown).unwrap_or_default();
        let (made, signs_from) = (shown(record.created_at), shown(record.signs_from));
        println!("{:<43}  {state:<9}  {made:<20}  {signs_from:<20}  {ends:<20}", record.kid);
    }
    Ok(())
}

fn shown(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// What each key is good for; the keys come newest first, and of those that could sign the newest does.
fn states(records: &[SigningKeyRecord], now: DateTime<Utc>) -> Vec<&'static str> {
    let mut signs = false;
    let state = |record: &SigningKeyRecord| {
        if record.revoked_at.is_some() {
            "revoked"
        } else if record.verifies_until.is_some_and(|until| until <= now) {
            "ended"
        } else if record.signs_from > now {
            "announced"
        } else if std::mem::replace(&mut signs, true) {
            "verifies"
        } else {
            "signs"
        }
    };
    records.iter().map(state).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds)
    }

    fn record(signs_from: i64, verifies_until: Option<i64>, revoked_at: Option<i64>) -> SigningKeyRecord {
        SigningKeyRecord {
            kid: "x".to_owned(),
            created_at: at(0),
            signs_from: at(signs_from),
            verifies_until: verifies_until.map(at),
            revoked_at: revoked_at.map(at),
        }
    }

    #[test]
    fn each_key_is_shown_with_what_it_is_good_for() {
        let keys = [
            record(200, None, None),
            record(90, None, Some(95)),
            record(80, Some(500), None),
            record(70, Some(400), None),
            record(1, Some(99), None),
        ];
        assert_eq!(states(&keys, at(100)), ["announced", "revoked", "signs", "verifies", "ended"]);
    }
}
