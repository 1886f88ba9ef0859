//! Where the content of files is kept, and how much of it there may be.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use super::{Environment, Role, source::Source};

const URL: &str = "files.url";
const ENDPOINT: &str = "files.endpoint";
const REGION: &str = "files.region";
const ACCESS_KEY: &str = "files.access_key_id";
const SECRET_KEY: &str = "files.secret_access_key";
const TYPES: &str = "files.types";
const THUMBNAILS: &str = "files.thumbnails";
const PLACE: &str = "a directory, or s3://bucket/prefix";
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// An object of S3 has at most 10,000 parts, and content goes there in parts of 5 MiB.
const MOST_BYTES: u64 = 48 * GIB;
/// Sizes of thumbnails: each costs work and room for every picture.
const MOST_THUMBNAILS: usize = 8;

/// Files that people upload.
#[derive(Clone, Debug)]
pub struct Files {
    pub place: FilesPlace,
    /// Of one file.
    pub max_bytes: u64,
    /// Of all files of one person.
    pub quota_bytes: u64,
    /// Files of one person.
    pub quota_files: u64,
    /// Media types that are taken, such as `image/png` and `image/*`; none means all.
    pub types: Vec<String>,
    /// The longest sides of thumbnails in pixels, ascending.
    pub thumbnails: Vec<u32>,
    /// Uploads at the same time in one process.
    pub concurrent_uploads: usize,
    /// How long an upload that is not complete is kept after its last byte.
    pub upload_hours: u32,
    /// How long a temporary file is kept.
    pub temporary_days: u32,
}

/// Where content lies.
#[derive(Clone, Debug)]
pub enum FilesPlace {
    Directory(PathBuf),
    S3(S3Place),
}

/// A bucket of Amazon S3, or of a server that speaks its protocol.
#[derive(Clone, Debug)]
pub struct S3Place {
    pub bucket: String,
    /// Starts every key; may be empty.
    pub prefix: String,
    /// `None` is Amazon's own of the region.
    pub endpoint: Option<Url>,
    pub region: String,
    /// `None` takes the credentials of the environment or the machine, as other tools do.
    pub credentials: Option<S3Credentials>,
}

#[derive(Clone, Debug)]
pub struct S3Credentials {
    pub access_key_id: String,
    pub secret_access_key: SecretString,
}

pub(super) fn read(source: &mut Source, environment: Environment, role: Role) -> Files {
    let day_hours = 24;
    Files {
        place: place(source, environment, role),
        max_bytes: source.number("files.max_bytes", GIB, 1..=MOST_BYTES),
        quota_bytes: source.number("files.quota_bytes", 10 * GIB, MIB..=1 << 50),
        quota_files: source.number("files.quota_files", 10_000, 1..=10_000_000),
        types: types(source),
        thumbnails: thumbnails(source),
        concurrent_uploads: source.number("files.concurrent_uploads", 16, 1..=1_000),
        upload_hours: source.number("files.upload_hours", day_hours, 1..=30 * day_hours),
        temporary_days: source.number("files.temporary_days", 7, 1..=365),
    }
}

fn place(source: &mut Source, environment: Environment, role: Role) -> FilesPlace {
    let s3 = S3Settings::take(source, environment, role);
    let directory = FilesPlace::Directory(".tidemark/files".into());
    let Some(text) = source.text(URL) else {
        if !environment.is_development() && role.keeps_files() {
            source.refuse(URL, "is required outside development");
        }
        s3.refuse_without_bucket(source);
        return directory;
    };
    if text.contains(char::is_control) {
        source.refuse(URL, format!("must be {PLACE}"));
        return directory;
    }
    let Some(bucket) = text.strip_prefix("s3://") else {
        if text.contains("://") {
            source.refuse(URL, format!("must be {PLACE}"));
        }
        s3.refuse_without_bucket(source);
        return FilesPlace::Directory(text.into());
    };
    let (bucket, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
    let prefix = prefix.trim_matches('/');
    if !is_bucket(bucket) || !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/.".contains(&byte)) {
        source.refuse(URL, format!("must be {PLACE}"));
    }
    FilesPlace::S3(S3Place {
        bucket: bucket.to_owned(),
        prefix: prefix.to_owned(),
        endpoint: s3.endpoint,
        region: s3.region.unwrap_or_else(|| "us-east-1".to_owned()),
        credentials: s3.credentials,
    })
}

struct S3Settings {
    endpoint: Option<Url>,
    region: Option<String>,
    credentials: Option<S3Credentials>,
}

impl S3Settings {
    fn take(source: &mut Source, environment: Environment, role: Role) -> Self {
        let expected = "an http:// or https:// URL";
        let endpoint: Option<Url> = source.optional(ENDPOINT, expected);
        if endpoint.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https") || !url.username().is_empty())
        {
            source.refuse(ENDPOINT, format!("must be {expected}"));
        }
        let region = source.text(REGION);
        if region.as_ref().is_some_and(|name| !is_plain(name, b"-")) {
            source.refuse(REGION, "must be the name of a region, such as eu-central-1");
        }
        if !role.keeps_files() {
            source.leave(SECRET_KEY);
            source.leave(ACCESS_KEY);
            return Self { endpoint, region, credentials: None };
        }
        Self { endpoint, region, credentials: credentials(source, environment) }
    }

    fn refuse_without_bucket(&self, source: &mut Source) {
        for (key, is_set) in [
            (ENDPOINT, self.endpoint.is_some()),
            (REGION, self.region.is_some()),
            (ACCESS_KEY, self.credentials.is_some()),
        ] {
            if is_set {
                source.refuse(key, format!("is for {URL} = s3://bucket/prefix only"));
            }
        }
    }
}

fn credentials(source: &mut Source, environment: Environment) -> Option<S3Credentials> {
    let access_key_id = source.text(ACCESS_KEY);
    let secret_access_key = source.text_or_file(SECRET_KEY, !environment.is_development());
    let secret_access_key = secret_access_key.map(|secret| secret.trim().to_owned());
    if access_key_id.as_ref().is_some_and(|key| !is_plain(key, b"-_")) {
        source.refuse(ACCESS_KEY, "must be letters and digits");
    }
    if secret_access_key.as_ref().is_some_and(|key| key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()))
    {
        source.refuse(SECRET_KEY, "must be visible ASCII characters");
    }
    match (access_key_id, secret_access_key) {
        (Some(access_key_id), Some(secret)) => Some(S3Credentials { access_key_id, secret_access_key: secret.into() }),
        (Some(_), None) => {
            source.refuse(SECRET_KEY, format!("is required together with {ACCESS_KEY}"));
            None
        }
        (None, Some(_)) => {
            source.refuse(ACCESS_KEY, format!("is required together with {SECRET_KEY}"));
            None
        }
        (None, None) => None,
    }
}

fn types(source: &mut Source) -> Vec<String> {
    let expected = "a list of media types, such as image/*, application/pdf";
    let types: Vec<String> = source.list(TYPES, expected);
    let types: Vec<String> = types.into_iter().map(|text| text.to_ascii_lowercase()).collect();
    let is_type = |text: &String| {
        text.split_once('/')
            .is_some_and(|(kind, subtype)| is_plain(kind, b"") && (subtype == "*" || is_plain(subtype, b"-.+_")))
    };
    if !types.iter().all(is_type) {
        source.refuse(TYPES, format!("must be {expected}"));
    }
    types
}

fn thumbnails(source: &mut Source) -> Vec<u32> {
    let expected = "a list of at most 8 numbers from 16 to 4096";
    let before = source.problems.len();
    let mut sizes: Vec<u32> = source.list(THUMBNAILS, expected);
    if sizes.is_empty() && source.problems.len() == before {
        sizes = vec![64, 320, 1280];
    }
    if sizes.len() > MOST_THUMBNAILS || !sizes.iter().all(|size| (16..=4096).contains(size)) {
        source.refuse(THUMBNAILS, format!("must be {expected}"));
    }
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// As Amazon names buckets.
fn is_bucket(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    (3..=63).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_plain(text: &str, others: &[u8]) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::FilesPlace;
    use crate::{Config, config::ConfigError};

    fn loaded(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variable = |(name, value): &(&str, &str)| (format!("TIDEMARK_FILES__{name}"), (*value).to_owned());
        Config::from_sources(&toml::Table::new(), settings.iter().map(variable))
    }

    #[test]
    fn a_directory_or_a_bucket_is_where_files_are() {
        let files = loaded(&[]).unwrap().files;
        assert!(matches!(files.place, FilesPlace::Directory(path) if path.ends_with(".tidemark/files")));
        assert_eq!(files.thumbnails, [64, 320, 1280]);
        let files = loaded(&[("URL", "/srv/files"), ("THUMBNAILS", "500, 100,500")]).unwrap().files;
        assert!(matches!(files.place, FilesPlace::Directory(path) if path.to_str() == Some("/srv/files")));
        assert_eq!(files.thumbnails, [100, 500]);
        let config = loaded(&[
            ("URL", "s3://my-bucket/some/prefix/"),
            ("ENDPOINT", "http://127.0.0.1:9000"),
            ("ACCESS_KEY_ID", "tidemark"),
            ("SECRET_ACCESS_KEY", "Xq7wZk29secret"),
        ])
        .unwrap();
        assert!(!format!("{config:?}").contains("Xq7wZk29"), "it is redacted");
        let FilesPlace::S3(place) = config.files.place else { panic!("a bucket") };
        assert_eq!((place.bucket.as_str(), place.prefix.as_str()), ("my-bucket", "some/prefix"));
        assert_eq!(place.credentials.unwrap().secret_access_key.expose_secret(), "Xq7wZk29secret");
    }

    #[test]
    fn what_is_no_place_for_files_is_refused() {
        let bucket = ("URL", "s3://bucket");
        let refused: [&[(&str, &str)]; 13] = [
            &[("URL", "s3://B")],
            &[("URL", "https://example.org")],
            &[("URL", "s3://bucket/a?b")],
            &[("ENDPOINT", "http://127.0.0.1:9000")],
            &[bucket, ("ENDPOINT", "ftp://127.0.0.1")],
            &[bucket, ("ENDPOINT", "http://user:secret@127.0.0.1")],
            &[bucket, ("REGION", "eu central")],
            &[bucket, ("ACCESS_KEY_ID", "a")],
            &[bucket, ("SECRET_ACCESS_KEY", "a")],
            &[("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b")],
            &[("TYPES", "image/*, pdf")],
            &[("THUMBNAILS", "8")],
            &[("THUMBNAILS", "20,21,22,23,24,25,26,27,28")],
        ];
        for settings in refused {
            let error = loaded(settings).unwrap_err().to_string();
            assert!(error.contains("files.") && !error.contains("secret@"), "{settings:?}: {error}");
        }
    }
}
