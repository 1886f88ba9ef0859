//! What a developer needs to know at the first start: where it is, who may sign in, what to try.

use std::{
    io::{IsTerminal, Write, stdout},
    net::SocketAddr,
};

use bootstrap::{Config, config::MailTransport};
use tracing::warn;

use crate::admin_account::FirstAdmin;

#[derive(Debug)]
pub(crate) struct Greeting {
    text: String,
}

impl Greeting {
    pub(crate) fn new(config: &Config, address: SocketAddr, admin: FirstAdmin) -> Self {
        let scheme = if config.http.tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{address}");
        let mut text = format!("\nTidemark is running at {url}   (reference: {url}/docs)\n\n");
        match &config.mail.transport {
            MailTransport::Smtp(_) => text.push_str("mail goes to the configured SMTP server\n"),
            MailTransport::Directory(path) => text.push_str(&format!("mail goes to {}\n", path.display())),
        }
        text.push_str(&format!("health and metrics: http://{}\n", config.admin.bind));
        match admin {
            FirstAdmin::Made { email, password } => text.push_str(&format!(
                "\nan administrator was made, this is shown once:\n  e-mail    {email}\n  password  {password}\n\n\
                 try it:\n{}",
                try_it(&url, &email, &password)
            )),
            FirstAdmin::Missing => text.push_str("\n`tidemark user create-admin <address>` makes an administrator\n"),
            FirstAdmin::Settled if config.environment.is_development() => {
                text.push_str("\nthe administrator's password was shown at the first start\n");
            }
            FirstAdmin::Settled => {}
        }
        text.push_str(&format!("\nregister somebody:\n{}\n", register(&url)));
        Self { text }
    }

    /// To the terminal only: a service's log is no place for a password.
    pub(crate) fn print(&self) {
        if !stdout().is_terminal() && std::env::var_os("TIDEMARK_GREETING").is_none() {
            return;
        }
        // Whoever started the server may have stopped reading: no reason for it to end.
        if let Err(error) = writeln!(stdout(), "{}", self.text) {
            warn!(%error, "nobody reads the greeting");
        }
    }
}

fn try_it(url: &str, email: &str, password: &str) -> String {
    format!(
        "  TOKEN=$(curl -s {url}/v1/auth/login -H 'content-type: application/json' \\\n    \
         -d '{{\"email\":\"{email}\",\"password\":\"{password}\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n  \
         curl -s {url}/v1/users/me -H \"authorization: Bearer $TOKEN\"\n"
    )
}

fn register(url: &str) -> String {
    format!(
        "  curl -i {url}/v1/auth/register -H 'content-type: application/json' \\\n    \
         -d '{{\"email\":\"ada@example.org\",\"password\":\"correct horse battery staple\"}}'"
    )
}
