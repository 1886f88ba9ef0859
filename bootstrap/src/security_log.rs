//! The security log: what was refused to somebody, or proved by them, and is no event of theirs.
//!
//! An entry has a kind, the user where one is known, and the reason as a stable code; never an address of any sort, a
//! name, a password, a code or a token. docs/operations.md has the inventory of kinds.

use std::{
    fmt::Display,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing::{info, warn};

/// The target by which these entries can be told from others, and sent elsewhere.
pub const TARGET: &str = "security";

/// Entries of one kind that a process writes in a second, where strangers can cause as many as they like.
const MOST: u32 = 50;
const SECOND: Duration = Duration::from_secs(1);

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Signing in.
    SignIn,
    /// Proving again who one is, signed in.
    Proof,
    /// The first code of a second factor.
    ConfirmTotp,
    AccessToken,
    ApiKey,
    RefreshToken,
    /// A token that was mailed.
    Link,
    /// Doing what one may not do, or not without a recent authentication.
    Access,
    /// A cookie without the token that only our own page has.
    Csrf,
    /// A browser's page of an origin that is not allowed.
    Origin,
    /// Requests beyond a limit.
    Limit,
    /// Signing in on a live connection.
    LiveSignIn,
    /// Subscribing to a topic.
    LiveTopic,
    /// A person was erased.
    Erasure,
    /// All sessions of a user were ended by somebody else.
    SessionsEnded,
    /// A mail server that did not prove who it is.
    MailTls,
}

impl Kind {
    pub const ALL: [Self; 16] = [
        Self::SignIn,
        Self::Proof,
        Self::ConfirmTotp,
        Self::AccessToken,
        Self::ApiKey,
        Self::RefreshToken,
        Self::Link,
        Self::Access,
        Self::Csrf,
        Self::Origin,
        Self::Limit,
        Self::LiveSignIn,
        Self::LiveTopic,
        Self::Erasure,
        Self::SessionsEnded,
        Self::MailTls,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Proof => "proof",
            Self::ConfirmTotp => "confirm_totp",
            Self::AccessToken => "access_token",
            Self::ApiKey => "api_key",
            Self::RefreshToken => "refresh",
            Self::Link => "link",
            Self::Access => "access",
            Self::Csrf => "csrf",
            Self::Origin => "origin",
            Self::Limit => "limit",
            Self::LiveSignIn => "live_sign_in",
            Self::LiveTopic => "live_topic",
            Self::Erasure => "erasure",
            Self::SessionsEnded => "sessions_ended",
            Self::MailTls => "mail_tls",
        }
    }

    /// Whether a process writes so many a second at most. Attempts that take a password are bounded by what hashing
    /// takes, and every one of them is written.
    fn is_bounded(self) -> bool {
        match self {
            Self::SignIn | Self::Proof | Self::ConfirmTotp | Self::Erasure | Self::SessionsEnded | Self::MailTls => {
                false
            }
            Self::AccessToken
            | Self::ApiKey
            | Self::RefreshToken
            | Self::Link
            | Self::Access
            | Self::Csrf
            | Self::Origin
            | Self::Limit
            | Self::LiveSignIn
            | Self::LiveTopic => true,
        }
    }
}

/// What an entry says beside its kind.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub kind: Kind,
    pub user: Option<&'a dyn Display>,
    /// Of the request that it came with.
    pub request_id: Option<&'a str>,
}

/// Something was refused, for this reason.
pub fn refused(entry: Entry<'_>, reason: &dyn Display) {
    let Some(left_out) = turn(entry.kind, Instant::now()) else { return };
    let left_out = (left_out > 0).then_some(left_out);
    let (kind, user) = (entry.kind.as_str(), entry.user.map(tracing::field::display));
    warn!(target: TARGET, kind, user, %reason, request_id = entry.request_id, left_out, "an attempt was refused");
}

/// Somebody proved who they are, or something was done that has to be known; `by` is whoever did it to the user.
pub fn succeeded(entry: Entry<'_>, by: Option<&dyn Display>) {
    let (kind, user, by) =
        (entry.kind.as_str(), entry.user.map(tracing::field::display), by.map(tracing::field::display));
    info!(target: TARGET, kind, user, by, request_id = entry.request_id, "succeeded");
}

static BOUNDS: [Mutex<Option<Bound>>; Kind::ALL.len()] = [const { Mutex::new(None) }; Kind::ALL.len()];

/// How many entries of a kind there were since a second began.
#[derive(Clone, Copy, Debug)]
struct Bound {
    since: Instant,
    written: u32,
    left_out: u64,
}

/// How many entries of this kind were left out before this one; `None` when this one is to be left out, too.
fn turn(kind: Kind, now: Instant) -> Option<u64> {
    if !kind.is_bounded() {
        return Some(0);
    }
    let mut bound = BOUNDS[kind as usize].lock().unwrap_or_else(PoisonError::into_inner);
    bound.get_or_insert(Bound { since: now, written: 0, left_out: 0 }).turn(now)
}

impl Bound {
    fn turn(&mut self, now: Instant) -> Option<u64> {
        if now.saturating_duration_since(self.since) >= SECOND {
            (self.since, self.written) = (now, 0);
        }
        if self.written >= MOST {
            self.left_out += 1;
            return None;
        }
        self.written += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        io::{self, Write},
        sync::Arc,
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(log: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, log);
        String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
    }

    fn entry(kind: Kind) -> Entry<'static> {
        Entry { kind, user: Some(&7), request_id: Some("r1") }
    }

    #[test]
    fn an_entry_says_what_was_wanted_by_whom_and_why_it_was_refused() {
        let line = written(|| refused(entry(Kind::SignIn), &"invalid_code"));
        for part in ["WARN security:", "kind=\"sign_in\"", "user=7", "reason=invalid_code", "request_id=\"r1\""] {
            assert!(line.contains(part), "{line}");
        }
        assert!(!line.contains("left_out"), "{line}");
        let nobody = Entry { user: None, request_id: None, ..entry(Kind::SignIn) };
        let line = written(|| refused(nobody, &"invalid_credentials"));
        assert!(line.contains("reason=invalid_credentials") && !line.contains("user="), "{line}");
    }

    #[test]
    fn an_entry_says_who_proved_who_they_are_and_who_did_what_to_whom() {
        let line = written(|| succeeded(entry(Kind::Proof), None));
        assert!(line.contains("INFO security:") && line.contains("kind=\"proof\"") && line.contains("user=7"));
        let line = written(|| succeeded(entry(Kind::Erasure), Some(&8)));
        assert!(line.contains("user=7") && line.contains("by=8"), "{line}");
    }

    #[test]
    fn what_strangers_can_cause_is_written_so_many_times_a_second_and_then_counted() {
        let start = Instant::now();
        let mut bound = Bound { since: start, written: 0, left_out: 0 };
        let taken = (0..MOST + 7).filter(|_| bound.turn(start).is_some()).count();
        assert_eq!(taken, MOST as usize);
        assert_eq!(bound.turn(start + SECOND), Some(7), "the next one says how many there were");
        assert_eq!(bound.turn(start + SECOND), Some(0));
    }

    #[test]
    fn every_attempt_that_takes_a_password_is_written() {
        let now = Instant::now();
        assert!((0..1_000).all(|_| turn(Kind::SignIn, now) == Some(0)));
    }

    #[test]
    fn kinds_have_names_of_their_own_and_stand_in_their_order() {
        let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().enumerate().all(|(place, kind)| *kind as usize == place));
    }
}
