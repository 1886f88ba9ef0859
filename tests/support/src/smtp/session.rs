//! One SMTP session (RFC 5321), as far as clients that submit mail need it.

use std::{io, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use super::{ReceivedMail, Shared, SmtpFault, SmtpStep, SmtpTls};

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

pub(super) struct Session {
    shared: Arc<Shared>,
    stream: BufReader<Box<dyn Stream>>,
    encrypted: bool,
    signed_in: bool,
    from: String,
    to: Vec<String>,
}

/// Whether the session goes on.
#[derive(PartialEq)]
enum Next {
    Command,
    End,
}

impl Session {
    pub(super) async fn run(client: TcpStream, shared: Arc<Shared>) {
        // A client that goes away ends the session; there is nobody to tell.
        drop(Self::serve(client, shared).await);
    }

    async fn serve(client: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
        client.set_nodelay(true)?;
        let at_once = matches!(shared.tls, Some((SmtpTls::AtOnce, _)));
        let stream: Box<dyn Stream> = match &shared.tls {
            Some((SmtpTls::AtOnce, tls)) => Box::new(tls.0.accept(client).await?),
            Some((SmtpTls::OnStartTls, _)) | None => Box::new(client),
        };
        let mut session = Self {
            signed_in: shared.credentials.is_none(),
            shared,
            stream: BufReader::new(stream),
            encrypted: at_once,
            from: String::new(),
            to: Vec::new(),
        };
        if session.answer(SmtpStep::Greeting, "220 sink.test ESMTP", "").await? == Next::End {
            return Ok(());
        }
        while let Some(line) = session.line().await? {
            if session.command(&line).await? == Next::End {
                break;
            }
        }
        Ok(())
    }

    async fn command(&mut self, line: &str) -> io::Result<Next> {
        let verb = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" | "HELO" => self.greet().await,
            "STARTTLS" => return self.start_tls().await,
            "AUTH" => self.sign_in(line).await,
            "MAIL" if !self.signed_in => self.say("530 5.7.0 sign in first").await,
            "MAIL" => {
                (self.from, self.to) = (path(line), Vec::new());
                return self.answer(SmtpStep::Sender, "250 2.1.0 sender taken", line).await;
            }
            "RCPT" => {
                self.to.push(path(line));
                return self.answer(SmtpStep::Recipient, "250 2.1.5 recipient taken", line).await;
            }
            "DATA" => return self.take_content().await,
            "RSET" | "NOOP" => self.say("250 2.0.0 done").await,
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return Ok(Next::End);
            }
            _ => self.say("500 5.5.1 unknown command").await,
        }?;
        Ok(Next::Command)
    }

    async fn greet(&mut self) -> io::Result<()> {
        let mut lines = vec!["sink.test", "8BITMIME"];
        if matches!(self.shared.tls, Some((SmtpTls::OnStartTls, _))) && !self.encrypted {
            lines.push("STARTTLS");
        }
        if self.shared.credentials.is_some() && self.encrypted {
            lines.push("AUTH PLAIN");
        }
        let last = lines.len() - 1;
        for (place, line) in lines.iter().enumerate() {
            self.say(&format!("250{}{line}", if place == last { ' ' } else { '-' })).await?;
        }
        Ok(())
    }

    async fn start_tls(&mut self) -> io::Result<Next> {
        let Some((_, tls)) = self.shared.tls.clone() else {
            self.say("502 5.5.1 no TLS here").await?;
            return Ok(Next::Command);
        };
        self.say("220 2.0.0 go ahead").await?;
        let plain = std::mem::replace(&mut self.stream, BufReader::new(Box::new(tokio::io::empty())));
        let encrypted: Box<dyn Stream> = Box::new(tls.0.accept(plain.into_inner()).await?);
        (self.stream, self.encrypted) = (BufReader::new(encrypted), true);
        Ok(Next::Command)
    }

    async fn sign_in(&mut self, line: &str) -> io::Result<()> {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let response = line.split_whitespace().nth(2).unwrap_or_default();
        let expected = self.shared.credentials.as_ref().map(|(user, password)| format!("\0{user}\0{password}"));
        self.signed_in = STANDARD.decode(response).ok() == expected.map(String::into_bytes);
        self.say(if self.signed_in { "235 2.7.0 welcome" } else { "535 5.7.8 no" }).await
    }

    async fn take_content(&mut self) -> io::Result<Next> {
        if self.to.is_empty() {
            self.say("503 5.5.1 no recipient").await?;
            return Ok(Next::Command);
        }
        self.say("354 go ahead").await?;
        let mut raw = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(Next::End);
            }
            if line == b".\r\n" {
                break;
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let fault = self.shared.take_fault(SmtpStep::Content);
        if !matches!(fault, Some(SmtpFault::Reply(_))) {
            let mail = ReceivedMail { from: self.from.clone(), to: std::mem::take(&mut self.to), raw };
            self.shared.mails.send_modify(|mails| mails.push(mail));
        }
        self.fail_or_say(fault, "250 2.0.0 taken", "").await
    }

    /// Says `ok`, unless something is to go wrong at this step.
    async fn answer(&mut self, step: SmtpStep, ok: &str, quoted: &str) -> io::Result<Next> {
        let fault = self.shared.take_fault(step);
        self.fail_or_say(fault, ok, quoted).await
    }

    async fn fail_or_say(&mut self, fault: Option<SmtpFault>, ok: &str, quoted: &str) -> io::Result<Next> {
        match fault {
            None => self.say(ok).await?,
            Some(SmtpFault::Reply(code)) => self.say(&format!("{code} refused: {quoted}")).await?,
            Some(SmtpFault::Close) => return Ok(Next::End),
            Some(SmtpFault::Hang) => {
                while self.line().await?.is_some() {}
                return Ok(Next::End);
            }
            Some(SmtpFault::Late) => {
                let Some(line) = self.line().await? else { return Ok(Next::End) };
                self.say(ok).await?;
                return Box::pin(self.command(&line)).await;
            }
        }
        Ok(Next::Command)
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let length = self.stream.read_line(&mut line).await?;
        Ok((length > 0).then(|| line.trim_end().to_owned()))
    }
}

/// What stands between the angle brackets.
fn path(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path);
    inner.unwrap_or_default().to_owned()
}
