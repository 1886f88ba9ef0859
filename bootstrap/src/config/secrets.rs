//! The secrets of the installation, as far as a role has a use for them.

use super::{Environment, Role, SecretKey, Secrets, source::Source};

/// Former peppers; whoever has not signed in for so many rotations sets a new password.
const MOST_PEPPERS: usize = 8;

pub(super) fn read(source: &mut Source, environment: Environment, role: Role) -> Secrets {
    let private = !environment.is_development();
    let (opens, signs_in) = (role.opens_personal_data(), role.signs_people_in());
    let mut secret = |key: &str, needed: bool, development: [u8; 32]| {
        if !needed {
            source.leave(key);
            return SecretKey::generate();
        }
        let text = source.text_or_file(key, private);
        match &text {
            None if private => source.refuse(key, "is required outside development"),
            None => {}
            Some(text) if SecretKey::from_base64(text).is_some() => {}
            Some(_) => source.refuse(key, "must be the base64 of exactly 32 random bytes: openssl rand -base64 32"),
        }
        text.and_then(|text| SecretKey::from_base64(&text)).unwrap_or_else(|| SecretKey::new(development))
    };
    let master_key = secret("secrets.master_key", opens, SecretKey::DEVELOPMENT_MASTER);
    let token_key = secret("secrets.token_key", opens, SecretKey::DEVELOPMENT_TOKEN);
    let password_pepper = secret("secrets.password_pepper", signs_in, SecretKey::DEVELOPMENT_PEPPER);
    let index_key = secret("secrets.index_key", signs_in, SecretKey::DEVELOPMENT_INDEX);
    let mut former = |key: &str, needed: bool, most: usize| {
        if needed {
            return former_secrets(source, key, most, private);
        }
        source.leave(key);
        vec![]
    };
    Secrets {
        master_key,
        previous_master_key: former("secrets.previous_master_key", opens, 1).pop(),
        token_key,
        password_pepper,
        previous_password_peppers: former("secrets.previous_password_peppers", signs_in, MOST_PEPPERS),
        index_key,
        previous_index_key: former("secrets.previous_index_key", signs_in, 1).pop(),
    }
}

/// Secrets that are being replaced, or were; none unless somebody names them. Several are separated by commas or white
/// space.
fn former_secrets(source: &mut Source, key: &str, most: usize, private: bool) -> Vec<SecretKey> {
    let Some(text) = source.text_or_file(key, private) else { return vec![] };
    let texts = text.split(|char: char| char.is_whitespace() || char == ',').filter(|text| !text.is_empty());
    let secrets: Option<Vec<SecretKey>> = texts.map(SecretKey::from_base64).collect();
    match secrets.filter(|secrets| (1..=most).contains(&secrets.len())) {
        Some(secrets) => secrets,
        None => {
            source.refuse(key, "must be the base64 of exactly 32 random bytes");
            vec![]
        }
    }
}
