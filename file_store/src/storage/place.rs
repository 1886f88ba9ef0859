//! The stores that the configuration can name.

use std::{path::PathBuf, sync::Arc, time::Duration};

use bootstrap::config::{FilesPlace, S3Place};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, Result, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    local::LocalFileSystem,
    path::Path,
    prefix::PrefixStore,
};
use secrecy::ExposeSecret;

/// Tries of one operation after the first.
const RETRIES: usize = 3;
const RETRY_TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Of one request with a piece at most: 5 MiB in 20 s are 260 kB/s.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// The smallest part that Amazon takes; 10,000 of them make up one object.
const PART: usize = 5 << 20;

pub(super) struct Place {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) read_piece: u64,
    pub(super) write_piece: usize,
    pub(super) directory: Option<PathBuf>,
}

pub(super) fn open(place: &FilesPlace) -> Result<Place> {
    match place {
        FilesPlace::Directory(directory) => {
            let absolute = std::path::absolute(directory)
                .map_err(|error| object_store::Error::Generic { store: "directory", source: Box::new(error) })?;
            // Whoever is told that content is there can rely on it: it is on the disk, and so is its name.
            let files = LocalFileSystem::new().with_fsync(true);
            let store = Arc::new(PrefixStore::new(files, Path::from_absolute_path(&absolute)?));
            Ok(Place { store, read_piece: 256 << 10, write_piece: 1 << 20, directory: Some(absolute) })
        }
        FilesPlace::S3(place) => {
            let store = Arc::new(PrefixStore::new(bucket(place)?, Path::parse(&place.prefix)?));
            Ok(Place { store, read_piece: 4 << 20, write_piece: PART, directory: None })
        }
    }
}

fn bucket(place: &S3Place) -> Result<AmazonS3> {
    let builder = match &place.credentials {
        Some(credentials) => AmazonS3Builder::new()
            .with_access_key_id(&credentials.access_key_id)
            .with_secret_access_key(credentials.secret_access_key.expose_secret()),
        None => AmazonS3Builder::from_env(),
    };
    let client = ClientOptions::new().with_connect_timeout(CONNECT_TIMEOUT).with_timeout(REQUEST_TIMEOUT);
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(2),
        ..BackoffConfig::default()
    };
    let retry = RetryConfig { backoff, max_retries: RETRIES, retry_timeout: RETRY_TIMEOUT };
    let builder = builder.with_client_options(client).with_retry(retry);
    let builder = builder.with_bucket_name(&place.bucket).with_region(&place.region);
    match &place.endpoint {
        Some(endpoint) => {
            let is_plain = endpoint.scheme() == "http";
            builder.with_endpoint(endpoint.as_str().trim_end_matches('/')).with_allow_http(is_plain).build()
        }
        None => builder.build(),
    }
}
