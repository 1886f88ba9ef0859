//! AES-256-GCM with random nonces, as everything that is kept in the keys' database or sealed under its keys uses it, and
//! what is kept in Redis.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use rand::RngExt;

const NONCE_LENGTH: usize = 12;

/// A random nonce, then ciphertext and tag. `aad` says what the plaintext is and must be given again to open it, so that
/// a ciphertext which is moved elsewhere does not open.
pub fn encrypt(key: &[u8; 32], plaintext: &[u8], aad: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE_LENGTH] = rand::rng().random();
    let encrypted = Aes256Gcm::new(key.into()).encrypt(&Nonce::from(nonce), Payload { msg: plaintext, aad });
    // Fails only for plaintexts of 64 GiB and more.
    [nonce.to_vec(), encrypted.unwrap_or_default()].concat()
}

/// `None` for what was changed, moved, or encrypted under another key.
pub fn decrypt(key: &[u8; 32], ciphertext: &[u8], aad: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = ciphertext.split_first_chunk::<NONCE_LENGTH>()?;
    Aes256Gcm::new(key.into()).decrypt(&Nonce::from(*nonce), Payload { msg, aad }).ok()
}
