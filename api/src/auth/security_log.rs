//! What the security log says of attempts that did not succeed. Those that did are events.
//!
//! An entry has a kind, the user where one is known, and the reason as a stable code; never an address, a password, a
//! code or a token. Request and trace ids come with the log line.

use domain::users::UserId;
use tracing::warn;

use crate::{error::ApiError, middleware::context};

/// The target by which these entries can be told from others, and sent elsewhere.
pub const TARGET: &str = "security";

/// Somebody failed to prove who they are: `kind` is what they wanted.
pub fn refused(kind: &'static str, user: Option<UserId>, reason: &ApiError) {
    let user = user.map(tracing::field::display);
    warn!(target: TARGET, kind, user, %reason, request_id = context::current_id(), "an attempt was refused");
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use uuid::Uuid;

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

    #[test]
    fn an_entry_says_what_was_wanted_by_whom_and_why_it_was_refused() {
        let user = UserId::from_uuid(Uuid::from_u128(7));
        let entry = written(|| refused("sign_in", Some(user), &ApiError::InvalidCode));
        for part in
            ["WARN security:", "kind=\"sign_in\"", &format!("user={user}"), "reason=invalid_code", "request_id="]
        {
            assert!(entry.contains(part), "{entry}");
        }
        let entry = written(|| refused("sign_in", None, &ApiError::InvalidCredentials));
        assert!(entry.contains("reason=invalid_credentials") && !entry.contains("user="), "{entry}");
    }
}
