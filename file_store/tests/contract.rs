//! What every object store has to do, tried with a directory and with a server that speaks the protocol of Amazon S3; and
//! what comes of one that does not answer.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use bootstrap::{Shutdown, config::FilesPlace, health::Registry, process::install_crypto};
use bytes::Bytes;
use file_store::{Incoming, IncomingError, Key, Storage, StorageError};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use test_support::{S3Server, TcpProxy};
use uuid::Uuid;

/// A directory that goes with this value.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("tidemark-files-{}", Uuid::now_v7())))
    }

    fn place(&self) -> FilesPlace {
        FilesPlace::Directory(self.0.clone())
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Bytes that do not repeat soon.
fn noise(length: usize) -> Bytes {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

async fn whole(storage: &Storage, key: &Key, length: usize) -> Result<Vec<u8>, StorageError> {
    let pieces = storage.stream(key, 0..length as u64);
    pieces.try_fold(vec![], |all, piece| async move { Ok([&all, &piece[..]].concat()) }).await
}

async fn keys(storage: &Storage, kind: &str) -> Vec<String> {
    let mut keys: Vec<_> = storage.list(kind).map_ok(|listed| listed.key.to_string()).try_collect().await.unwrap();
    keys.sort_unstable();
    keys
}

async fn keeps_the_contract(place: &FilesPlace) {
    let storage = Storage::open(place).unwrap();
    assert_eq!(keys(&storage, Key::CONTENT).await, Vec::<String>::new());
    // Shorter than a piece, as long as one in each store, and longer than several.
    for length in [0, 1, 1 << 20, (1 << 20) + 1, 5 << 20, (12 << 20) + 7] {
        let (key, content) = (Key::content(Uuid::now_v7()), noise(length));
        let mut incoming = Incoming::begin(&storage, &key, length as u64);
        for chunk in content.chunks(50_000) {
            incoming.take(content.slice_ref(chunk)).await.unwrap();
        }
        let received = incoming.received(None);
        assert_eq!((received.size, received.sha256.as_bytes()), (length as u64, &Sha256::digest(&content).into()));
        assert!(matches!(storage.read(&key, 0..1).await, Err(StorageError::NotFound)), "not before it is complete");
        incoming.store().await.unwrap();
        assert!(whole(&storage, &key, length).await.unwrap() == content, "{length}");
        if length > 10 {
            assert_eq!(storage.read(&key, 5..9).await.unwrap(), content[5..9]);
        }
        assert_eq!(keys(&storage, Key::CONTENT).await, [key.to_string()]);
        let listed: Vec<_> = storage.list(Key::CONTENT).try_collect().await.unwrap();
        assert_eq!(listed[0].size, length as u64);
        assert!((chrono::Utc::now() - listed[0].modified_at).num_minutes() < 5);
        assert_eq!(keys(&storage, Key::THUMBNAILS).await, Vec::<String>::new());
        storage.delete(&key).await.unwrap();
        storage.delete(&key).await.unwrap();
        assert!(matches!(storage.read(&key, 0..1).await, Err(StorageError::NotFound)));
    }
    assert_eq!(keys(&storage, Key::CONTENT).await, Vec::<String>::new());
}

async fn takes_back_what_is_not_finished(place: &FilesPlace) {
    let storage = Storage::open(place).unwrap();
    let key = Key::content(Uuid::now_v7());
    let mut incoming = Incoming::begin(&storage, &key, 11 << 20);
    incoming.take(noise(11 << 20)).await.unwrap();
    let more = incoming.take(noise(1)).await;
    assert!(matches!(more, Err(IncomingError::TooLarge { limit }) if limit == 11 << 20));
    incoming.abandon().await;
    assert_eq!(keys(&storage, Key::CONTENT).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_keeps_the_contract() {
    let directory = Directory::new();
    keeps_the_contract(&directory.place()).await;
    takes_back_what_is_not_finished(&directory.place()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_s3_keeps_the_contract() {
    install_crypto();
    let Some(server) = S3Server::start() else { return };
    for prefix in ["", "some/where"] {
        keeps_the_contract(&server.place(prefix)).await;
        takes_back_what_is_not_finished(&server.place(prefix)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_told_of_soon_and_found_again() {
    install_crypto();
    let Some(server) = S3Server::start() else { return };
    let proxy = TcpProxy::to(server.address()).await;
    let storage = Storage::open(&server.place_at("", &proxy.address().to_string())).unwrap();
    let health = Registry::new(Shutdown::new());
    storage.watch(&health);
    let key = Key::content(Uuid::now_v7());
    storage.put(&key, noise(10)).await.unwrap();
    assert_eq!(health.report().await.checks["files"].detail, None);

    proxy.refuse();
    let started = Instant::now();
    let mut outcomes = vec![];
    while !matches!(outcomes.last(), Some(Err(StorageError::LeftAlone { .. }))) {
        outcomes.push(storage.read(&key, 0..10).await);
        assert!(started.elapsed() < Duration::from_secs(60), "{outcomes:?}");
    }
    assert!(outcomes.iter().all(Result::is_err));
    let asked = Instant::now();
    assert!(matches!(storage.read(&key, 0..10).await, Err(StorageError::LeftAlone { .. })));
    assert!(asked.elapsed() < Duration::from_secs(2), "nothing is tried");

    proxy.resume();
    let found = async {
        loop {
            match storage.read(&key, 0..10).await {
                Ok(bytes) => return bytes,
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    };
    assert_eq!(tokio::time::timeout(Duration::from_secs(20), found).await.unwrap(), noise(10));
}
