//! Secrets of an installation that was given none: made once, kept in a file that only its owner can read.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Context;
use bootstrap::{
    Config,
    config::{SecretKey, Secrets},
};
use serde::{Deserialize, Serialize};

use crate::workspace::Workspace;

/// The names are those of the configuration's table `secrets`.
#[derive(Deserialize, Serialize)]
struct File {
    master_key: String,
    /// By hand, while one master key replaces another.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_master_key: Option<String>,
    token_key: String,
    password_pepper: String,
    /// By hand, likewise; newest first, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_password_peppers: Option<String>,
    index_key: String,
    /// By hand, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_index_key: Option<String>,
}

/// The configuration for a command in the directory of an installation that was given no secrets: with those that
/// `tidemark run` has made there.
pub(crate) fn complete(mut config: Config) -> anyhow::Result<Config> {
    let path = Workspace::here().secrets();
    if config.secrets.master_key.is_published() && path.exists() {
        config.secrets = load_or_generate(&path)?;
    }
    Ok(config)
}

/// The secrets in `path`, which is made on first use.
pub(crate) fn load_or_generate(path: &Path) -> anyhow::Result<Secrets> {
    let file = if path.exists() { load(path)? } else { generate(path)? };
    let damaged = || format!("{} is damaged", path.display());
    let key = |text: &str| SecretKey::from_base64(text).with_context(damaged);
    let peppers = file.previous_password_peppers.as_deref().unwrap_or_default();
    Ok(Secrets {
        master_key: key(&file.master_key)?,
        previous_master_key: file.previous_master_key.as_deref().map(key).transpose()?,
        token_key: key(&file.token_key)?,
        password_pepper: key(&file.password_pepper)?,
        previous_password_peppers: peppers
            .split(',')
            .filter(|text| !text.is_empty())
            .map(key)
            .collect::<Result<_, _>>()?,
        index_key: key(&file.index_key)?,
        previous_index_key: file.previous_index_key.as_deref().map(key).transpose()?,
    })
}

fn load(path: &Path) -> anyhow::Result<File> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is damaged", path.display()))
}

fn generate(path: &Path) -> anyhow::Result<File> {
    let key = || SecretKey::generate().to_base64();
    let (master_key, token_key, password_pepper, index_key) = (key(), key(), key(), key());
    let file = File {
        master_key,
        previous_master_key: None,
        token_key,
        password_pepper,
        previous_password_peppers: None,
        index_key,
        previous_index_key: None,
    };
    let text = format!(
        "# Made on first use. Whoever loses this file loses all personal data: back it up.\n{}",
        toml::to_string(&file)?
    );
    // Complete under another name first: a crash leaves either nothing or everything.
    let unfinished = path.with_extension("new");
    fs::remove_file(&unfinished)
        .or_else(|error| if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
    let mut out = fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(&unfinished)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    fs::rename(&unfinished, path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn secrets_are_made_once_and_only_their_owner_reads_them() {
        let directory = std::env::temp_dir().join(format!("tidemark-secrets-{}", uuid::Uuid::now_v7()));
        fs::create_dir(&directory).unwrap();
        let path = directory.join("secrets.toml");
        let first = load_or_generate(&path).unwrap();
        let again = load_or_generate(&path).unwrap();
        assert_eq!(again.master_key.expose(), first.master_key.expose());
        assert_ne!(first.master_key.expose(), first.token_key.expose());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_damaged_file_is_an_error_and_stays() {
        let path = std::env::temp_dir().join(format!("tidemark-secrets-{}.toml", uuid::Uuid::now_v7()));
        fs::write(&path, "master_key = 1").unwrap();
        assert!(load_or_generate(&path).err().unwrap().to_string().contains("is damaged"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "master_key = 1");
        fs::remove_file(path).unwrap();
    }
}
