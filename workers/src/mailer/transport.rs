//! The two ways a mail can go: to a mail server, or into a directory in development.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use bootstrap::config::MailTransport;
use lettre::Address;
use tokio::fs;
use tracing::info;
use uuid::Uuid;

use super::smtp::{Smtp, SmtpServer};

/// What the mail server had been told when it refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Sender,
    Recipient,
    Content,
}

/// Why a mail was not taken. Holds no text of the server's, which may quote the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DeliveryError {
    /// No session could be made, or it broke off.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// The server's certificate does not count, or it offers no TLS where that is demanded.
    #[error("the mail server did not prove who it is")]
    Untrusted,
    #[error("the mail server took too long")]
    TimedOut,
    #[error("the mail server answered {code} to the {step:?}")]
    Reply { step: Step, code: u16 },
    #[error("the mail could not be written: {0}")]
    Directory(io::ErrorKind),
}

impl Step {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Content => "content",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Transport {
    Smtp(Smtp),
    Directory(PathBuf),
}

impl Transport {
    /// Checks the settings; nothing is connected yet. A directory is made if it is not there.
    pub(crate) fn open(config: &MailTransport, most_idle: usize, send_timeout: Duration) -> anyhow::Result<Self> {
        match config {
            MailTransport::Smtp(url) => {
                let server = SmtpServer::parse(url).context("mail.smtp_url")?;
                Ok(Self::Smtp(Smtp::new(server, most_idle, send_timeout)))
            }
            MailTransport::Directory(path) => {
                std::fs::create_dir_all(path).context("mail.directory cannot be made")?;
                info!(directory = %path.display(), "mails are written as files");
                Ok(Self::Directory(path.clone()))
            }
        }
    }

    /// Hands over a formatted mail. `name` is the same for each repeat of a mail.
    pub(crate) async fn deliver(
        &self,
        name: &str,
        from: &Address,
        to: &Address,
        content: &[u8],
    ) -> Result<(), DeliveryError> {
        match self {
            Self::Smtp(smtp) => smtp.deliver(from, to, content).await,
            Self::Directory(path) => {
                let file = path.join(format!("{name}.eml"));
                write(&file, content).await.map_err(|error| DeliveryError::Directory(error.kind()))?;
                info!(file = %file.display(), "wrote a mail");
                Ok(())
            }
        }
    }
}

/// Whole or not at all, and over an earlier copy of itself.
async fn write(file: &Path, content: &[u8]) -> io::Result<()> {
    let unfinished = file.with_extension(Uuid::now_v7().simple().to_string());
    fs::write(&unfinished, content).await?;
    fs::rename(&unfinished, file).await
}
